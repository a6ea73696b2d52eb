#include "machine.h"

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "lcn/kernels.h"

namespace lcn::layer {

namespace {

// What Linux says of the first processor. `name` of ARM's lines; x86 and ARM have no line in common but those
// of the same meaning.
std::map<std::string, std::string> processor_lines() {
    std::map<std::string, std::string> lines;
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line) && !line.empty();) {
        const size_t colon = line.find(':');
        if (colon == std::string::npos) continue;
        const size_t end = line.find_last_not_of(" \t", colon - 1),
                     begin = line.find_first_not_of(' ', colon + 1);
        if (end == std::string::npos) continue;
        lines[line.substr(0, end + 1)] = begin == std::string::npos ? "" : line.substr(begin);
    }
    return lines;
}

std::vector<std::string> supported_features() {
    std::set<std::string> found;
    for (int t = 0; t < target_count(); t++) {
        std::istringstream words(target_cpu_features(t));
        for (std::string word; words >> word;)
            if (cpu_supports(word.c_str())) found.insert(word);
    }
    return {found.begin(), found.end()};
}

// Printable ASCII, for it goes into files that hold nothing else.
std::string plain(const std::string& text) {
    std::string result = text.substr(0, 120);
    for (char& c : result)
        if (c < ' ' || c > '~') c = '?';
    return result;
}

}  // namespace

Machine this_machine() {
    const std::map<std::string, std::string> lines = processor_lines();
    const auto text = [&](const char* x86, const char* arm) {
        for (const char* name : {x86, arm})
            if (const auto line = lines.find(name); line != lines.end()) return plain(line->second);
        return std::string();
    };
    const auto number = [&](const char* x86, const char* arm) {
        const int64_t value = std::strtoll(text(x86, arm).c_str(), nullptr, 0);
        return value < 0 || value > 1'000'000 ? 0 : value;
    };
    Machine m;
    m.vendor = text("vendor_id", "CPU implementer");
    m.brand = text("model name", "Hardware");
    m.family = number("cpu family", "CPU architecture");
    m.model = number("model", "CPU part");
    m.stepping = number("stepping", "CPU revision");
    m.features = supported_features();
    return m;
}

std::optional<TuningOrigin> origin_of(const Machine& other, const Machine& here) {
    if (other.features != here.features) return {};
    const bool known = !here.vendor.empty();
    if (known && other == here) return TuningOrigin::this_machine;
    if (known && other.vendor == here.vendor && other.family == here.family && other.model == here.model)
        return TuningOrigin::same_microarchitecture;
    return TuningOrigin::same_features;
}

std::string description(const Machine& m) {
    std::string text = m.brand.empty() ? m.vendor : m.brand;
    if (text.empty()) text = "an unknown processor";
    text += " (family " + std::to_string(m.family) + ", model " + std::to_string(m.model) + ", with";
    for (const std::string& feature : m.features) text += " " + feature;
    return text + (m.features.empty() ? " no features)" : ")");
}

}  // namespace lcn::layer
