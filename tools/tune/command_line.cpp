#include "tune/command_line.h"

namespace lcn::tool {

void add_measuring_options(CLI::App& command, TuneOptions& options, const std::vector<std::string>& rigors) {
    command
        .add_option("--rigor", options.rigor,
                    "how long it measures; estimate: the cost model, nothing is measured")
        ->check(CLI::IsMember(rigors))
        ->capture_default_str();
    command.add_option("--time-limit", options.time_limit, "seconds after which it stops")
        ->check(CLI::PositiveNumber);
    command.add_option("--seed", options.seed, "of the numbers and of the order of measuring")
        ->check(CLI::Range(int64_t(0), int64_t(1) << 53))
        ->capture_default_str();
    command.add_flag("--reorders", options.reorders,
                     "also kernels that sum in another order, which changes bits");
    command.add_option("--threads", options.run.threads, "number of threads")->check(CLI::Range(1, 1024));
}

}  // namespace lcn::tool
