// The command line of lcn. Standard output carries results only; an error is one line on standard error.
#include <CLI/CLI.hpp>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "apply.h"
#include "convert.h"
#include "errors.h"
#include "info.h"
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
    for (int t = 0; t < lcn::target_count(); t++) names.push_back(lcn::target_info(t).name);
    return names;
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

    bool as_json = false;
    CLI::App* info = app.add_subcommand("info", "Shows the version, the machine and the targets");
    info->add_flag("--json", as_json, "as JSON");

    std::string case_path, output_path;
    lcn::tool::RunOptions options;
    CLI::App* apply =
        app.add_subcommand("apply", "Runs one Keras LocallyConnected2D or LocallyConnected1D layer");
    apply->add_option("CASE", case_path, "safetensors file: config, input, kernel, bias, grad_output")
        ->required();
    apply->add_option("-o,--output", output_path, "safetensors file for the results")->required();

    std::string model_path, input_path;
    CLI::App* run = app.add_subcommand("run", "Runs a model that was converted from Keras");
    run->add_option("MODEL", model_path, "safetensors file: model_config and the weights")->required();
    run->add_option("INPUT", input_path, "safetensors file: input")->required();
    run->add_option("-o,--output", output_path, "safetensors file for the output")->required();

    for (CLI::App* command : {apply, run}) {
        command->add_option("--target", options.target, "target to run on")
            ->check(CLI::IsMember(target_names()));
        command->add_option("--threads", options.threads, "number of threads")->check(CLI::Range(1, 1024));
    }

    lcn::tool::ConvertOptions conversion;
    CLI::App* convert = app.add_subcommand("convert", "Converts a Keras file to safetensors, or back");
    convert->add_option("MODEL", conversion.model_path, ".h5, .keras, weights of either kind, or safetensors")
        ->required();
    convert
        ->add_option("OUT", conversion.output_path,
                     "its name's end decides: .safetensors, .weights.h5, _weights.h5, .h5, .keras")
        ->required();
    convert->add_option("--config", conversion.config_path,
                        "for weights alone: the model's configuration as JSON, or a file that holds it");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return app.exit(e);  // --help
        return report(e.what(), wrong_usage);
    }
    if (app.get_subcommands().empty())
        return report("a command is missing, info, apply, run or convert", wrong_usage);
    if (info->parsed()) lcn::tool::print_info(as_json);
    if (apply->parsed()) lcn::tool::apply(case_path, output_path, options);
    if (run->parsed()) lcn::tool::run(model_path, input_path, output_path, options);
    if (convert->parsed()) return lcn::tool::convert(conversion);
    if (!std::cout.flush()) return report("standard output cannot be written", failed);
    return 0;
} catch (const lcn::tool::Refused& e) {
    return report(e.what(), wrong_usage);
} catch (const std::bad_alloc&) {
    return report("out of memory", failed);
} catch (const std::exception& e) {
    return report(e.what(), failed);
}
