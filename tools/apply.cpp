#include "apply.h"

#include <set>

#include "errors.h"
#include "output_file.h"
#include "shape_text.h"
#include "stored_tensors.h"

namespace lcn::tool {

namespace {

const std::set<std::string> recorded_results = {
    "output", "grad_input", "grad_kernel", "grad_bias", "losses", "kernel_constrained", "bias_constrained"};

// The tensors that a case gives, with the shapes they must have.
std::map<std::string, Shape> expected_tensors(const LocallyConnected& layer,
                                              const StoredTensors& stored) try {
    const Shape& input = stored.at("input").shape;
    const std::vector<Shape> weights = layer.weight_shapes(input);
    std::map<std::string, Shape> expected = {{"input", input}, {"kernel", weights[0]}};
    if (weights.size() > 1) expected["bias"] = weights[1];
    if (stored.count("grad_output")) expected["grad_output"] = layer.compute_output_shape(input);
    return expected;
} catch (const std::invalid_argument& e) {
    refuse_tensor("input", std::string(": ") + e.what());
}

void check_case(const std::map<std::string, Shape>& expected, const StoredTensors& stored) {
    for (const auto& [name, tensor] : stored)
        if (name == "bias" && !expected.count(name))
            refuse_tensor(name, " is given, but use_bias is false");
        else if (!expected.count(name) && !recorded_results.count(name))
            refuse_tensor(name, " is unknown");
    for (const auto& [name, shape] : expected) {
        if (!stored.count(name)) refuse_tensor(name, " is missing");
        if (stored.at(name).shape != shape)
            refuse_tensor(name, ": shape " + layer::to_string(stored.at(name).shape) + ", expected " +
                                    layer::to_string(shape));
    }
}

// All tensors fit by now, so what is wrong is the configuration.
void build(LocallyConnected& layer, const Tensors& given) try {
    LayerArguments arguments = layer.arguments();
    arguments.weights = {given.at("kernel")};
    if (arguments.use_bias) arguments.weights->push_back(given.at("bias"));
    layer.set_arguments(std::move(arguments));
    layer.build(given.at("input").shape);
} catch (const std::invalid_argument& e) {
    throw Refused(e.what());
}

void add_constrained(LocallyConnected& layer, Tensors& results) {
    const bool of_kernel = layer.arguments().kernel_constraint.text().has_value();
    const bool of_bias = layer.arguments().use_bias && layer.arguments().bias_constraint.text().has_value();
    if (!of_kernel && !of_bias) return;
    layer.apply_constraints();
    std::vector<Tensor> weights = layer.get_weights();
    if (of_kernel) results["kernel_constrained"] = std::move(weights[0]);
    if (of_bias) results["bias_constrained"] = std::move(weights[1]);
}

}  // namespace

LocallyConnected layer_of_config(size_t dimensions, const std::string& config) try {
    if (dimensions == 1) return LocallyConnected1D::from_config(config);
    return LocallyConnected2D::from_config(config);
} catch (const std::invalid_argument& e) {
    throw Refused("LocallyConnected" + std::to_string(dimensions) + "D: " + e.what());
}

Tensors run_case(LocallyConnected& layer, const Tensors& given) {
    build(layer, given);
    Tensors results;
    results["output"] = layer(given.at("input"));
    if (const auto gradient = given.find("grad_output"); gradient != given.end()) {
        LocallyConnected::Gradients gradients = layer.gradients(given.at("input"), gradient->second);
        results["grad_input"] = std::move(gradients.input);
        results["grad_kernel"] = std::move(gradients.kernel);
        if (layer.arguments().use_bias) results["grad_bias"] = std::move(gradients.bias);
    }
    if (std::vector<float> losses = layer.losses(); !losses.empty())
        results["losses"] = {{int64_t(losses.size())}, std::move(losses)};
    add_constrained(layer, results);
    return results;
}

void apply(const std::string& case_path, const std::string& output_path, const RunOptions& options) {
    check_output(output_path, {case_path});
    prepare(options);
    SafetensorsFile file(case_path);
    const SafetensorsHeader& header = file.header();
    const auto config = header.metadata.find("config");
    if (config == header.metadata.end())
        throw std::runtime_error(case_path + ": no metadata entry \"config\"");
    if (!header.tensors.count("input")) refuse_tensor("input", " is missing");
    LocallyConnected layer =
        layer_of_config(header.tensors.at("input").shape.size() == 3 ? 1 : 2, config->second);
    const std::map<std::string, Shape> expected = expected_tensors(layer, header.tensors);
    check_case(expected, header.tensors);

    Tensors given;
    for (const auto& [name, shape] : expected) given[name] = file.read(name);
    const Tensors results = run_case(layer, given);
    const Metadata ran = kernels_ran();
    write_output([&] { write_safetensors(output_path, results, ran); });
    print_kernels_ran(ran);
}

}  // namespace lcn::tool
