#include "tuning_row.h"

#include <algorithm>
#include <stdexcept>

#include "tuning_object.h"

namespace lcn::layer {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

const size_t max_candidates = 2000, max_samples = 10'000;

constexpr std::string_view operation_names[] = {"forward", "backward_input", "backward_weights"},
                           padding_names[] = {"valid", "same"},
                           format_names[] = {"channels_last", "channels_first"},
                           rigor_names[] = {"measure", "patient"}, type_names[] = {"f32"};

struct Size {
    const char* key;
    int64_t Problem::*size;
};
const Size sizes[] = {{"batch", &Problem::batch},
                      {"input_rows", &Problem::input_rows},
                      {"input_columns", &Problem::input_columns},
                      {"channels", &Problem::channels},
                      {"filters", &Problem::filters},
                      {"kernel_rows", &Problem::kernel_rows},
                      {"kernel_columns", &Problem::kernel_columns},
                      {"stride_rows", &Problem::stride_rows},
                      {"stride_columns", &Problem::stride_columns}};

Problem parse_problem(const TuningObject& o) {
    Problem p;
    for (const Size& s : sizes) p.*s.size = o.integer(s.key, 1, int64_t(1) << 40);
    p.padding = Padding(o.word("padding", padding_names));
    p.data_format = DataFormat(o.word("data_format", format_names));
    return p;
}

// Year, month and day.
bool is_date(const std::string& text) {
    constexpr std::string_view form = "dddd-dd-dd";
    return std::equal(text.begin(), text.end(), form.begin(), form.end(),
                      [](char c, char wanted) { return wanted == 'd' ? c >= '0' && c <= '9' : c == wanted; });
}

TunedRow::Samples parse_samples(const json& value, const std::string& place) {
    const TuningObject o(value, place, {"kernel", "seconds"});
    TunedRow::Samples samples{o.text_or_null("kernel", longest_tuned_name), {}};
    const json& seconds = o.list("seconds", max_samples);
    for (size_t k = 0; k < seconds.size(); k++)
        samples.seconds.push_back(number_between(seconds[k], o.place("seconds", k), 1e-9, 1e6));
    return samples;
}

}  // namespace

TunedRow parse_tuned_row(const json& value, const std::string& place) {
    const TuningObject o(value, place,
                         {"operation", "types", "problem", "threads", "target", "kernel", "reorders",
                          "may_reorder", "rigor", "seed", "cost_model", "second_level_cache", "compared_with",
                          "gain", "spread", "date", "command", "probes", "samples"});
    TunedRow r;
    r.operation = Operation(o.word("operation", operation_names));
    o.word("types", type_names);
    r.problem =
        parse_problem({o.at("problem"),
                       o.place("problem"),
                       {"batch", "input_rows", "input_columns", "channels", "filters", "kernel_rows",
                        "kernel_columns", "stride_rows", "stride_columns", "padding", "data_format"}});
    r.threads = int(o.integer("threads", 1, 1024));
    r.target = o.text("target", longest_tuned_name);
    r.kernel = o.text_or_null("kernel", longest_tuned_name);
    r.reorders = o.boolean("reorders");
    r.may_reorder = o.boolean("may_reorder");
    r.rigor = Rigor(o.word("rigor", rigor_names));
    r.seed = o.integer("seed", 0, int64_t(1) << 53);
    r.cost_model = o.text("cost_model", longest_tuned_name);
    if (r.cost_model.empty()) o.fail("cost_model", "a name");
    r.second_level_cache = o.integer("second_level_cache", 1, int64_t(1) << 40);
    r.compared_with = o.text_or_null("compared_with", longest_tuned_name);
    r.gain = o.number("gain", 1e-6, 1e6);
    r.spread = o.number("spread", 0, 1e6);
    r.date = o.text("date", longest_tuned_name);
    if (!is_date(r.date)) o.fail("date", "a day as 2026-11-29");
    r.command = o.text("command", longest_tuning_command);
    const TuningObject probes(o.at("probes"), o.place("probes"), {"read_GBps", "multiply_add_GFLOPS"});
    r.read_GBps = probes.number("read_GBps", 1e-6, 1e9);
    r.multiply_add_GFLOPS = probes.number("multiply_add_GFLOPS", 1e-6, 1e9);
    const json& samples = o.list("samples", max_candidates);
    for (size_t k = 0; k < samples.size(); k++)
        r.samples.push_back(parse_samples(samples[k], o.place("samples", k)));
    if (r.reorders && !r.may_reorder) o.fail("reorders", "false, though may_reorder is");
    return r;
}

namespace {

ordered_json json_of(const std::string& kernel) {
    return kernel.empty() ? ordered_json() : ordered_json(kernel);
}

ordered_json json_of(const TunedRow& r) {
    ordered_json problem;
    for (const Size& s : sizes) problem[s.key] = r.problem.*s.size;
    problem["padding"] = padding_names[size_t(r.problem.padding)];
    problem["data_format"] = format_names[size_t(r.problem.data_format)];
    ordered_json samples = ordered_json::array();
    for (const TunedRow::Samples& s : r.samples)
        samples.push_back({{"kernel", json_of(s.kernel)}, {"seconds", s.seconds}});
    return {{"operation", name_of(r.operation)},
            {"types", "f32"},
            {"problem", problem},
            {"threads", r.threads},
            {"target", r.target},
            {"kernel", json_of(r.kernel)},
            {"reorders", r.reorders},
            {"may_reorder", r.may_reorder},
            {"rigor", rigor_names[size_t(r.rigor)]},
            {"seed", r.seed},
            {"cost_model", r.cost_model},
            {"second_level_cache", r.second_level_cache},
            {"compared_with", json_of(r.compared_with)},
            {"gain", r.gain},
            {"spread", r.spread},
            {"date", r.date},
            {"command", r.command},
            {"probes", {{"read_GBps", r.read_GBps}, {"multiply_add_GFLOPS", r.multiply_add_GFLOPS}}},
            {"samples", samples}};
}

}  // namespace

void check_evidence(const TunedRow& r) {
    if (r.kernel == r.compared_with) return;
    for (const std::string& kernel : {r.kernel, r.compared_with}) {
        const auto of_kernel = [&](const TunedRow::Samples& s) {
            return s.kernel == kernel && !s.seconds.empty();
        };
        if (std::none_of(r.samples.begin(), r.samples.end(), of_kernel))
            throw std::runtime_error("samples has none of " + (kernel.empty() ? "the usual choice" : kernel));
    }
    if (!(r.gain - 1 > r.spread))
        throw std::runtime_error("gain is not beyond spread, though kernel is not compared_with");
}

std::string row_text(const TunedRow& row) {
    return json_of(row).dump();
}

const char* name_of(Operation operation) {
    return operation_names[size_t(operation)].data();
}

TunedRow::Question TunedRow::question() const {
    Question q{target, {int64_t(operation), threads, int64_t(problem.padding), int64_t(problem.data_format)}};
    for (const Size& s : sizes) q.second.push_back(problem.*s.size);
    return q;
}

}  // namespace lcn::layer
