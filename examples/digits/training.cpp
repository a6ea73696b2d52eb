#include "training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <numeric>
#include <stdexcept>
#include <string>

namespace digits {

namespace {

using Clock = std::chrono::steady_clock;

struct Shift {
    int rows, columns;
};

constexpr Shift shifts[] = {{0, 0}, {0, 0}, {0, 0}, {0, 0}, {-1, 0}, {1, 0}, {0, -1}, {0, 1}};

class Trainer {
  public:
    Trainer(Trainable& network, const Dataset& data, const TrainingPlan& plan, std::mt19937& random)
        : network_(network), data_(data), plan_(plan), random_(random) {
        order_.resize(size_t(data.count()));
        std::iota(order_.begin(), order_.end(), 0);
    }

    // One pass over the data in a new order.
    Score epoch() {
        std::shuffle(order_.begin(), order_.end(), random_);
        Score total;
        for (size_t first = 0; first < order_.size(); first += size_t(plan_.batch)) {
            const size_t count = std::min(size_t(plan_.batch), order_.size() - first);
            const Score score = step({&order_[first], count});
            total.loss += score.loss;
            total.correct += score.correct;
        }
        return total;
    }

  private:
    Score step(std::span<const int64_t> indices) {
        gather(indices);
        const auto scores = network_.forward(int64_t(indices.size()), images_.data());
        gradient_.resize(scores.size());
        const Score score = softmax_cross_entropy(scores, labels_, gradient_.data());
        network_.backward(gradient_);
        network_.step(learning_rate());
        steps_++;
        return score;
    }

    void gather(std::span<const int64_t> indices) {
        images_.resize(indices.size() * image_size);
        labels_.resize(indices.size());
        std::uniform_int_distribution<size_t> any(0, std::size(shifts) - 1);
        for (size_t i = 0; i < indices.size(); i++) {
            const auto index = size_t(indices[i]);
            const Shift shift = shifts[any(random_)];
            copy_shifted(&data_.images[index * image_size], shift.rows, shift.columns,
                         &images_[i * image_size]);
            labels_[i] = data_.labels[index];
        }
    }

    float learning_rate() const {
        const auto steps_per_epoch = (data_.count() + plan_.batch - 1) / plan_.batch;
        const double progress = double(steps_) / double(plan_.epochs * steps_per_epoch);
        return plan_.learning_rate * float(0.5 + 0.5 * std::cos(std::numbers::pi * progress));
    }

    Trainable& network_;
    const Dataset& data_;
    const TrainingPlan& plan_;
    std::mt19937& random_;
    std::vector<int64_t> order_;
    std::vector<float> images_, gradient_;
    std::vector<int> labels_;
    int64_t steps_ = 0;
};

double accuracy(Trainable& network, const Dataset& data) {
    const auto scores = network.forward(data.count(), data.images.data());
    return double(softmax_cross_entropy(scores, data.labels, nullptr).correct) / double(data.count());
}

}  // namespace

TrainingResult train(Trainable& network, const Split& data, const TrainingPlan& plan, std::mt19937& random,
                     const std::function<void(const Epoch&)>& report) {
    Trainer trainer(network, data.training, plan, random);
    const auto samples = double(data.training.count());
    std::vector<double> speeds;
    double held_out_accuracy = 0.0;
    for (int number = 1; number <= plan.epochs; number++) {
        const auto start = Clock::now();
        const Score score = trainer.epoch();
        speeds.push_back(samples / std::chrono::duration<double>(Clock::now() - start).count());
        if (!std::isfinite(score.loss))
            throw std::runtime_error("the training diverged in epoch " + std::to_string(number) +
                                     "; a smaller learning rate may help");
        held_out_accuracy = accuracy(network, data.held_out);
        report({number, score.loss / samples, double(score.correct) / samples, held_out_accuracy,
                speeds.back()});
    }
    const auto median = speeds.begin() + std::ptrdiff_t(speeds.size() / 2);
    std::nth_element(speeds.begin(), median, speeds.end());
    return {held_out_accuracy, *median};
}

}  // namespace digits
