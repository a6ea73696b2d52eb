// Trains a network of locally connected layers on handwritten digits, with lcn's kernels only.
#include <lcn/device.h>
#include <lcn/lcn.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "check.h"
#include "data.h"
#include "device_network.h"
#include "filters_picture.h"
#include "kernels_used.h"
#include "network.h"
#include "options.h"
#include "progress.h"
#include "training.h"

namespace digits {

namespace {

constexpr double least_accuracy = 0.97;
constexpr int filters_shown = 4;

// The last layer is a dense one: its kernel covers what the layer before gives, so it has a single position.
constexpr LayerDescription layers[] = {
    {16, 3, lcn::Function::relu},    //  8 x 8 x 1  ->  6 x 6 x 16
    {32, 3, lcn::Function::relu},    //  6 x 6 x 16  ->  4 x 4 x 32
    {10, 4, lcn::Function::linear},  //  4 x 4 x 32  ->  1 x 1 x 10
};

int64_t weight_count(const Network& network) {
    size_t count = 0;
    for (const Layer& layer : network.layers())
        count += layer.kernel.values.size() + layer.bias.values.size();
    return int64_t(count);
}

// Appending proves before the work that the file can be written, and leaves an existing one as it is.
void check_writable(const std::string& path) {
    if (!std::ofstream(path, std::ios::app)) throw std::runtime_error("cannot write " + path);
}

void write_picture(const Network& network, const std::string& path) {
    const std::string png = encode_png(filters_picture(network.layers().front(), filters_shown));
    std::ofstream file(path, std::ios::binary);
    file.write(png.data(), std::streamsize(png.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

// Wherever it is done, the network has the trained weights in the end.
TrainingResult train_on(const char* target, Network& network, const Split& data, const Options& options,
                        std::mt19937& random) {
    Progress progress(options.training.epochs);
    const auto report = [&](const Epoch& epoch) { progress.show(epoch); };
    if (!lcn::target_is_device(target)) return train(network, data, options.training, random, report);
    lcn::Queue queue;
    queue.target = target;
    DeviceNetwork on_device(queue, network);
    const TrainingResult result = train(on_device, data, options.training, random, report);
    on_device.copy_weights_to(network);
    return result;
}

int run(const Options& options) {
    std::mt19937 random(options.seed);
    const Split data = hold_out_fifth(read_digits(options.data), random);
    check_writable(options.picture);
    const char* target = "";
    check(lcn::target(target));

    Network network({image_side, image_side, 1}, layers, random);
    std::printf(
        "%zu locally connected layers, %lld weights; %lld digits to train on, %lld held out; seed %u\n",
        network.layers().size(), (long long)weight_count(network), (long long)data.training.count(),
        (long long)data.held_out.count(), options.seed);
    const TrainingResult result = train_on(target, network, data, options, random);
    write_picture(network, options.picture);

    std::printf("samples/s: %.0f\ntarget: %s\n", result.samples_per_second, target);
    if (lcn::target_is_device(target)) {
        lcn::DeviceInfo device;
        check(lcn::device_info(target, 0, device));
        std::printf("device: %s\n", device.name);
    }
    std::puts("kernels:");
    for (const std::string& symbol : kernels_used()) std::printf("  %s\n", symbol.c_str());
    std::printf("filters of the first layer: %s\n", options.picture.c_str());
    std::printf("held-out accuracy: %.4f\n", result.held_out_accuracy);
    if (std::fflush(stdout) != 0) throw std::runtime_error("cannot write to standard output");

    if (result.held_out_accuracy >= least_accuracy) return 0;
    std::fprintf(stderr, "digits: held-out accuracy %.4f is below %.2f\n", result.held_out_accuracy,
                 least_accuracy);
    return 1;
}

}  // namespace

}  // namespace digits

int main(int argc, char** argv) {
    digits::Options options;
    if (const auto exit_code = digits::parse_options(argc, argv, options)) return *exit_code;
    try {
        return digits::run(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "digits: %s\n", error.what());
        return 1;
    }
}
