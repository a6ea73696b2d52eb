#include <cmath>
#include <vector>

#include "initializers.h"
#include "orthogonal.h"

namespace lcn::layer {

using Kind = Initializer::Kind;

namespace {

const double truncated_stddev = 0.87962566103423978;  // of a normal distribution of 1 that is cut at +-2

double number(const Initializer& initializer, const char* parameter) {
    return initializer.parameters[parameter].get<double>();
}

Random random_of(const Initializer& initializer) {
    const nlohmann::json& seed = initializer.parameters["seed"];
    return Random(seed.is_null() ? std::nullopt : std::optional(seed.get<int64_t>()));
}

void fill_constant(const Tensor& value, const Variable<float>& variable) {
    const size_t step = value.values.size() == 1 ? 0 : 1;
    size_t next = 0;
    variable.for_each([&](float& element) {
        element = value.values[next];
        next += step;
    });
}

void fill_uniform(Random random, double low, double high, const Variable<float>& variable) {
    variable.for_each(
        [&, low = float(low), high = float(high)](float& element) { element = random.uniform(low, high); });
}

void fill_normal(Random random, double mean, double stddev, const Variable<float>& variable) {
    variable.for_each([&](float& element) { element = float(mean + stddev * random.normal()); });
}

void fill_truncated_normal(Random random, double mean, double stddev, const Variable<float>& variable) {
    variable.for_each([&](float& element) { element = float(mean + stddev * random.truncated_normal()); });
}

void fill_scaled(const Initializer& initializer, const Fans& fans, const Variable<float>& variable) {
    const double variance = number(initializer, "scale") / scaling_fan(initializer.parameters["mode"], fans);
    const double stddev = std::sqrt(variance), limit = std::sqrt(3 * variance);
    const std::string distribution = initializer.parameters["distribution"];
    if (distribution == "uniform")
        fill_uniform(random_of(initializer), -limit, limit, variable);
    else if (distribution == "untruncated_normal")
        fill_normal(random_of(initializer), 0, stddev, variable);
    else
        fill_truncated_normal(random_of(initializer), 0, stddev / truncated_stddev, variable);
}

void fill_identity(double gain, const Variable<float>& variable) {
    const int64_t columns = variable.shape.back();
    int64_t position = 0;
    variable.for_each([&](float& element) {
        element = position / columns == position % columns ? float(gain) : 0.0f;
        position++;
    });
}

void fill_own(const InitializerFunction& own, const Variable<float>& variable) {
    std::vector<float> values(variable.count());
    own(variable.shape, values.data());
    copy(values.data(), variable);
}

}  // namespace

void fill(const Initializer& initializer, const Variable<float>& variable, Fans of_position) {
    const auto argument = [&](const char* name) { return number(initializer, name); };
    const auto random = [&] { return random_of(initializer); };
    switch (initializer.kind) {
        case Kind::constant:
            return fill_constant(initializer.value, variable);
        case Kind::uniform:
            return fill_uniform(random(), argument("minval"), argument("maxval"), variable);
        case Kind::normal:
            return fill_normal(random(), argument("mean"), argument("stddev"), variable);
        case Kind::truncated_normal:
            return fill_truncated_normal(random(), argument("mean"), argument("stddev"), variable);
        case Kind::scaling:
            return fill_scaled(initializer,
                               initializer.per_position ? of_position : keras_fans(variable.shape), variable);
        case Kind::orthogonal:
            return fill_orthogonal(variable, argument("gain"), random());
        case Kind::identity:
            return fill_identity(argument("gain"), variable);
        case Kind::own:
            return fill_own(initializer.own, variable);
    }
}

}  // namespace lcn::layer
