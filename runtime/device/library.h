#pragma once

#include <dlfcn.h>

#include "status.h"

namespace lcn {

// A driver's library and its functions, by name. It stays open.
class DriverLibrary {
  public:
    explicit DriverLibrary(const char* name) : name_(name) {}

    Status open() {
        handle_ = dlopen(name_, RTLD_NOW | RTLD_LOCAL);
        if (handle_) return {};
        return error(Code::unusable_target, "the driver cannot be opened: %s", dlerror());
    }

    template <typename Function>
    Status find(const char* symbol, Function*& function) {
        function = reinterpret_cast<Function*>(dlsym(handle_, symbol));
        if (!function) return error(Code::unusable_target, "%s is too old: it has no %s", name_, symbol);
        return {};
    }

  private:
    const char* name_;
    void* handle_ = nullptr;
};

}  // namespace lcn
