#include "run.h"

#include <stdexcept>

#include "model/model.h"
#include "output_file.h"
#include "shape_text.h"
#include "stored_tensors.h"

namespace lcn::tool {

namespace {

void check_weights(const std::map<std::string, Shape>& expected, const StoredTensors& stored) {
    for (const auto& [name, shape] : expected) {
        if (!stored.count(name)) refuse_tensor(name, " is missing");
        const StoredTensor& tensor = stored.at(name);
        if (tensor.type != "F32") refuse_tensor(name, ": dtype must be F32, got " + tensor.type);
        if (tensor.shape != shape)
            refuse_tensor(
                name, ": shape " + layer::to_string(tensor.shape) + ", expected " + layer::to_string(shape));
    }
    for (const auto& [name, tensor] : stored)
        if (!expected.count(name)) refuse_tensor(name, " belongs to no layer of the model");
}

Tensor run_model(const std::string& model_path, const std::string& input_path) {
    SafetensorsFile file(model_path), inputs(input_path);
    const auto config = file.header().metadata.find("model_config");
    if (config == file.header().metadata.end())
        throw std::runtime_error(model_path + ": no metadata entry \"model_config\"");
    Model model(config->second);

    const auto input = inputs.header().tensors.find("input");
    if (input == inputs.header().tensors.end())
        throw std::runtime_error(input_path + ": tensor \"input\" is missing");
    check_weights(model.tensor_shapes(input->second.shape), file.header().tensors);
    Tensor given = inputs.read("input");
    model.set_weights([&](const std::string& name) { return file.read(name); });
    return model.run(std::move(given));
}

}  // namespace

void run(const std::string& model_path, const std::string& input_path, const std::string& output_path,
         const RunOptions& options) {
    check_output(output_path, {model_path, input_path});
    prepare(options);
    const Tensor output = run_model(model_path, input_path);
    const Metadata ran = kernels_ran();
    write_output([&] { write_safetensors(output_path, {{"output", output}}, ran); });
    print_kernels_ran(ran);
}

}  // namespace lcn::tool
