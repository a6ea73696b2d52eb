#pragma once

#include <string>
#include <vector>

#include "lcn/lcn.h"

namespace lcn::tool {

// A problem as a word: rows x columns x channels : kernel rows x columns x filters, one image, then any of
// :s2x1 (strides), :same, :channels_first, :n8 (images). 30x30x64:3x3x32:n8
// Throws Refused with the word and what is wrong.
Problem parse_shape(const std::string& word);
void take_shape_option(const std::string& word, const std::string& option, Problem& p);

std::string shape_text(const Problem& p);  // the same, without images

std::vector<std::string> split(const std::string& text, char separator);

[[noreturn]] void refuse_shape(const std::string& word, const std::string& reason);

}  // namespace lcn::tool
