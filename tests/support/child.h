// Work in a process of its own.
#pragma once

#include <functional>
#include <string>

namespace lcn_test {

// Forks, runs body there and returns its string; or says how the child ended when it did not return, as when
// it took longer than `seconds`.
std::string in_child(const std::function<std::string()>& body, unsigned seconds = 60);

}  // namespace lcn_test
