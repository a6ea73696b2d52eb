#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lcn/tuning.h"

namespace lcn::layer {

// A processor, as the files of tunings tell one from another. Where the system does not say (outside Linux),
// vendor and brand are empty and the numbers 0: only the features are known then.
struct Machine {
    std::string vendor, brand;  // AuthenticAMD, AMD EPYC 7763; on ARM the implementer's number, and nothing
    int64_t family = 0, model = 0, stepping = 0;  // on ARM architecture, part and revision
    std::vector<std::string> features;            // those that targets of this library ask for, sorted

    bool operator==(const Machine& other) const = default;
};

Machine this_machine();

// What measurements on `other` are worth here; nothing: they are not.
std::optional<TuningOrigin> origin_of(const Machine& other, const Machine& here);

std::string description(const Machine& machine);  // for messages

}  // namespace lcn::layer
