// Keras's kernel layouts against their definition, element by element.
#include "kernel_layout.h"

#include <gtest/gtest.h>

#include <numeric>

#include "layouts.h"
#include "variable.h"

namespace {

using namespace lcn;
using namespace lcn::layer;

KernelLayout layout_of(const layouts::Geometry& g) {
    return {2,
            g.implementation,
            g.channels_first,
            {g.rows, g.kernel_rows, g.stride_rows, g.same ? g.kernel_rows / 2 : 0, g.output_rows()},
            {g.columns, g.kernel_columns, g.stride_columns, g.same ? g.kernel_columns / 2 : 0,
             g.output_columns()},
            g.channels,
            g.filters};
}

struct Filled {
    explicit Filled(const layouts::Geometry& g) : layout(layout_of(g)), order(layouts::keras_order(g)) {
        packed.resize(size_t(layout.packed_count()));
        outside.resize(size_t(layout.outside_count()));
        std::iota(packed.begin(), packed.end(), 0.0f);
        std::iota(outside.begin(), outside.end(), first_outside);
    }

    std::vector<float> in_keras_order(const float* others) const {
        std::vector<float> elements(order.size());
        copy(Variable<const float>{layout.shape(), &layout, packed.data(), others, layout.packed_count(),
                                   layout.outside_count()},
             elements.data());
        return elements;
    }

    static constexpr float first_outside = 1'000'000;
    KernelLayout layout;
    std::vector<int64_t> order;
    std::vector<float> packed, outside;
};

template <typename Body>
void for_every_geometry(Body body) {
    for (const layouts::Geometry& g : layouts::geometries()) {
        SCOPED_TRACE(testing::Message()
                     << "implementation " << g.implementation << " first " << g.channels_first << " same "
                     << g.same << " rows " << g.rows << " columns " << g.columns << " kernel "
                     << g.kernel_rows << " " << g.kernel_columns << " strides " << g.stride_rows << " "
                     << g.stride_columns);
        body(g);
    }
}

TEST(KernelLayout, RunsVisitTheKernelInKerasOrder) {
    for_every_geometry([](const layouts::Geometry& g) {
        const Filled kernel(g);
        const std::vector<float> seen = kernel.in_keras_order(kernel.outside.data());
        float next_outside = Filled::first_outside;
        for (size_t k = 0; k < seen.size(); k++)
            ASSERT_EQ(seen[k], kernel.order[k] >= 0 ? float(kernel.order[k]) : next_outside++) << k;
        EXPECT_EQ(next_outside, Filled::first_outside + float(kernel.outside.size()));
    });
}

TEST(KernelLayout, NoRunIsEmpty) {
    for_every_geometry([](const layouts::Geometry& g) {
        Filled kernel(g);
        lcn::layer::for_each_run(kernel.layout, kernel.packed.data(), kernel.outside.data(),
                                 [](const auto& run) { ASSERT_GT(run.count, 0); });
    });
}

TEST(KernelLayout, WithoutOutsideThoseEntriesAreZero) {
    for_every_geometry([](const layouts::Geometry& g) {
        const Filled kernel(g);
        const std::vector<float> seen = kernel.in_keras_order(nullptr);
        for (size_t k = 0; k < seen.size(); k++)
            ASSERT_EQ(seen[k], kernel.order[k] >= 0 ? float(kernel.order[k]) : 0.0f) << k;
    });
}

TEST(KernelLayout, CountsAgree) {
    for_every_geometry([](const layouts::Geometry& g) {
        const Filled kernel(g);
        const auto is_inside = [](int64_t index) { return index >= 0; };
        const int64_t inside = std::count_if(kernel.order.begin(), kernel.order.end(), is_inside);
        EXPECT_EQ(g.implementation == 1 ? kernel.layout.packed_count() : kernel.layout.inside_count(),
                  inside);
        EXPECT_EQ(kernel.layout.outside_count(), int64_t(kernel.order.size()) - inside);
    });
}

TEST(KernelLayout, DeclaresKerasShapes) {
    KernelLayout layout = {2, 1, false, {6, 3, 1, 0, 4}, {10, 3, 1, 0, 8}, 4, 3};
    EXPECT_EQ(layout.shape(), (Shape{32, 36, 3}));
    EXPECT_EQ(layout.bias_shape(), (Shape{4, 8, 3}));
    layout.implementation = 2;
    EXPECT_EQ(layout.shape(), (Shape{6, 10, 4, 4, 8, 3}));
    layout.implementation = 3;
    EXPECT_EQ(layout.shape(), (Shape{3456}));
    layout.channels_first = true;
    layout.implementation = 2;
    EXPECT_EQ(layout.shape(), (Shape{4, 6, 10, 3, 4, 8}));
    EXPECT_EQ(layout.bias_shape(), (Shape{4, 8, 3}));

    KernelLayout line = {1, 1, false, {8, 3, 1, 0, 6}, {1, 1, 1, 0, 1}, 5, 4};
    EXPECT_EQ(line.shape(), (Shape{6, 15, 4}));
    EXPECT_EQ(line.bias_shape(), (Shape{6, 4}));
    line.implementation = 2;
    EXPECT_EQ(line.shape(), (Shape{8, 5, 6, 4}));
    line.channels_first = true;
    EXPECT_EQ(line.shape(), (Shape{5, 8, 4, 6}));
    EXPECT_EQ(line.bias_shape(), (Shape{6, 4}));
}

}  // namespace
