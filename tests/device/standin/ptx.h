#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace standin {

struct Parameter {
    int bytes;
    bool is_pointer;
};

// What a driver needs to know of a module.
struct Ptx {
    int target = 0;  // of .target sm_75: 75; 0: the text is no PTX
    std::map<std::string, std::vector<Parameter>> entries;
    std::map<std::string, uint32_t> constants;  // of float, by their bits
};

Ptx parse_ptx(const std::string& text);

}  // namespace standin
