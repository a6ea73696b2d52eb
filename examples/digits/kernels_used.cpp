#include "kernels_used.h"

#include <lcn/kernels.h>

#include <stdexcept>
#include <string_view>

namespace digits {

std::vector<std::string> kernels_used() {
    const char* target = "";
    if (const lcn::Status status = lcn::target(target); !status.ok())
        throw std::runtime_error(status.message);
    std::vector<std::string> symbols;
    for (int i = 0; i < lcn::kernel_count(); i++) {
        const lcn::KernelInfo kernel = lcn::kernel_info(i);
        if (!kernel.ran) continue;
        if (std::string_view(kernel.target) != target)
            throw std::runtime_error(std::string("kernel ") + kernel.symbol + " ran, but the target is " +
                                     target);
        symbols.push_back(kernel.symbol);
    }
    if (symbols.empty()) throw std::runtime_error(std::string("no kernel of target ") + target + " ran");
    return symbols;
}

}  // namespace digits
