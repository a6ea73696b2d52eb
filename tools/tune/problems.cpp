#include "tune/problems.h"

#include <nlohmann/json.hpp>

#include "bench/shapes.h"
#include "errors.h"
#include "layers.h"
#include "tune/shape.h"

namespace lcn::tool {

namespace {

const std::vector<Operation> every_operation = {Operation::forward, Operation::backward_input,
                                                Operation::backward_weights};

void add(std::vector<NamedProblem>& problems, const std::string& name, Problem p,
         const std::vector<int64_t>& batches, const std::vector<Operation>& operations) {
    for (const int64_t batch : batches) {
        p.batch = batch;
        int64_t rows = 0, columns = 0;
        if (const Status s = output_size(p, rows, columns); !s.ok()) refuse_shape(name, s.message);
        problems.push_back({name + " N" + std::to_string(batch), p, operations});
    }
}

std::vector<NamedProblem> of_suite(const bench::Shape& s, const std::vector<int64_t>& batches) {
    Problem p;
    p.input_rows = s.rows, p.input_columns = s.columns, p.channels = s.channels, p.filters = s.filters;
    p.kernel_rows = s.kernel_rows, p.kernel_columns = s.kernel_columns;
    p.stride_rows = s.stride_rows, p.stride_columns = s.stride_columns;
    p.padding = s.same ? Padding::same : Padding::valid;
    std::vector<int64_t> own;
    for (const int batch : s.batches)
        if (batch > 0) own.push_back(batch);
    std::vector<NamedProblem> problems;
    add(problems, s.id, p, batches.empty() ? own : batches,
        s.trained ? every_operation : std::vector<Operation>{Operation::forward});
    return problems;
}

std::vector<NamedProblem> of_model(const std::string& path, const std::vector<int64_t>& batches) {
    std::vector<NamedProblem> problems;
    for (const nlohmann::ordered_json& l : describe_layers(path)) {
        Problem p;
        p.input_rows = l.at("input_rows"), p.input_columns = l.at("input_columns");
        p.channels = l.at("channels"), p.filters = l.at("filters");
        p.kernel_rows = l.at("kernel_rows"), p.kernel_columns = l.at("kernel_columns");
        p.stride_rows = l.at("stride_rows"), p.stride_columns = l.at("stride_columns");
        p.padding = l.at("padding") == "same" ? Padding::same : Padding::valid;
        const bool first = l.at("data_format") == "channels_first";
        p.data_format = first ? DataFormat::channels_first : DataFormat::channels_last;
        add(problems, printable(path + "/" + l.at("name").get<std::string>()), p,
            batches.empty() ? std::vector<int64_t>{1} : batches, every_operation);
    }
    return problems;
}

}  // namespace

std::vector<NamedProblem> problems_of(const std::string& word, const std::vector<int64_t>& batches) {
    const std::string ending = ".safetensors";
    if (word.size() > ending.size() && word.substr(word.size() - ending.size()) == ending)
        return of_model(word, batches);
    const std::vector<std::string> parts = split(word, ':');
    for (const bench::Shape& shape : bench::shapes)
        if (parts[0] == shape.id) {
            Problem p;
            p.batch = 0;
            for (size_t k = 1; k < parts.size(); k++) {
                if (parts[k].rfind('n', 0) != 0)
                    refuse_shape(word, "a line of the suite takes :n8 (images) alone");
                take_shape_option(word, parts[k], p);
            }
            return of_suite(shape, p.batch > 0 ? std::vector<int64_t>{p.batch} : batches);
        }
    const Problem p = parse_shape(word);
    std::vector<NamedProblem> problems;
    add(problems, shape_text(p), p, batches.empty() ? std::vector<int64_t>{p.batch} : batches,
        every_operation);
    return problems;
}

std::vector<NamedProblem> suite_problems(const std::vector<int64_t>& batches) {
    std::vector<NamedProblem> all;
    for (const bench::Shape& shape : bench::shapes)
        for (const NamedProblem& p : of_suite(shape, batches)) all.push_back(p);
    return all;
}

}  // namespace lcn::tool
