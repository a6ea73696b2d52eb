#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "device/device.h"

namespace lcn {

// Device `index` of one driver, opened by D::open(index) when it is first asked for, and the driver before
// the first one. Safe to call from several threads.
template <typename D>
Status opened_device(Status (*open_driver)(), int index, Device*& device) {
    static std::mutex mutex;
    static auto& opened = *new std::map<int, std::unique_ptr<D>>;  // never destroyed: calls may come at exit
    static bool driver_open = false;
    static DriverProcess process;
    const std::lock_guard lock(mutex);
    LCN_RETURN_IF_ERROR(process.check());
    if (!driver_open) LCN_RETURN_IF_ERROR(open_driver());
    driver_open = true;
    std::unique_ptr<D>& known = opened[index];
    if (!known) {
        auto fresh = std::make_unique<D>();
        LCN_RETURN_IF_ERROR(fresh->open(index));
        known = std::move(fresh);
    }
    device = known.get();
    return {};
}

}  // namespace lcn
