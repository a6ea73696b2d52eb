// What the three generators of this folder share: a layer of bench/shapes.h, whose extents are known when its
// kernel is compiled.
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include "Halide.h"
#include "bench/shapes.h"

namespace bench::autoscheduled {

template <typename Derived>
class Layer : public Halide::Generator<Derived> {
  public:
    Halide::GeneratorParam<std::string> shape{"shape", ""};
    Halide::GeneratorParam<int> batch{"batch", 1};
    Halide::GeneratorParam<bool> in_place{"in_place", false};

  protected:
    using Extents = std::initializer_list<int>;  // in Halide's order, innermost first

    const Shape& layer() const {
        for (const Shape& one : shapes)
            if (one.id == shape.value()) return one;
        throw std::runtime_error("shapes.h has no " + shape.value());
    }
    int pad_rows() const { return layer().same ? layer().kernel_rows / 2 : 0; }
    int pad_columns() const { return layer().same ? layer().kernel_columns / 2 : 0; }
    int output_rows() const { return int(layer().output_rows()); }
    int output_columns() const { return int(layer().output_columns()); }

    template <typename Buffer>
    void declare_input(Buffer& buffer) {
        declare(buffer, {layer().channels, layer().columns, layer().rows, batch});
    }
    template <typename Buffer>
    void declare_weights(Buffer& buffer) {
        const Shape& s = layer();
        declare(buffer,
                {s.filters, s.channels, s.kernel_columns, s.kernel_rows, output_columns(), output_rows()});
    }
    template <typename Buffer>
    void declare_output(Buffer& buffer) {
        declare(buffer, {layer().filters, output_columns(), output_rows(), batch});
    }

    // What is written is the sum of `term`: by an update of its own, or a copy of a Func that holds the sum.
    // Which of the two suits an autoscheduler better, only measuring tells.
    template <typename Result>
    void define(Result& result, const std::vector<Halide::Var>& at, const Halide::Expr& term) {
        if (in_place) {
            result(at) += term;
            return;
        }
        Halide::Func sum("sum");
        sum(at) += term;
        result(at) = sum(at);
    }

    // The image, with zeros round it where the padding is `same`.
    template <typename Buffer>
    Halide::Func padded(Buffer& input) {
        if (layer().same) return Halide::BoundaryConditions::constant_exterior(input, 0.0f);
        return input;
    }

    Halide::Var filter{"filter"}, channel{"channel"}, kernel_column{"kernel_column"},
        kernel_row{"kernel_row"};
    Halide::Var output_column{"output_column"}, output_row{"output_row"};
    Halide::Var column{"column"}, row{"row"}, image{"image"};

  private:
    // The extents as promises, not only as estimates: all that an autoscheduler can know.
    template <typename Buffer>
    void declare(Buffer& buffer, Extents extents) {
        int dimension = 0, stride = 1;
        for (const int extent : extents) {
            buffer.dim(dimension).set_bounds(0, extent).set_stride(stride).set_estimate(0, extent);
            dimension++, stride *= extent;
        }
    }
};

}  // namespace bench::autoscheduled
