#include "device/device.h"

#include "process_id.h"

namespace lcn {

Status DriverProcess::check() {
    const int process = this_process();
    int first = 0;
    if (first_.compare_exchange_strong(first, process) || first == process) return {};
    return error(Code::unusable_target, "devices were asked for before this process was forked");
}

}  // namespace lcn
