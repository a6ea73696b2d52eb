#include "filters_picture.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace digits {

namespace {

// Lengths in picture pixels.
constexpr int tap_side = 8;
constexpr int position_margin = 4;
constexpr int panel_margin = 16;

// Places in the palette: 0 to 2 * steps from the most negative to the most positive, then the background.
constexpr int steps = 100;
constexpr int background = 2 * steps + 1;

std::vector<Colour> palette() {
    constexpr Colour negative{10, 65, 150}, zero{236, 236, 236}, positive{175, 15, 25}, white{255, 255, 255};
    std::vector<Colour> colours;
    for (int step = -steps; step <= steps; step++) {
        const Colour& end = step < 0 ? negative : positive;
        Colour& colour = colours.emplace_back();
        for (size_t i = 0; i < colour.size(); i++)
            colour[i] = uint8_t(zero[i] + (end[i] - zero[i]) * std::abs(step) / steps);
    }
    colours.push_back(white);
    return colours;
}

// One filter's weights of one channel: [position_rows][position_columns][tap_rows][tap_columns].
struct Panel {
    Panel(const Layer& layer, int filter)
        : position_rows(int(layer.output_size().rows)),
          position_columns(int(layer.output_size().columns)),
          tap_rows(int(layer.problem().kernel_rows)),
          tap_columns(int(layer.problem().kernel_columns)) {
        const auto step = size_t(layer.problem().channels * layer.problem().filters);
        for (size_t i = size_t(filter); i < layer.kernel.values.size(); i += step)
            weights.push_back(layer.kernel.values[i]);
    }

    int height() const { return position_rows * (tap_rows * tap_side + position_margin) - position_margin; }
    int width() const {
        return position_columns * (tap_columns * tap_side + position_margin) - position_margin;
    }

    void subtract_mean_over_positions() {
        const auto taps = size_t(tap_rows * tap_columns);
        for (size_t tap = 0; tap < taps; tap++) {
            float sum = 0.0f;
            for (size_t i = tap; i < weights.size(); i += taps) sum += weights[i];
            for (size_t i = tap; i < weights.size(); i += taps)
                weights[i] -= sum * float(taps) / float(weights.size());
        }
    }

    int position_rows, position_columns, tap_rows, tap_columns;
    std::vector<float> weights;
};

void fill_square(Picture& picture, int top, int left, uint8_t colour) {
    for (int y = top; y < top + tap_side; y++)
        std::fill_n(picture.pixels.begin() + y * picture.width + left, tap_side, colour);
}

// The weight `darkest` and all beyond it have the darkest colour.
void draw(Picture& picture, int top, int left, const Panel& panel, float darkest) {
    const float* weight = panel.weights.data();
    for (int r = 0; r < panel.position_rows; r++)
        for (int q = 0; q < panel.position_columns; q++)
            for (int i = 0; i < panel.tap_rows; i++)
                for (int j = 0; j < panel.tap_columns; j++) {
                    const float value = std::clamp(*weight++ / darkest, -1.0f, 1.0f);
                    fill_square(picture, top + (r * panel.tap_rows + i) * tap_side + r * position_margin,
                                left + (q * panel.tap_columns + j) * tap_side + q * position_margin,
                                uint8_t(steps + std::lround(value * steps)));
                }
}

// From the root of the mean square, not the largest: a few large weights do not make the others pale.
float darkest_of(const std::vector<Panel>& panels) {
    float sum = 0.0f, count = 0.0f;
    for (const Panel& panel : panels)
        for (float weight : panel.weights) {
            sum += weight * weight;
            count += 1.0f;
        }
    return std::max(2.5f * std::sqrt(sum / count), std::numeric_limits<float>::min());
}

void draw_row(Picture& picture, int top, const std::vector<Panel>& panels) {
    int left = panel_margin;
    for (const Panel& panel : panels) {
        draw(picture, top, left, panel, darkest_of(panels));
        left += panel.width() + panel_margin;
    }
}

}  // namespace

Picture filters_picture(const Layer& layer, int filters) {
    std::vector<Panel> panels;
    for (int filter = 0; filter < filters; filter++) panels.emplace_back(layer, filter);
    const int height = panels.front().height() + panel_margin, width = panels.front().width() + panel_margin;

    Picture picture{filters * width + panel_margin, 2 * height + panel_margin, palette(), {}};
    picture.pixels.assign(size_t(picture.width) * size_t(picture.height), background);
    draw_row(picture, panel_margin, panels);
    for (Panel& panel : panels) panel.subtract_mean_over_positions();
    draw_row(picture, panel_margin + height, panels);
    return picture;
}

}  // namespace digits
