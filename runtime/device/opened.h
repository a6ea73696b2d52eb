#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "device/device.h"
#include "signals.h"

namespace lcn {

// The driver of devices of class D, opened by D::open_driver() when it is first asked for, and device `index`
// of it, opened by D::open(index). Safe to call from several threads. The driver's own threads take no signal
// that is sent to the process.
template <typename D>
class Opened {
  public:
    static Status driver() {
        LCN_RETURN_IF_ERROR(process.check());
        return with_memory([] {
            State& all = state();
            const std::lock_guard lock(all.mutex);
            return all.driver();
        });
    }

    static Status device(int index, Device*& device) {
        LCN_RETURN_IF_ERROR(process.check());
        return with_memory([&] {
            State& all = state();
            const std::lock_guard lock(all.mutex);
            return all.device(index, device);
        });
    }

  private:
    struct State {
        Status driver() {
            if (driver_open) return {};
            const NoSignals for_its_threads;
            LCN_RETURN_IF_ERROR(D::open_driver());
            driver_open = true;
            return {};
        }
        Status device(int index, Device*& device) {
            LCN_RETURN_IF_ERROR(driver());
            std::unique_ptr<D>& known = devices[index];
            if (!known) {
                const NoSignals for_its_threads;
                auto fresh = std::make_unique<D>();
                LCN_RETURN_IF_ERROR(fresh->open(index));
                known = std::move(fresh);
            }
            device = known.get();
            return {};
        }

        std::mutex mutex;
        bool driver_open = false;
        std::map<int, std::unique_ptr<D>> devices;
    };
    static inline DriverProcess process;  // before any lock is taken
    static State& state() {
        static State& only = *new State;  // never destroyed: calls may come at exit
        return only;
    }
};

}  // namespace lcn
