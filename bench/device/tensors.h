#pragma once

#include "bench/workload.h"
#include "lcn/device.h"

namespace bench {

// The tensors of a row in the memory of a device.
class DeviceTensors {
  public:
    explicit DeviceTensors(const lcn::Queue& queue)
        : queue_(queue), input_(queue), weights_(queue), output_(queue) {}

    // As Workload made them.
    lcn::Status copy_in(const Workload& workload);
    lcn::Status run(const Workload& workload) const;
    lcn::Status copy_result_out(Workload& workload) const;

  private:
    lcn::Queue queue_;
    lcn::DeviceBuffer input_, weights_, output_;
};

}  // namespace bench
