#include "options.h"

#include <lcn/kernels.h>
#include <lcn/lcn.h>

#include <CLI/CLI.hpp>
#include <cstdio>

namespace digits {

namespace {

// CLI::Range lets NaN pass.
std::string check_learning_rate(const std::string& text) {
    double value = 0.0;
    const bool good = CLI::detail::lexical_cast(text, value) && value > 0.0 && value <= 100.0;
    return good ? "" : "must be above 0 and at most 100, got " + text;
}

std::vector<std::string> targets() {
    std::vector<std::string> names;
    for (int i = 0; i < lcn::target_count(); i++) names.push_back(lcn::target_name(i));
    return names;
}

int usage_error(const std::string& message) {
    std::fprintf(stderr, "digits: %s\n", message.c_str());
    return 2;
}

void declare(CLI::App& app, Options& options) {
    app.option_defaults()->always_capture_default();
    TrainingPlan& training = options.training;
    app.add_option("--epochs", training.epochs, "passes over the training images")
        ->check(CLI::Range(1, 10000));
    app.add_option("--batch", training.batch, "images per training step")->check(CLI::Range(1, 10000));
    app.add_option("--learning-rate", training.learning_rate, "of the first step; falls to zero")
        ->check(check_learning_rate);
    app.add_option("--seed", options.seed, "of the split, the first weights and the order of images");
    app.add_option("--threads", options.threads,
                   "for each layer; they are too small for more than one to pay")
        ->check(CLI::Range(1, 1024));
    app.add_option(
           "--target", options.target,
           "kernels to use; on a device the network stays there; else LCN_TARGET, or the processor's best")
        ->check(CLI::IsMember(targets()))
        ->default_str("");
    app.add_option("--data", options.data, "CSV file, 64 pixels and a label per line; else the example's own")
        ->default_str("");
    app.add_option("--picture", options.picture, "PNG file to write, learned filters at their positions");
}

}  // namespace

std::optional<int> parse_options(int argc, char** argv, Options& options) {
    options.data = DIGITS_DATA;
    CLI::App app("Trains a network of locally connected layers on handwritten digits.", "digits");
    declare(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::fputs(app.help().c_str(), stdout);
        return 0;
    } catch (const CLI::ParseError& error) {
        return usage_error(error.what());
    }

    lcn::Status status = lcn::set_target(options.target.c_str());
    const char* target = nullptr;
    if (status.ok()) status = lcn::target(target);  // LCN_TARGET may be wrong
    if (status.ok()) status = lcn::set_threads(options.threads);
    if (!status.ok()) return usage_error(status.message);
    return {};
}

}  // namespace digits
