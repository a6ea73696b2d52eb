// The command line of lcn. Standard output carries results only; an error is one line on standard error.
#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "apply.h"
#include "convert.h"
#include "errors.h"
#include "info.h"
#include "layers.h"
#include "lcn/kernels.h"
#include "run.h"

namespace {

const int failed = 1, wrong_usage = 2;

int report(const std::string& message, int exit_code) {
    std::string line = message;
    for (char& character : line)  // file names may hold line breaks
        if (static_cast<unsigned char>(character) < ' ') character = '?';
    std::cerr << "lcn: " << line << "\n";
    return exit_code;
}

std::vector<std::string> target_names() {
    std::vector<std::string> names;
    for (int t = 0; t < lcn::target_count(); t++) names.push_back(lcn::target_name(t));
    return names;
}

// What the command line asks for.
struct Request {
    bool as_json = false;
    std::string first_path, second_path, output_path;
    lcn::tool::RunOptions options;
    lcn::tool::ConvertOptions conversion;
    std::function<int()> run;  // the command that was given
};

void add_info(CLI::App& app, Request& r) {
    CLI::App* info = app.add_subcommand("info", "Shows the version, the machine and the targets");
    info->add_flag("--json", r.as_json, "as JSON");
    info->callback([&r] { r.run = [&r] { return lcn::tool::print_info(r.as_json), 0; }; });
}

void add_run_options(CLI::App& command, Request& r) {
    command.add_option("-o,--output", r.output_path, "safetensors file for the results")->required();
    command.add_option("--target", r.options.target, "target to run on")
        ->check(CLI::IsMember(target_names()));
    command.add_option("--threads", r.options.threads, "number of threads")->check(CLI::Range(1, 1024));
}

void add_apply(CLI::App& app, Request& r) {
    CLI::App* apply =
        app.add_subcommand("apply", "Runs one Keras LocallyConnected2D or LocallyConnected1D layer");
    apply->add_option("CASE", r.first_path, "safetensors file: config, input, kernel, bias, grad_output")
        ->required();
    add_run_options(*apply, r);
    apply->callback(
        [&r] { r.run = [&r] { return lcn::tool::apply(r.first_path, r.output_path, r.options), 0; }; });
}

void add_run(CLI::App& app, Request& r) {
    CLI::App* run = app.add_subcommand("run", "Runs a model that was converted from Keras");
    run->add_option("MODEL", r.first_path, "safetensors file: model_config and the weights")->required();
    run->add_option("INPUT", r.second_path, "safetensors file: input")->required();
    add_run_options(*run, r);
    run->callback([&r] {
        r.run = [&r] { return lcn::tool::run(r.first_path, r.second_path, r.output_path, r.options), 0; };
    });
}

void add_layers(CLI::App& app, Request& r) {
    CLI::App* layers =
        app.add_subcommand("layers", "Lists the locally connected layers of a converted model");
    layers->add_option("MODEL", r.first_path, "safetensors file: model_config")->required();
    layers->add_flag("--json", r.as_json, "as JSON");
    layers->add_option("-o,--output", r.output_path, "file for the list, instead of standard output");
    layers->callback(
        [&r] { r.run = [&r] { return lcn::tool::list_layers(r.first_path, r.as_json, r.output_path), 0; }; });
}

void add_convert(CLI::App& app, Request& r) {
    CLI::App* convert = app.add_subcommand("convert", "Converts a Keras file to safetensors, or back");
    convert
        ->add_option("MODEL", r.conversion.model_path, ".h5, .keras, weights of either kind, or safetensors")
        ->required();
    convert
        ->add_option("OUT", r.conversion.output_path,
                     "its name's end decides: .safetensors, .weights.h5, _weights.h5, .h5, .keras")
        ->required();
    convert->add_option("--config", r.conversion.config_path,
                        "for weights alone: the model's configuration as JSON, or a file that holds it");
    convert->callback([&r] { r.run = [&r] { return lcn::tool::convert(r.conversion); }; });
}

}  // namespace

int main(int argc, char** argv) try {
    CLI::App app("lcn: locally connected layers", "lcn");
    app.require_subcommand(0, 1);  // so that an unknown command is named
    app.footer(
        "Exit codes: 0 done, 1 the work failed, 2 wrong usage or a configuration of a layer or a model "
        "that is not supported.\n"
        "The environment variable LCN_TARGET forces a target as --target does; LCN_PYTHON names the "
        "Python that convert runs.");
    Request request;
    for (const auto add : {add_info, add_apply, add_run, add_layers, add_convert}) add(app, request);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return app.exit(e);  // --help
        return report(e.what(), wrong_usage);
    }
    if (!request.run) return report("a command is missing, info, apply, run, layers or convert", wrong_usage);
    const int exit_code = request.run();
    if (!std::cout.flush()) return report("standard output cannot be written", failed);
    return exit_code;
} catch (const lcn::tool::Refused& e) {
    return report(e.what(), wrong_usage);
} catch (const std::bad_alloc&) {
    return report("out of memory", failed);
} catch (const std::exception& e) {
    return report(e.what(), failed);
}
