#pragma once

#include <atomic>
#include <mutex>

#include "../process_id.h"

namespace lcn::layer {

// A mutex that a child process does not wait for in vain: where a thread of the parent held it at the fork,
// lock() is false, and what it guards may be half changed.
class ForkMutex {
  public:
    bool lock() {
        const int process = this_process();
        if (!mutex_.try_lock()) {
            if (process_ != process) return false;
            mutex_.lock();
        }
        process_ = process;
        return true;
    }
    void unlock() { mutex_.unlock(); }

    // For the time of a scope, when it is true.
    class Lock {
      public:
        explicit Lock(ForkMutex& mutex) : mutex_(mutex), locked_(mutex.lock()) {}
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;
        ~Lock() {
            if (locked_) mutex_.unlock();
        }
        explicit operator bool() const { return locked_; }

      private:
        ForkMutex& mutex_;
        const bool locked_;
    };

  private:
    std::mutex mutex_;
    std::atomic<int> process_ = this_process();  // that held it last
};

}  // namespace lcn::layer
