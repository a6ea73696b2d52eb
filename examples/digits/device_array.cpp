#include "device_array.h"

#include <vector>

#include "check.h"

namespace digits {

void DeviceArray::resize(int64_t count) {
    if (count > capacity_) {
        check(buffer_.allocate(count * int64_t(sizeof(float))));
        capacity_ = count;
    }
    count_ = count;
}

void DeviceArray::copy_in(std::span<const float> values) {
    resize(int64_t(values.size()));
    check(lcn::copy_in(queue_, memory(), values.data(), int64_t(values.size_bytes())));
}

void DeviceArray::copy_out(std::span<float> values) const {
    check(lcn::copy_out(queue_, values.data(), memory(), int64_t(values.size_bytes())));
}

DeviceArray zeros_like(const DeviceArray& array) {
    return {array.queue(), std::vector<float>(size_t(array.count()))};
}

void axpby(float a, const DeviceArray& x, float b, DeviceArray& y) {
    check(lcn::axpby(y.queue(), y.count(), a, x.memory(), b, y.memory()));
}

}  // namespace digits
