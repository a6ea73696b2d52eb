#include "tune/command_line.h"

#include "tuning_row.h"
#include "whole_number.h"

namespace lcn::tool {

std::string check_seconds(std::string& text) {
    double seconds = 0;
    // Written so that it refuses what is not a number too.
    if (CLI::detail::lexical_cast(text, seconds) && seconds > 0 && seconds <= 1e6) return "";
    return "Value " + text + " is not a number of seconds up to 1000000";
}

std::string command_text(int argc, char** argv) {
    std::string text = "lcn";
    for (int k = 1; k < argc; k++) text += std::string(" ") + argv[k];
    for (char& c : text)
        if (c < ' ' || c > '~') c = '?';
    if (text.size() > layer::longest_tuning_command)
        text.replace(layer::longest_tuning_command - 3, std::string::npos, "...");
    return text;
}

void add_measuring_options(CLI::App& command, TuneOptions& options, const std::vector<std::string>& rigors) {
    command
        .add_option("--rigor", options.rigor,
                    "how long it measures; estimate: the cost model, nothing is measured")
        ->check(CLI::IsMember(rigors))
        ->capture_default_str();
    command.add_option("--time-limit", options.time_limit, "seconds after which it stops")
        ->check(CLI::Validator(check_seconds, "SECONDS"));
    command.add_option("--seed", options.seed, "of the numbers and of the order of measuring")
        ->transform(whole_number(0, int64_t(1) << 53))
        ->capture_default_str();
    command.add_flag("--reorders", options.reorders,
                     "also kernels that sum in another order, which changes bits");
    command.add_flag("--untuned", options.untuned,
                     "compares with the cost model's choices, not with those in force");
    command.add_option("--threads", options.run.threads, "number of threads")
        ->transform(whole_number(1, 1024));
}

}  // namespace lcn::tool
