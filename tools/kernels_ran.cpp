#include "kernels_ran.h"

#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "errors.h"
#include "lcn/kernels.h"

namespace lcn::tool {

void prepare(const RunOptions& options) {
    check(set_target(options.target.c_str()));
    if (options.threads > 0) check(set_threads(options.threads));
    const char* target = nullptr;
    check(lcn::target(target));
    forget_kernels_ran();
}

Metadata kernels_ran() {
    const char* target = nullptr;
    check(lcn::target(target));
    nlohmann::json symbols = nlohmann::json::array();
    for (int k = 0; k < kernel_count(); k++) {
        const KernelInfo kernel = kernel_info(k);
        if (!kernel.ran) continue;
        if (std::string(kernel.target) != target)
            throw std::runtime_error(std::string("kernel ") + kernel.symbol +
                                     " ran, which is not of target " + target);
        symbols.push_back(kernel.symbol);
    }
    return {{"target", target}, {"kernels", symbols.dump()}};
}

void print_kernels_ran(const Metadata& ran) {
    std::cout << "target " << ran.at("target") << "\n";
    for (const std::string symbol : nlohmann::json::parse(ran.at("kernels")))
        std::cout << "kernel " << symbol << "\n";
}

}  // namespace lcn::tool
