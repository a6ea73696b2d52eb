// The recorded Keras cases in tests/cases.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "lcn/safetensors.h"

struct RecordedCase {
    lcn::tool::Metadata metadata;
    lcn::tool::Tensors tensors;
};

inline std::string case_path(const std::string& name) {
    return std::string(LCN_CASES "/") + name + ".safetensors";
}

inline RecordedCase read_case(const std::string& path) {
    lcn::tool::SafetensorsFile file(path);
    RecordedCase recorded{file.header().metadata, {}};
    for (const auto& [name, stored] : file.header().tensors) recorded.tensors[name] = file.read(name);
    return recorded;
}

// Names of all cases, in order.
inline std::vector<std::string> case_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(LCN_CASES))
        if (entry.path().extension() == ".safetensors") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}
