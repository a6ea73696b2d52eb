#include "info.h"

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "errors.h"
#include "json_output.h"
#include "lcn/device.h"
#include "lcn/kernels.h"
#include "lcn/tuning.h"
#include "lcn/tuning_file.h"

namespace lcn::tool {

namespace {

using nlohmann::ordered_json;

std::vector<std::string> words(const char* text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

int kernels_of(const char* target) {
    int count = 0;
    for (int k = 0; k < kernel_count(); k++) count += std::strcmp(kernel_info(k).target, target) == 0;
    return count;
}

// Every device of every target that is one, or null where the library has none.
ordered_json devices() {
    ordered_json all;
    for (int t = 0; t < target_count(); t++) {
        const char* const name = target_info(t).name;
        int count = 0;
        if (!target_is_device(name) || !device_count(name, count).ok()) continue;
        for (int k = 0; k < count; k++) {
            DeviceInfo info;
            check(device_info(name, k, info));
            all.push_back(
                {{"target", name}, {"device", k}, {"name", info.name}, {"memory_bytes", info.memory_bytes}});
            if (info.compute_capability) all.back()["compute_capability"] = info.compute_capability / 10.0;
        }
    }
    return all;
}

ordered_json tuning() {
    const EnvironmentTuning& t = environment_tuning();
    if (t.path.empty()) return nullptr;
    return {{"file", t.path},
            {"entries", tuning_entries()},
            {"refused", t.refused.empty() ? ordered_json() : ordered_json(t.refused)}};
}

void print_tuning(const ordered_json& t) {
    if (t.is_null()) {
        std::cout << "tuning: none\n";
    } else if (!t["refused"].is_null()) {
        std::cout << "tuning: refused, " << printable(t["refused"].get<std::string>()) << "\n";
    } else {
        const bool one = t["entries"] == 1;
        std::cout << "tuning: " << printable(t["file"].get<std::string>()) << ", " << t["entries"]
                  << (one ? " entry applies" : " entries apply") << " to this machine\n";
    }
}

// The one source of both forms of output.
ordered_json collect() {
    const char* chosen = nullptr;
    check(target(chosen));
    const char* forced = std::getenv("LCN_TARGET");

    ordered_json features = ordered_json::object();
    ordered_json targets = ordered_json::array();
    for (int t = 0; t < target_count(); t++) {
        const TargetInfo info = target_info(t);
        const std::vector<std::string> needed = words(info.cpu_features);
        for (const std::string& feature : needed) features[feature] = cpu_supports(feature.c_str());
        targets.push_back({{"name", info.name},
                           {"device", info.device},
                           {"usable", info.usable},
                           {"not_usable_because", target_status(t).message},
                           {"kernels", kernels_of(info.name)},
                           {"cpu_features", needed}});
    }
    return {{"version", version()},
            {"cpu_features", features},
            {"targets", targets},
            {"chosen_target", chosen},
            {"chosen_because", forced && *forced ? "LCN_TARGET" : "best usable"},
            {"threads", threads()},
            {"tuning", tuning()},
            {"gpu", devices()}};
}

void print_devices(const ordered_json& gpus) {
    if (gpus.is_null()) std::cout << "GPU: none, or no target for one is built\n";
    for (const auto& gpu : gpus)
        std::cout << "GPU: " << gpu["target"].get<std::string>() << " " << gpu["device"] << ", "
                  << gpu["name"].get<std::string>() << ", " << gpu["memory_bytes"].get<int64_t>() / 1000000
                  << " MB\n";
}

void print_text(const ordered_json& info) {
    std::cout << "lcn " << info["version"].get<std::string>() << "\nCPU features:";
    for (const auto& [feature, supported] : info["cpu_features"].items())
        if (supported) std::cout << " " << feature;
    std::cout << "\ntargets, devices, then the best first:\n";
    for (const auto& target : info["targets"]) {
        std::cout << "  " << target["name"].get<std::string>() << ": " << target["kernels"] << " kernels, ";
        if (!target["usable"]) {
            std::cout << "not usable: " << target["not_usable_because"].get<std::string>();
        } else if (target["name"] == info["chosen_target"]) {
            std::cout << "chosen: " << info["chosen_because"].get<std::string>();
        } else {
            std::cout << (target["device"] ? "usable when asked for" : "usable");
        }
        std::cout << "\n";
    }
    std::cout << "threads: " << info["threads"] << "\n";
    print_devices(info["gpu"]);
    print_tuning(info["tuning"]);
}

}  // namespace

void print_info(bool as_json) {
    const ordered_json info = collect();
    if (as_json)
        std::cout << json_output(info);
    else
        print_text(info);
}

}  // namespace lcn::tool
