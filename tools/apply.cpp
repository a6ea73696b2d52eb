#include "apply.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "errors.h"
#include "json_text.h"
#include "layer_run.h"
#include "lcn/kernels.h"
#include "shape_text.h"

namespace lcn::tool {

using namespace layer;

namespace {

using StoredTensors = std::map<std::string, StoredTensor>;

const std::set<std::string> recorded_results = {"output", "grad_input", "grad_kernel", "grad_bias"};

[[noreturn]] void fail(const std::string& tensor, const std::string& reason) {
    throw std::runtime_error("tensor " + excerpt(tensor) + reason);
}

// The tensors that a case gives, with the shapes they must have.
std::map<std::string, Shape> expected_tensors(const LayerConfig& layer, const StoredTensors& stored) {
    if (!stored.count("input")) fail("input", " is missing");
    const LayerShapes shapes = layer_shapes(problem_for(layer, stored.at("input").shape));
    std::map<std::string, Shape> expected = {{"input", shapes.input}, {"kernel", shapes.kernel}};
    if (layer.use_bias) expected["bias"] = shapes.bias;
    if (stored.count("grad_output")) expected["grad_output"] = shapes.output;
    return expected;
}

void check_tensors(const std::map<std::string, Shape>& expected, const StoredTensors& stored) {
    for (const auto& [name, tensor] : stored)
        if (name == "bias" && !expected.count(name))
            fail(name, " is given, but use_bias is false");
        else if (!expected.count(name) && !recorded_results.count(name))
            fail(name, " is unknown");
    for (const auto& [name, shape] : expected) {
        if (!stored.count(name)) fail(name, " is missing");
        if (stored.at(name).shape != shape)
            fail(name, ": shape " + layer::to_string(stored.at(name).shape) + ", expected " +
                           layer::to_string(shape));
    }
}

void print_ran(const std::string& target, const std::vector<std::string>& kernels) {
    std::cout << "target " << target << "\n";
    for (const std::string& kernel : kernels) std::cout << "kernel " << kernel << "\n";
}

}  // namespace

void apply(const ApplyOptions& options) {
    check(set_target(options.target.c_str()));
    if (options.threads > 0) check(set_threads(options.threads));
    const char* target = nullptr;
    check(lcn::target(target));

    SafetensorsFile file(options.case_path);
    const SafetensorsHeader& header = file.header();
    const auto config = header.metadata.find("config");
    if (config == header.metadata.end())
        throw std::runtime_error(options.case_path + ": no metadata entry \"config\"");
    const LayerConfig layer = parse_layer_config(config->second);
    const std::map<std::string, Shape> expected = expected_tensors(layer, header.tensors);
    check_tensors(expected, header.tensors);

    Tensors given;
    for (const auto& [name, shape] : expected) given[name] = file.read(name);
    forget_kernels_ran();
    const Tensors results = run_layer(problem_for(layer, given["input"].shape), given);
    const std::vector<std::string> kernels = kernels_ran(target);
    write_safetensors(options.output_path, results,
                      {{"target", target}, {"kernels", nlohmann::json(kernels).dump()}});
    print_ran(target, kernels);
}

}  // namespace lcn::tool
