// The readers of configurations: any text is the configuration of a layer of one dimension, of two, and of a
// model.
#include <optional>
#include <stdexcept>

#include "errors.h"
#include "fuzz.h"
#include "lcn/layer.h"
#include "model/model.h"

namespace {

using lcn::Shape;

constexpr int64_t most_bytes = 1 << 16;  // of the weights of layers that are built

// A layer that was taken can say its sizes, and when it is small be built and called, or has a reason why
// not.
template <typename Layer>
void use(Layer& layer, const Shape& input) try {
    const Shape output = layer.compute_output_shape(input);
    fuzz::expect(output.size() == input.size(), "the output has the dimensions of the input");
    const lcn::LayerMemory memory = layer.memory(input);
    fuzz::expect(memory.weights >= 0 && memory.call >= 0, "sizes are not negative");
    if (memory.weights > most_bytes || memory.call > most_bytes) return;
    for (const int64_t size : input)
        if (size == lcn::unknown || size > most_bytes) return;
    int64_t values = 1;
    for (const int64_t size : input) values *= size;
    if (values > most_bytes) return;
    layer.build(input);
    layer({input, std::vector<float>(size_t(values), 0.5f)});
    layer.losses();
    layer.apply_constraints();
} catch (const std::invalid_argument&) {
}

// Nothing for a per_position, which needs a layer that is built.
std::optional<std::string> config_of(const lcn::LocallyConnected& layer) try {
    return layer.get_config();
} catch (const std::logic_error&) {
    return {};
}

template <typename Layer>
void check_round_trip(const Layer& layer) {
    const std::optional<std::string> config = config_of(layer);
    if (!config) return;
    std::string again;
    try {
        again = Layer::from_config(*config).get_config();
    } catch (const std::invalid_argument& e) {
        again = e.what();
    }
    fuzz::expect(again == *config, "get_config() comes back: " + *config + "\nnot " + again);
}

template <typename Layer>
void read_layer(const std::string& text, const Shape& otherwise) try {
    Layer layer = Layer::from_config(text);
    check_round_trip(layer);
    use(layer, layer.arguments().batch_input_shape.value_or(otherwise));
} catch (const std::invalid_argument& e) {
    fuzz::expect(e.what()[0] != '\0', "a refusal has a reason");
}

void read_model(const std::string& text) try {
    lcn::tool::Model model(text);
    model.tensor_shapes(model.declared_input());
} catch (const lcn::tool::Refused& e) {
    fuzz::expect(e.what()[0] != '\0', "a refusal has a reason");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    read_layer<lcn::LocallyConnected1D>(text, {2, 5, 3});
    read_layer<lcn::LocallyConnected2D>(text, {2, 5, 4, 3});
    read_model(text);
    return 0;
}
