#include "ptx.h"

#include <cstdlib>

namespace standin {

namespace {

// The part of `text` between `begin`, from `from` on, and the next `end`; moves `from` past it. False
// without.
bool between(const std::string& text, const std::string& begin, const std::string& end, size_t& from,
             std::string& part) {
    const size_t found = text.find(begin, from);
    if (found == std::string::npos) return false;
    const size_t first = found + begin.size(), last = text.find(end, first);
    if (last == std::string::npos) return false;
    part = text.substr(first, last - first);
    from = last;
    return true;
}

// As ".u64 .ptr .align 1 name".
Parameter parameter(const std::string& text) {
    size_t digits = text.find('.') + 2;
    return {std::atoi(text.c_str() + digits) / 8, text.find(".ptr") != std::string::npos};
}

}  // namespace

Ptx parse_ptx(const std::string& text) {
    Ptx ptx;
    size_t at = 0;
    std::string target, name, parameters, one;
    if (!between(text, ".target sm_", "\n", at, target)) return ptx;
    ptx.target = std::atoi(target.c_str());
    for (size_t c = at; between(text, ".global .align 4 .f32 ", " = 0f", c, name);) {
        between(text, "0f", ";", c, one);
        ptx.constants[name] = uint32_t(std::stoul(one, nullptr, 16));
    }
    while (between(text, ".entry ", "(", at, name)) {
        at++;
        std::vector<Parameter>& list = ptx.entries[name];
        const size_t end = text.find(')', at);
        parameters = text.substr(at, end - at) + ",";
        for (size_t p = 0; between(parameters, ".param ", ",", p, one);) list.push_back(parameter(one));
    }
    return ptx;
}

}  // namespace standin
