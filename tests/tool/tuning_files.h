// Files of tunings that tests write, and damage.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "lcn/layer.h"
#include "lcn/tuning_file.h"
#include "scratch_folder.h"
#include "support/expect_error.h"
#include "tuning_file.h"
#include "tuning_rows.h"

// A kernel that would not be chosen otherwise.
inline std::string other_kernel() {
    const std::string usual = choice_of(small_problem(), lcn::Operation::forward).built_in;
    for (const std::string& symbol : applicable_kernels(small_problem(), lcn::Operation::forward))
        if (symbol != usual) return symbol;
    return "";
}

inline lcn::layer::TuningFile good_file() {
    lcn::layer::TuningFile file;
    lcn::layer::TunedMachine& here = file.of(lcn::layer::this_machine());
    here.rows.push_back(tuned_row(small_problem(), lcn::Operation::forward, other_kernel()));
    here.rows.push_back(tuned_row(small_problem(), lcn::Operation::backward_weights, ""));
    return file;
}

class TuningFiles : public testing::Test {
  protected:
    void SetUp() override {
        lcn::set_threads(1);
        lcn::set_tuning(nullptr, 0);
    }
    void TearDown() override { lcn::set_tuning(nullptr, 0); }

    void write(const std::string& text) {
        std::ofstream file(path_, std::ios::binary);
        file << text;
    }
    // Refused with the path and the reason, and the tuning is that of before.
    void expect_refused(const std::string& text, const std::string& reason) {
        write(text);
        expect_refused(reason);
    }
    void expect_refused(const std::string& reason) {
        const int64_t before = lcn::tuning_entries();
        expect_error<std::runtime_error>([&] { lcn::load_tuning(path_); }, path_ + ": ");
        expect_error<std::runtime_error>([&] { lcn::load_tuning(path_); }, reason);
        EXPECT_EQ(lcn::tuning_entries(), before);
    }

    const ScratchFolder folder_;
    const std::string path_ = folder_.file("tuning.json");
};

struct Damage {
    const char* name;
    std::function<void(nlohmann::json& file)> change;
    const char* reason;
};

inline nlohmann::json& machine(nlohmann::json& file) {
    return file["machines"][0];
}
inline nlohmann::json& entry(nlohmann::json& file) {
    return machine(file)["entries"][0];
}
