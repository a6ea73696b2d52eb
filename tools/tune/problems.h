#pragma once

#include <string>
#include <vector>

#include "lcn/lcn.h"

namespace lcn::tool {

struct NamedProblem {
    std::string name;  // keras_doc_2 N32
    Problem problem;
    std::vector<Operation> operations;  // worth tuning
};

// The problems that a word of the command line names:
//
//   keras_doc_2          a line of the suite (bench/shapes.h), at its batches
//   30x30x64:3x3x32      rows x columns x channels : kernel rows x columns x filters, one image; then any of
//                        :s2x1 (strides), :same, :channels_first, :n8 (images)
//   model.safetensors    every locally connected layer of a converted model, one image
//
// `batches` are measured instead, where there are any. Throws Refused with the word and what is wrong.
std::vector<NamedProblem> problems_of(const std::string& word, const std::vector<int64_t>& batches);

std::vector<NamedProblem> suite_problems(const std::vector<int64_t>& batches);

}  // namespace lcn::tool
