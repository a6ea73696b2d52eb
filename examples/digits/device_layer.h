// A locally connected layer that trains in the memory of a device.
#pragma once

#include "device_array.h"
#include "layer.h"

namespace digits {

// The calls are those of Layer, and so is what they take and give, as memory of the device. They hand work to
// the device and do not wait for it.
class DeviceLayer {
  public:
    // A copy of the layer.
    DeviceLayer(const lcn::Queue& queue, const Layer& layer);

    lcn::DeviceMemory forward(int64_t batch, lcn::DeviceMemory input);
    void backward_weights(lcn::DeviceMemory gradient);
    lcn::DeviceMemory backward_input(lcn::DeviceMemory gradient);

    Parameters<DeviceArray> kernel, bias;

  private:
    lcn::Queue queue_;
    lcn::Problem problem_;
    int64_t input_image_, output_image_;  // numbers of one image
    lcn::DeviceMemory input_ = 0;
    DeviceArray output_, input_gradient_;
};

}  // namespace digits
