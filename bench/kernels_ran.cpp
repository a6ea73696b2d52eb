#include "kernels_ran.h"

#include <stdexcept>

#include "lcn/kernels.h"

namespace bench {

std::string kernels_that_ran(const Row& row) {
    std::string symbols;
    for (int k = 0; k < lcn::kernel_count(); k++) {
        const lcn::KernelInfo kernel = lcn::kernel_info(k);
        if (!kernel.ran) continue;
        if (std::string(kernel.target) != row.target)
            throw std::runtime_error(std::string("a kernel of another target ran: ") + kernel.symbol);
        if (!symbols.empty()) symbols += ' ';
        symbols += kernel.symbol;
    }
    if (symbols.empty()) throw std::runtime_error("no generated kernel ran");
    return symbols;
}

}  // namespace bench
