#pragma once

#include <dlfcn.h>

#include <initializer_list>
#include <stdexcept>
#include <string>

namespace bench {

// A library of the machine's, opened when the program runs, so that it builds and starts without it. It stays
// open.
class Library {
  public:
    // The first of the names that can be opened. Throws std::runtime_error when none can.
    explicit Library(std::initializer_list<const char*> names) {
        std::string tried;
        for (const char* name : names) {
            handle_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
            if (handle_) return;
            tried += (tried.empty() ? "" : " and ") + std::string(name);
        }
        throw std::runtime_error(tried + " cannot be opened");
    }

    template <typename Function>
    void find(const char* symbol, Function*& function) const {
        function = reinterpret_cast<Function*>(dlsym(handle_, symbol));
        if (!function) throw std::runtime_error(std::string(symbol) + " is missing");
    }

  private:
    void* handle_ = nullptr;
};

}  // namespace bench
