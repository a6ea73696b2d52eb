// The recorded Keras cases in tests/cases.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "layouts.h"
#include "lcn/safetensors.h"
#include "reference.h"

struct RecordedCase {
    lcn::Metadata metadata;
    lcn::Tensors tensors;

    nlohmann::json config() const { return nlohmann::json::parse(metadata.at("config")); }
    std::vector<double> losses() const {
        const auto entry = metadata.find("losses");
        if (entry == metadata.end()) return {};
        return nlohmann::json::parse(entry->second).get<std::vector<double>>();
    }
};

// Where they were when the tests were built, or, on another machine, where the environment says.
inline std::string cases_folder() {
    const char* moved = std::getenv("LCN_CASES");
    return moved ? moved : LCN_CASES;
}

inline std::string case_path(const std::string& name) {
    return cases_folder() + "/" + name + ".safetensors";
}

inline RecordedCase read_case(const std::string& path) {
    lcn::SafetensorsFile file(path);
    RecordedCase recorded{file.header().metadata, {}};
    for (const auto& [name, stored] : file.header().tensors) recorded.tensors[name] = file.read(name);
    return recorded;
}

// Names of all cases, in order.
inline std::vector<std::string> case_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(cases_folder()))
        if (entry.path().extension() == ".safetensors") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

inline layouts::Geometry geometry_of(const RecordedCase& recorded) {
    const nlohmann::json config = recorded.config();
    const lcn::Shape& input = recorded.tensors.at("input").shape;
    const bool first = config.at("data_format") == "channels_first";
    return {input.at(first ? 2 : 1),        input.at(first ? 3 : 2),
            input.at(first ? 1 : 3),        config.at("filters"),
            config.at("kernel_size").at(0), config.at("kernel_size").at(1),
            config.at("strides").at(0),     config.at("strides").at(1),
            config.at("padding") == "same", first,
            config.at("implementation")};
}

inline reference::Layer reference_layer(const RecordedCase& recorded) {
    const layouts::Geometry g = geometry_of(recorded);
    return {recorded.tensors.at("input").shape.at(0),
            g.rows,
            g.columns,
            g.channels,
            g.filters,
            g.kernel_rows,
            g.kernel_columns,
            g.stride_rows,
            g.stride_columns,
            g.same,
            g.channels_first};
}
