// lcn_tuner: the tuner of one library as a program of its own, for machines that `lcn tune --runner` reaches.
// It reads no file but the system's, writes its answers (answer.h) to standard output and nothing else.
#include <iostream>
#include <new>

#include "errors.h"
#include "tune/answer.h"
#include "tune/command_line.h"
#include "tune/measurement.h"
#include "tune/stop.h"

namespace {

using lcn::tool::Answer;

int report(const std::string& message, int exit_code) {
    std::cerr << "lcn_tuner: " << message << "\n";
    return exit_code;
}

// When nobody reads any more, the first one that is lost ends the program.
void say(const Answer& answer) {
    if (!(std::cout << answer.line() << std::flush))
        throw std::runtime_error("standard output cannot be written");
}

Answer of_this_machine() {
    Answer answer;
    answer.file.of(lcn::layer::this_machine());
    return answer;
}

void measure(const lcn::tool::TuneOptions& options, const std::vector<lcn::tool::Task>& tasks) {
    lcn::tool::ProgressLine line;
    lcn::tool::Measurement measurement(options, line);
    Answer last;
    last.last = true;
    try {
        for (size_t k = 0; k < tasks.size(); k++) {
            line.begin(tasks[k].name, int(k) + 1, int(tasks.size()));
            Answer answer = of_this_machine();
            const auto row = measurement.tune(tasks[k], kernel_in_force(options, tasks[k]));
            line.clear();
            ++(row ? last.measured : last.skipped);
            if (row) answer.file.machines[0].rows.push_back(*row), say(answer);
        }
    } catch (const lcn::tool::Stopped&) {
        line.clear();
        last.stopped = measurement.why_stopped();
    }
    say(last);
}

void describe() {
    say(of_this_machine());
    Answer last;
    last.last = true, last.measured = 1;
    say(last);
}

}  // namespace

int main(int argc, char** argv) try {
    CLI::App app("Finds the fastest kernels for shapes on this machine, for `lcn tune --runner`",
                 "lcn_tuner");
    lcn::tool::TuneOptions options;
    bool described = false;
    app.add_option("TASK", options.shapes, "a pass and a shape, as forward:30x30x64:3x3x32:n8");
    app.add_option("--target", options.run.target, "target to run on")->required();
    app.add_flag("--describe", described, "says which machine this is, and measures nothing");
    lcn::tool::add_measuring_options(app, options, {"measure", "patient"});
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return app.exit(e);  // --help
        return report(e.what(), 2);
    }
    std::vector<lcn::tool::Task> tasks;
    for (const std::string& word : options.shapes) tasks.push_back(lcn::tool::parse_task(word));
    lcn::tool::prepare(options.run);
    lcn::tool::check_target_is_tuned();
    lcn::tool::stop_on_interrupt();
    if (described)
        describe();
    else
        measure(options, tasks);
    return lcn::tool::interrupted() ? 130 : 0;
} catch (const lcn::tool::Refused& e) {
    return report(e.what(), 2);
} catch (const std::bad_alloc&) {
    return report("out of memory", 1);
} catch (const std::exception& e) {
    return report(e.what(), 1);
}
