#include "model/model.h"

#include <algorithm>
#include <stdexcept>

#include "errors.h"
#include "json_text.h"
#include "shape_text.h"

namespace lcn::tool {

using layer::excerpt;

namespace {

bool matches(const Shape& declared, const Shape& shape) {
    return std::equal(declared.begin(), declared.end(), shape.begin(), shape.end(),
                      [](int64_t wanted, int64_t size) { return wanted == unknown || wanted == size; });
}

bool is_known(const std::optional<Shape>& declared) {
    return declared && std::count(declared->begin() + 1, declared->end(), unknown) == 0;
}

}  // namespace

Model::Model(const std::string& config) {
    for (LayerEntry& entry : read_model_config(config)) try {
            LayerOptions options(std::move(entry.config));
            LayerPointer layer = make_layer(entry.class_name, options);
            if (!layer) throw std::invalid_argument("lcn does not run this class; it runs " + known_layers());
            std::optional<Shape> declared = entry.is_first ? options.declared_shape() : std::nullopt;
            parts_.push_back({std::move(entry), std::move(declared), std::move(layer), {}});
        } catch (const std::invalid_argument& e) {
            throw Refused(entry.text() + ": " + e.what());
        }
}

void Model::check_declared(const Part& part, const Shape& input) const {
    if (!part.declared_shape || matches(*part.declared_shape, input)) return;
    const std::string mismatch = "shape " + layer::to_string(input) + ", expected " +
                                 layer::to_string(*part.declared_shape) + ", the batch_input_shape of ";
    if (&part == &parts_.front())
        throw std::runtime_error("tensor \"input\": " + mismatch + part.entry.text());
    throw std::invalid_argument("input " + mismatch + "the model");
}

std::map<std::string, Shape> Model::tensor_shapes(const Shape& input) {
    if (input.empty() || std::any_of(input.begin(), input.end(), [](int64_t size) { return size <= 0; }))
        throw std::runtime_error("tensor \"input\": shape " + layer::to_string(input) +
                                 ", expected positive sizes, the batch first");
    std::map<std::string, Shape> shapes;
    Shape shape = input;
    for (Part& part : parts_) try {
            check_declared(part, shape);
            part.input_shape = shape;
            shape = part.layer->output_shape(part.input_shape);
            checked_count(shape);
            for (const auto& [name, weight] : part.layer->weight_shapes(part.input_shape))
                shapes[part.entry.path + "/" + name] = weight;
        } catch (const std::invalid_argument& e) {
            const std::string message = part.entry.text() + ": " + e.what();
            if (is_known(parts_.front().declared_shape))
                throw Refused(message);  // the input is as it must be
            throw std::runtime_error("tensor \"input\": shape " + layer::to_string(input) + ": " + message);
        }
    return shapes;
}

Shape Model::declared_input() const {
    const Part& first = parts_.front();
    if (!is_known(first.declared_shape))
        throw Refused(first.entry.text() +
                      ": the model does not say the shape of its input (batch_input_shape)");
    Shape shape = *first.declared_shape;
    if (shape.front() == unknown) shape.front() = 1;
    return shape;
}

std::vector<LocallyConnectedPart> Model::locally_connected() const {
    std::vector<LocallyConnectedPart> found;
    for (const Part& part : parts_)
        if (const LocallyConnected* layer = part.layer->locally_connected())
            found.push_back({part.entry.path, layer, part.input_shape});
    return found;
}

void Model::set_weights(const std::function<Tensor(const std::string&)>& read) {
    for (Part& part : parts_) {
        Tensors weights;
        for (const auto& [name, shape] : part.layer->weight_shapes(part.input_shape))
            weights[name] = read(part.entry.path + "/" + name);
        part.layer->set_weights(part.input_shape, std::move(weights));
    }
}

Tensor Model::run(Tensor input) {
    for (Part& part : parts_) input = part.layer->run(std::move(input));
    return input;
}

}  // namespace lcn::tool
