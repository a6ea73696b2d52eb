// Numbers in the memory of a device.
#pragma once

#include <lcn/device.h>

#include <span>

namespace digits {

// Calls throw std::runtime_error when the device fails.
class DeviceArray {
  public:
    // Work on it goes to `queue`.
    explicit DeviceArray(const lcn::Queue& queue) : queue_(queue), buffer_(queue) {}
    DeviceArray(const lcn::Queue& queue, std::span<const float> values) : DeviceArray(queue) {
        copy_in(values);
    }

    // What it held is lost. Memory is kept when it becomes smaller.
    void resize(int64_t count);
    void copy_in(std::span<const float> values);   // becomes as long as they are
    void copy_out(std::span<float> values) const;  // all of it

    int64_t count() const { return count_; }
    lcn::DeviceMemory memory() const { return buffer_.memory(); }
    const lcn::Queue& queue() const { return queue_; }

  private:
    lcn::Queue queue_;
    lcn::DeviceBuffer buffer_;
    int64_t count_ = 0, capacity_ = 0;
};

// What momentum.h is made of.
DeviceArray zeros_like(const DeviceArray& array);
void axpby(float a, const DeviceArray& x, float b, DeviceArray& y);  // y = a x + b y

}  // namespace digits
