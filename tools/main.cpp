// The command line of lcn. Standard output carries results only; an error is one line on standard error.
#include <fcntl.h>

#include <CLI/CLI.hpp>
#include <csignal>
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
#include "lcn/tuning_file.h"
#include "run.h"
#include "tune/choices.h"
#include "tune/command_line.h"
#include "tune/tune.h"
#include "whole_number.h"

namespace {

const int failed = 1, wrong_usage = 2;

int report(const std::string& message, int exit_code) {
    std::cerr << "lcn: " << lcn::tool::printable(message) << "\n";
    return exit_code;
}

int flushed(int exit_code) {
    return std::cout.flush() ? exit_code : report("standard output cannot be written", failed);
}

// A file that is opened later would get the number of a stream that is closed. What takes it here fails as
// that would.
void keep_numbers_of_streams() {
    for (int stream = 0; stream < 3; stream++)
        if (fcntl(stream, F_GETFD) == -1) open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY);
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
    lcn::tool::TuneOptions tuning;
    std::function<int()> run;  // the command that was given
};

void add_target_and_threads(CLI::App& command, lcn::tool::RunOptions& options) {
    command.add_option("--target", options.target, "target to run on")->check(CLI::IsMember(target_names()));
    command.add_option("--threads", options.threads, "number of threads")
        ->transform(lcn::tool::whole_number(1, 1024));
}

CLI::Option* add_output(CLI::App& command, std::string& path, const std::string& description) {
    const auto named = [](const std::string& text) { return text.empty() ? "the name is empty" : ""; };
    return command.add_option("-o,--output", path, description)->check(CLI::Validator(named, "FILE"));
}

// For shapes: which of their calls.
void add_shape_options(CLI::App& command, Request& r) {
    command.add_option("--batch", r.tuning.batches, "images, instead of the shapes' own")
        ->transform(lcn::tool::whole_number(1, int64_t(1) << 30));
    command.add_option("--operation", r.tuning.operations, "only these passes")
        ->check(CLI::IsMember({"forward", "backward_input", "backward_weights"}));
}

void add_info(CLI::App& app, Request& r) {
    CLI::App* info = app.add_subcommand("info", "Shows the version, the machine and the targets");
    info->add_flag("--json", r.as_json, "as JSON");
    CLI::Option* shapes =
        info->add_option("--explain", r.tuning.shapes,
                         "which kernels calls use for these shapes (as tune names them), and why");
    add_shape_options(*info, r);
    add_target_and_threads(*info, r.tuning.run);
    info->callback([&r, shapes] {
        r.tuning.as_json = r.as_json;
        r.run = [&r, shapes] {
            if (shapes->empty()) return lcn::tool::print_info(r.as_json), 0;
            return lcn::tool::explain(r.tuning), 0;
        };
    });
}

void add_run_options(CLI::App& command, Request& r) {
    add_output(command, r.output_path, "safetensors file for the results")->required();
    add_target_and_threads(command, r.options);
}

void add_tune(CLI::App& app, Request& r) {
    lcn::tool::TuneOptions& t = r.tuning;
    CLI::App* tune = app.add_subcommand("tune", "Finds the fastest kernels for shapes on this machine");
    tune->add_option("SHAPE", t.shapes,
                     "a line of the suite (keras_doc_2), a shape (30x30x64:3x3x32, with :s2x1, :same, "
                     ":channels_first, :n8), or a converted model");
    tune->add_flag("--suite", t.suite, "every line of the suite");
    add_shape_options(*tune, r);
    const CLI::Option* const target = tune->add_option("--target", t.run.target, "target to run on");
    lcn::tool::add_measuring_options(*tune, t, {"estimate", "measure", "patient"});
    tune->add_flag("--again", t.again, "measures again what the file has");
    tune->add_flag("--json", t.as_json, "results as JSON");
    add_output(*tune, t.output, "the tuning file, new or to go on with")->capture_default_str();
    tune->add_option("--runner", t.runner,
                     "tunes for another machine: the command that starts --program there");
    tune->add_option("--program", t.program, "with --runner: lcn_tuner of a build for that machine");
    tune->add_option("--answer-limit", t.answer_limit,
                     "with --runner: most seconds from one result to the next")
        ->check(CLI::Validator(lcn::tool::check_seconds, "SECONDS"))
        ->capture_default_str();
    tune->callback([&r, target] {
        std::string name = r.tuning.run.target;
        // Another machine's targets may be others than those of this library.
        const bool here = !target->empty() && r.tuning.runner.empty();
        if (const std::string wrong = here ? CLI::IsMember(target_names())(name) : ""; !wrong.empty())
            throw CLI::ValidationError("--target", wrong + " (those of another machine need --runner)");
        r.run = [&r] { return lcn::tool::tune(r.tuning); };
    });
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
    add_output(*layers, r.output_path, "file for the list, instead of standard output");
    layers->callback(
        [&r] { r.run = [&r] { return lcn::tool::list_layers(r.first_path, r.as_json, r.output_path), 0; }; });
}

void add_choices(CLI::App& app, Request& r) {
    CLI::App* choices =
        app.add_subcommand("choices", "Writes the choices of a tuning's file for lcn_add_layer()");
    choices->add_option("TUNING", r.first_path, "file of lcn tune")->required();
    add_output(*choices, r.output_path, "file for CMake, instead of standard output");
    choices->callback(
        [&r] { r.run = [&r] { return lcn::tool::print_choices(r.first_path, r.output_path), 0; }; });
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
    keep_numbers_of_streams();
    std::signal(SIGXFSZ, SIG_IGN);  // then writing says that the file became too large
    CLI::App app("lcn: locally connected layers", "lcn");
    app.require_subcommand(0, 1);  // so that an unknown command is named
    app.footer(
        "Exit codes: 0 done, 1 the work failed, 2 wrong usage or a configuration of a layer or a model "
        "that is not supported.\n"
        "The environment variable LCN_TARGET forces a target as --target does; LCN_PYTHON names the "
        "Python that convert runs;\n"
        "LCN_TUNING a file of tune, whose choices apply, run, info and tune then use (docs/tuning.md).");
    Request request;
    request.tuning.command = lcn::tool::command_text(argc, argv);
    for (const auto add : {add_info, add_apply, add_run, add_layers, add_convert, add_tune, add_choices})
        add(app, request);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return flushed(app.exit(e));  // --help
        return report(e.what(), wrong_usage);
    }
    if (!request.run)
        return report("a command is missing, info, apply, run, layers, convert, tune or choices",
                      wrong_usage);
    if (const std::string& refused = lcn::environment_tuning().refused; !refused.empty())
        report("LCN_TUNING: " + refused + "; the usual choices are used", 0);
    return flushed(request.run());
} catch (const lcn::tool::Refused& e) {
    return report(e.what(), wrong_usage);
} catch (const std::bad_alloc&) {
    return report("out of memory", failed);
} catch (const std::exception& e) {
    return report(e.what(), failed);
}
