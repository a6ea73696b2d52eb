#pragma once

namespace lcn::tool {

// From now on Ctrl-C only says so here; a second one ends the program.
void stop_on_interrupt();
bool interrupted();

}  // namespace lcn::tool
