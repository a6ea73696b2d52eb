#pragma once

namespace lcn::tool {

// Prints the version, the machine and the targets; as JSON for programs, as text for people.
void print_info(bool as_json);

}  // namespace lcn::tool
