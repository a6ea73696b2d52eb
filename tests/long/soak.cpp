// Many threads on one layer: a random layer after the other, whose calls and gradients 16 threads make at
// once, on every target in turn, with results compared bit for bit and memory watched.
//
//   soak --seconds 1200 --seed 1
//
// Ends with one line of JSON. The exit status is 1 when a result differed or memory grew.
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "../support/cut_small_work.h"
#include "../support/random.h"
#include "lcn/kernels.h"
#include "lcn/layer.h"

namespace {

using namespace lcn;
using lcn_test::Random;

constexpr int thread_count = 16, rounds = 12, batches = 3;
constexpr double allowed_bytes = 1 << 20;  // by which it may grow

std::vector<std::string> usable_processors() {
    std::vector<std::string> names;
    for (int t = 0; t < target_count(); t++)
        if (target_info(t).usable && !target_info(t).device) names.push_back(target_info(t).name);
    return names;
}

std::string one_of(Random& random, std::initializer_list<const char*> words) {
    return words.begin()[random.below(int64_t(words.size()))];
}

struct Configuration {
    LayerArguments arguments;
    Shape input;
};

Configuration any_configuration(Random& random) {
    const auto up_to = [&](int64_t most) { return 1 + random.below(most); };
    const int64_t rows = up_to(20), columns = up_to(20), channels = up_to(20);
    LayerArguments a{up_to(40),
                     Sizes{up_to(std::min<int64_t>(rows, 5)), up_to(std::min<int64_t>(columns, 5))}};
    a.strides = Sizes{up_to(4), up_to(4)};
    // The dense kernel of implementation 2 takes too much for large images.
    a.implementation = rows * columns * channels * a.filters > 4000 ? 1 + 2 * random.below(2) : up_to(3);
    a.padding = a.implementation == 1 ? "valid" : one_of(random, {"valid", "same"});
    a.data_format = one_of(random, {"channels_last", "channels_first"});
    a.activation = one_of(random, {"linear", "relu", "tanh", "softmax", "elu"});
    a.use_bias = random.below(4) > 0;
    a.kernel_initializer = "he_normal";
    const bool first = *a.data_format == "channels_first";
    return {a, first ? Shape{0, channels, rows, columns} : Shape{0, rows, columns, channels}};
}

Tensor random_tensor(Shape shape, Random& random) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    return {std::move(shape), random.reals(count)};
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// What the threads ask for and what they should get.
struct Question {
    Tensor input, output;
    LocallyConnected::Gradients gradients;
};

std::vector<Question> ask_alone(LocallyConnected2D& layer, const Configuration& c, Random& random) {
    std::vector<Question> questions;
    for (int k = 0; k < batches; k++) {
        Shape shape = c.input;
        shape[0] = 1 + random.below(k == 2 ? 33 : 9);
        Question q;
        q.input = random_tensor(shape, random);
        q.output = layer(q.input);
        q.gradients = layer.gradients(q.input, q.output);
        questions.push_back(std::move(q));
    }
    return questions;
}

bool asks_again(const LocallyConnected2D& layer, const Question& q, int round) {
    std::vector<float> output(q.output.values.size());
    layer.call(q.input.shape[0], q.input.values.data(), output.data());
    if (!same(output, q.output.values)) return false;
    if (round % 4) return true;
    const LocallyConnected::Gradients g = layer.gradients(q.input, q.output);
    return same(g.input.values, q.gradients.input.values) &&
           same(g.kernel.values, q.gradients.kernel.values) && same(g.bias.values, q.gradients.bias.values);
}

// Whether all answers were right; `calls` counts them.
bool soak(uint64_t seed, int64_t& calls) {
    Random random(seed);
    const std::vector<std::string> targets = usable_processors();
    set_target(targets[size_t(random.below(int64_t(targets.size())))].c_str());
    set_threads(int(1 + random.below(8)));
    const Configuration c = any_configuration(random);
    LocallyConnected2D layer(c.arguments);
    const std::vector<Question> questions = ask_alone(layer, c, random);
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < thread_count; t++)
        threads.emplace_back([&, t] {
            for (int round = 0; round < rounds; round++)
                wrong += !asks_again(layer, questions[size_t(t + round) % questions.size()], round);
        });
    for (std::thread& thread : threads) thread.join();
    calls += thread_count * (rounds + rounds / 4);
    if (wrong > 0)
        std::fprintf(stderr, "soak: seed %llu: %d wrong: %s\n", (unsigned long long)seed, int(wrong),
                     layer.get_config().c_str());
    return wrong == 0;
}

// What is allocated now. What is resident grows for another reason: sixteen new threads a layer spread it
// over the C library's arenas.
double bytes_in_use() {
    const struct mallinfo2 all = mallinfo2();
    return double(all.uordblks) + double(all.hblkhd);
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    double seconds = 60;
    uint64_t seed = 1;
    for (int k = 1; k + 1 < argc; k += 2) {
        if (std::strcmp(argv[k], "--seconds") == 0) seconds = std::atof(argv[k + 1]);
        if (std::strcmp(argv[k], "--seed") == 0) seed = std::strtoull(argv[k + 1], nullptr, 10);
    }
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
    std::vector<double> in_use;
    int64_t layers = 0, calls = 0;
    bool right = true;
    for (; right && (elapsed() < seconds || in_use.size() < 8); layers++) {
        right = soak(seed * 1'000'000 + uint64_t(layers), calls);
        in_use.push_back(bytes_in_use());
    }
    if (!right) return 1;
    const size_t quarter = in_use.size() / 4;
    // After the first quarter everything has been there once.
    const double before =
        median({in_use.begin() + std::ptrdiff_t(quarter), in_use.begin() + std::ptrdiff_t(2 * quarter)});
    const double after = median({in_use.end() - std::ptrdiff_t(quarter), in_use.end()});
    const bool flat = after <= before + allowed_bytes;
    std::printf(
        "{\"seconds\": %.0f, \"layers\": %lld, \"calls\": %lld, \"right\": %s, \"allocated_MB\": [%.1f, "
        "%.1f]}\n",
        elapsed(), (long long)layers, (long long)calls, right ? "true" : "false", before / 1e6, after / 1e6);
    return right && flat ? 0 : 1;
}
