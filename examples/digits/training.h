// Trains a network on the digits.
#pragma once

#include <cstdint>
#include <functional>
#include <random>

#include "data.h"
#include "network.h"

namespace digits {

struct TrainingPlan {
    int epochs = 40;
    int64_t batch = 32;
    float learning_rate = 0.1f;  // of the first step; falls to zero along half a cosine
};

struct Epoch {
    int number;                // from 1
    double loss;               // mean over the epoch's images, each as its step met it
    double training_accuracy;  // likewise
    double held_out_accuracy;  // after the epoch
    double samples_per_second;
};

struct TrainingResult {
    double held_out_accuracy;   // after the last epoch
    double samples_per_second;  // the median of the epochs: in the first one a device's kernels are compiled
};

// Calls `report` after each epoch. Images come in a new random order each epoch, half of them moved by one
// pixel. Throws std::runtime_error when the loss stops being finite.
TrainingResult train(Trainable& network, const Split& data, const TrainingPlan& plan, std::mt19937& random,
                     const std::function<void(const Epoch&)>& report);

}  // namespace digits
