// The files of tunings: what is read is what was written; which machine's entries count; and every kind of
// damaged or hostile file is refused whole.
#include "tuning_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "lcn/layer.h"
#include "lcn/tuning_file.h"
#include "scratch_folder.h"
#include "support/expect_error.h"
#include "tuning_rows.h"

namespace {

using lcn::Operation;
using lcn::TuningOrigin;
using lcn::TuningRule;
using lcn::layer::KernelsOf;
using lcn::layer::Machine;
using lcn::layer::TuningFile;
using nlohmann::json;

// A kernel that would not be chosen otherwise.
std::string other_kernel() {
    const std::string usual = choice_of(small_problem(), Operation::forward).built_in;
    for (const std::string& symbol : applicable_kernels(small_problem(), Operation::forward))
        if (symbol != usual) return symbol;
    return "";
}

TuningFile good_file() {
    TuningFile file;
    lcn::layer::TunedMachine& here = file.of(lcn::layer::this_machine());
    here.rows.push_back(tuned_row(small_problem(), Operation::forward, other_kernel()));
    here.rows.push_back(tuned_row(small_problem(), Operation::backward_weights, ""));
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

TEST_F(TuningFiles, AreReadAsTheyWereWritten) {
    const std::string text = lcn::layer::tuning_file_text(good_file());
    EXPECT_EQ(lcn::layer::tuning_file_text(lcn::layer::parse_tuning_file(text)), text);
    lcn::layer::write_tuning_file(path_, good_file());
    EXPECT_EQ(folder_.files(), 1);
    EXPECT_EQ(lcn::layer::tuning_file_text(lcn::layer::read_tuning_file(path_)), text);
    lcn::load_tuning(path_);
    EXPECT_EQ(lcn::tuning_entries(), 2);
    const lcn::TuningChoice choice = choice_of(small_problem(), Operation::forward);
    EXPECT_EQ(choice.rule, TuningRule::this_machine);
    EXPECT_EQ(choice.kernel, other_kernel());
}

struct Damage {
    const char* name;
    std::function<void(json& file)> change;
    const char* reason;
};

json& machine(json& file) {
    return file["machines"][0];
}
json& entry(json& file) {
    return machine(file)["entries"][0];
}

const Damage damages[] = {
    {"a_list",
     [](json& f) {
         f = json::array({1, 2});
     },
     "not a tuning of lcn"},
    {"a_number", [](json& f) { f = 1; }, "not a tuning of lcn"},
    {"nothing_in_it", [](json& f) { f = json::object(); }, "not a tuning of lcn"},
    {"another_format", [](json& f) { f["format"] = "wisdom"; }, "not a tuning of lcn"},
    {"a_format_that_is_no_text", [](json& f) { f["format"] = 3; }, "not a tuning of lcn"},
    {"a_later_schema", [](json& f) { f["schema"] = 2; }, "schema is not 1"},
    {"no_schema", [](json& f) { f.erase("schema"); }, "schema is not 1"},
    {"a_schema_as_text", [](json& f) { f["schema"] = "1"; }, "schema is not 1"},
    {"another_version", [](json& f) { f["lcn"] = "0.0.9"; }, "made by lcn 0.0.9, this is lcn"},
    {"a_version_that_is_no_text", [](json& f) { f["lcn"] = json::array(); }, "lcn is not a text"},
    {"other_kernels", [](json& f) { f["kernels"] = "0000000000000000"; }, "made with other kernels"},
    {"no_kernels", [](json& f) { f.erase("kernels"); }, "lacks the key \"kernels\""},
    {"an_unknown_key", [](json& f) { f["execute"] = "rm"; }, "unknown key \"execute\""},
    {"no_machines", [](json& f) { f["machines"] = json::array(); }, "it has no machine"},
    {"machines_that_are_no_list", [](json& f) { f["machines"] = machine(f); }, "machines is not a list"},
    {"too_many_machines",
     [](json& f) {
         for (int k = 0; k < 64; k++) f["machines"].push_back(nullptr);
     },
     "machines is not a list of at most 64"},
    {"a_machine_that_is_none", [](json& f) { machine(f) = nullptr; }, "machines[0] is not an object"},
    {"a_machine_twice", [](json& f) { f["machines"].push_back(machine(f)); },
     "machines[1] is a machine that"},
    {"another_machine", [](json& f) { machine(f)["features"] = {"avx10"}; }, "made on another machine"},
    {"features_that_are_no_texts", [](json& f) { machine(f)["features"] = {1}; },
     "features[0] is not a text"},
    {"a_family_below_0", [](json& f) { machine(f)["family"] = -1; }, "family is not an integer"},
    {"a_model_with_a_fraction", [](json& f) { machine(f)["model"] = 1.5; }, "model is not an integer"},
    {"a_brand_with_a_line_break", [](json& f) { machine(f)["brand"] = "A\nB"; }, "brand is not a text"},
    {"a_machine_without_entries", [](json& f) { machine(f).erase("entries"); }, "lacks the key \"entries\""},
    {"an_entry_that_is_none", [](json& f) { entry(f) = 7; }, "entries[0] is not an object"},
    {"an_entry_with_an_unknown_key", [](json& f) { entry(f)["speed"] = 2; }, "unknown key \"speed\""},
    {"an_entry_without_threads", [](json& f) { entry(f).erase("threads"); }, "lacks the key \"threads\""},
    {"an_unknown_operation", [](json& f) { entry(f)["operation"] = "sideways"; }, "operation is not one of"},
    {"other_types", [](json& f) { entry(f)["types"] = "f16"; }, "types is not one of f32"},
    {"an_unknown_target", [](json& f) { entry(f)["target"] = "x86_mmx"; }, "no processor's target is named"},
    {"no_threads", [](json& f) { entry(f)["threads"] = 0; }, "threads is not an integer of 1 to 1024"},
    {"too_many_threads", [](json& f) { entry(f)["threads"] = 4096; }, "threads is not an integer"},
    {"threads_as_text", [](json& f) { entry(f)["threads"] = "2"; }, "threads is not an integer"},
    {"an_unknown_kernel", [](json& f) { entry(f)["kernel"] = "lcn_nonsense"; }, "no kernel is named"},
    {"a_kernel_of_another_pass", [](json& f) { entry(f)["operation"] = "backward_input"; },
     "does not do the work of the operation"},
    {"a_kernel_without_a_name", [](json& f) { entry(f)["kernel"] = ""; }, "kernel is not a name or null"},
    {"a_kernel_that_is_no_text", [](json& f) { entry(f)["kernel"] = {"a"}; }, "kernel is not a text"},
    {"a_kernel_with_a_zero_byte",
     [](json& f) {
         std::string name = entry(f)["kernel"];
         entry(f)["kernel"] = name + std::string(1, '\0') + "x";
     },
     "kernel is not a text"},
    {"a_kernel_with_a_long_name", [](json& f) { entry(f)["kernel"] = std::string(100'000, 'k'); },
     "kernel is not a text of at most"},
    {"bits_that_change", [](json& f) { entry(f)["reorders"] = entry(f)["may_reorder"] = true; },
     "may change bits, which was not asked for"},
    {"bits_that_change_and_must_not", [](json& f) { entry(f)["reorders"] = true; }, "reorders is not false"},
    {"reorders_as_a_number", [](json& f) { entry(f)["reorders"] = 1; }, "reorders is not true or false"},
    {"an_unknown_rigor", [](json& f) { entry(f)["rigor"] = "estimate"; }, "rigor is not one of"},
    {"a_seed_below_0", [](json& f) { entry(f)["seed"] = -1; }, "seed is not an integer"},
    {"a_seed_beyond_64_bits", [](json& f) { entry(f)["seed"] = 18446744073709551615u; }, "seed is not an"},
    {"a_gain_of_0", [](json& f) { entry(f)["gain"] = 0; }, "gain is not a number of its range"},
    {"a_gain_as_text", [](json& f) { entry(f)["gain"] = "1.2"; }, "gain is not a number"},
    {"a_spread_below_0", [](json& f) { entry(f)["spread"] = -0.1; }, "spread is not a number"},
    {"seconds_below_0", [](json& f) { entry(f)["samples"][0]["seconds"][1] = -1; }, "seconds[1] is not"},
    {"seconds_that_are_no_list", [](json& f) { entry(f)["samples"][0]["seconds"] = 1; }, "seconds is not a"},
    {"samples_that_are_no_list", [](json& f) { entry(f)["samples"] = json::object(); }, "samples is not a"},
    {"a_problem_that_is_none", [](json& f) { entry(f)["problem"] = "small"; }, "problem is not an object"},
    {"a_problem_without_filters", [](json& f) { entry(f)["problem"].erase("filters"); }, "lacks the key"},
    {"no_filters", [](json& f) { entry(f)["problem"]["filters"] = 0; }, "filters is not an integer"},
    {"a_batch_that_overflows", [](json& f) { entry(f)["problem"]["batch"] = 9223372036854775807; },
     "batch is not an integer"},
    {"tensors_that_overflow",
     [](json& f) {
         for (const char* size : {"batch", "input_rows", "input_columns", "channels", "filters"})
             entry(f)["problem"][size] = int64_t(1) << 39;
     },
     "entry 0: "},
    {"a_kernel_larger_than_the_image", [](json& f) { entry(f)["problem"]["kernel_rows"] = 99; }, "entry 0: "},
    {"an_unknown_padding", [](json& f) { entry(f)["problem"]["padding"] = "full"; }, "padding is not one of"},
    {"a_problem_twice",
     [](json& f) {
         const json copy = entry(f);
         machine(f)["entries"].push_back(copy);
     },
     "the problem of entry 0 again"},
    {"too_many_entries", [](json& f) { machine(f)["entries"] = json(std::vector<int>(10'001, 0)); },
     "a list of at most 10000"},
};

TEST_F(TuningFiles, ThatAreDamagedAreRefusedWhole) {
    lcn::layer::write_tuning_file(path_, good_file());
    lcn::load_tuning(path_);
    ASSERT_EQ(lcn::tuning_entries(), 2);
    ASSERT_GE(std::size(damages), 30u);
    const json good = json::parse(lcn::layer::tuning_file_text(good_file()));
    for (const Damage& damage : damages) {
        SCOPED_TRACE(damage.name);
        json file = good;
        damage.change(file);
        ASSERT_NE(file, good);
        expect_refused(file.dump(), damage.reason);
    }
}

// -- Files for another library, as tuning for another machine makes them.

TuningFile file_of_others() {
    TuningFile file;
    file.kernels = "0123456789abcdef";
    for (const char* target : {"arm_neon", "arm_neon_dotprod"}) {
        lcn::layer::TunedRow row = tuned_row(small_problem(), Operation::forward, "");
        row.target = target;
        row.kernel = "lcn_forward_f32_" + row.target + "_4x4_unroll2";
        file.of({"0x41", "", 8, 0xd03, 4, {"neon"}}).rows.push_back(row);
    }
    return file;
}

TEST_F(TuningFiles, OfAnotherLibraryAreReadWhereThatIsAskedFor) {
    const std::string text = lcn::layer::tuning_file_text(file_of_others());
    const TuningFile read = lcn::layer::parse_tuning_file(text, KernelsOf::any_library);
    EXPECT_EQ(read.kernels, "0123456789abcdef");
    EXPECT_EQ(lcn::layer::tuning_file_text(read), text);
    expect_refused(text, "made with other kernels (0123456789abcdef) than this library has");
}

const Damage damages_of_others[] = {
    {"no_hash", [](json& f) { f["kernels"] = "0123456789ABCDEF"; }, "kernels is not 16 hexadecimal digits"},
    {"a_short_hash", [](json& f) { f["kernels"] = "0123"; }, "kernels is not 16 hexadecimal digits"},
    {"another_version", [](json& f) { f["lcn"] = "0.0.9"; }, "made by lcn 0.0.9, this is lcn"},
    {"a_target_that_is_no_name", [](json& f) { entry(f)["target"] = "arm neon"; }, "'arm neon' is no name"},
    {"no_target", [](json& f) { entry(f)["target"] = ""; }, "target: '' is no name"},
    {"a_kernel_of_another_pass",
     [](json& f) { entry(f)["kernel"] = "lcn_backward_input_dot_f32_arm_neon_4x4"; },
     "is not named as kernels of forward of target 'arm_neon' are"},
    {"a_kernel_of_another_target", [](json& f) { entry(f)["kernel"] = "lcn_forward_f32_portable_4x4"; },
     "is not named as"},
    {"a_kernel_of_a_target_with_a_longer_name",
     [](json& f) { entry(f)["kernel"] = "lcn_forward_f32_arm_neonish_4x4"; }, "is not named as"},
    {"a_kernel_with_a_path", [](json& f) { entry(f)["kernel"] = "lcn_forward_f32_arm_neon_/../x"; },
     "is not named as"},
    {"no_filters", [](json& f) { entry(f)["problem"]["filters"] = 0; }, "filters is not an integer"},
    {"a_kernel_larger_than_the_image", [](json& f) { entry(f)["problem"]["kernel_rows"] = 99; }, "entry 0: "},
    {"a_problem_twice",
     [](json& f) {
         const json copy = entry(f);
         machine(f)["entries"].push_back(copy);
     },
     "again"},
};

TEST_F(TuningFiles, OfAnotherLibraryAreReadAsStrictly) {
    const json good = json::parse(lcn::layer::tuning_file_text(file_of_others()));
    for (const Damage& damage : damages_of_others) {
        SCOPED_TRACE(damage.name);
        json file = good;
        damage.change(file);
        try {
            lcn::layer::parse_tuning_file(file.dump(), KernelsOf::any_library);
            ADD_FAILURE() << "was read";
        } catch (const std::runtime_error& e) {
            EXPECT_NE(std::string(e.what()).find(damage.reason), std::string::npos) << e.what();
        }
    }
    // Of this library all is known, also when others are asked for.
    json own = json::parse(lcn::layer::tuning_file_text(good_file()));
    entry(own)["kernel"] = "lcn_forward_f32_" + present_target() + "_of_nobody";
    EXPECT_THROW(lcn::layer::parse_tuning_file(own.dump(), KernelsOf::any_library), std::runtime_error);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST_F(TuningFiles, ThatAreNoJsonAreRefused) {
    const std::string good = lcn::layer::tuning_file_text(good_file());
    const std::string number = "\"gain\":1.25";
    expect_refused("", "not valid JSON");
    expect_refused("\0\0\0\0", "not valid JSON");
    expect_refused(good + "}", "not valid JSON");
    expect_refused("// a remark\n" + good, "not valid JSON");
    expect_refused("\xef\xbb\xbf\xff" + good, "not valid JSON");
    expect_refused(replaced(good, "\"target\":\"", "\"target\":\"\xff\xfe"), "not valid JSON");
    expect_refused(replaced(good, number, "\"gain\":NaN"), "not valid JSON");
    expect_refused(replaced(good, number, "\"gain\":Infinity"), "not valid JSON");
    expect_refused(replaced(good, number, "\"gain\":1e999"), "out of range");
    expect_refused(replaced(good, number, "\"gain\":0x1"), "not valid JSON");
    expect_refused(replaced(good, number, number + "," + number), "names \"gain\" twice");
    expect_refused(replaced(good, number, "\"gain\":" + std::string(100'000, '[')), "nested deeper");
    expect_refused(replaced(good, number, "\"gain\":[[[[[]]]]]"), "nested deeper");
    expect_refused(replaced(
                       good, "\"samples\":[",
                       "\"samples\":[" +
                           [] {
                               std::string many;
                               for (int k = 0; k < 4'000'001; k++) many += "0,";
                               return many;
                           }()),
                   "more than 4000000 values");
}

TEST_F(TuningFiles, ThatEndEarlyAreRefused) {
    const std::string good = lcn::layer::tuning_file_text(good_file());
    for (size_t length = 0; length + 2 < good.size(); length += 61)
        expect_refused(good.substr(0, length), "not valid JSON");
}

// Whatever is flipped is refused with a reason, or still says something that holds.
TEST_F(TuningFiles, WithFlippedBitsDoNoHarm) {
    const std::string good = lcn::layer::tuning_file_text(good_file());
    int refused = 0;
    for (size_t k = 0; k < good.size(); k += 3) {
        std::string bad = good;
        bad[k] = char(bad[k] ^ (1 << k % 7));
        try {
            for (const auto& m : lcn::layer::parse_tuning_file(bad).machines) {
                std::vector<lcn::TuningEntry> entries;
                for (const auto& row : m.rows)
                    entries.push_back(lcn::layer::entry_of(row, TuningOrigin::this_machine));
                EXPECT_TRUE(lcn::check_tuning(entries.data(), int64_t(entries.size())).ok());
            }
        } catch (const std::runtime_error& e) {
            EXPECT_STRNE(e.what(), "");
            refused++;
        }
    }
    EXPECT_GT(refused, 300);
}

// They start threads, and a child that is forked afterwards has no devices.
TEST_F(TuningFiles, AreReadWithoutTheDriversOfDevices) {
    const auto mapped = [] {
        std::ifstream maps("/proc/self/maps");
        const std::string text{std::istreambuf_iterator<char>(maps), {}};
        return text.find("libOpenCL") != text.npos || text.find("libcuda") != text.npos;
    };
    const bool before = mapped();
    write(lcn::layer::tuning_file_text(good_file()));
    lcn::load_tuning(path_);
    EXPECT_EQ(lcn::tuning_entries(), 2);
    EXPECT_EQ(mapped(), before);
}

TEST_F(TuningFiles, ThatAreNoFilesAreRefused) {
    expect_refused("there is no such file");
    std::filesystem::create_directory(path_);
    expect_refused("not a regular file");
    std::filesystem::remove(path_);
    std::filesystem::create_symlink(path_, path_);
    expect_refused("Too many levels of symbolic links");
    std::filesystem::remove(path_);
    write("{}");
    expect_error<std::runtime_error>([&] { lcn::load_tuning(path_ + std::string(1, '\0') + "x"); },
                                     "tuning.json: the path goes on after a NUL");
    std::filesystem::resize_file(path_, (uint64_t(64) << 20) + 1);
    expect_refused("more than 64 MB");
}

// -- Machines

TEST(Machines, AreComparedByModelThenByFeatures) {
    const Machine here = {"AuthenticAMD", "EPYC 7763", 25, 1, 1, {"avx2", "fma"}};
    Machine other = here;
    EXPECT_EQ(lcn::layer::origin_of(other, here), TuningOrigin::this_machine);
    other.brand = "EPYC 7543";
    EXPECT_EQ(lcn::layer::origin_of(other, here), TuningOrigin::same_microarchitecture);
    other.stepping = 2;
    EXPECT_EQ(lcn::layer::origin_of(other, here), TuningOrigin::same_microarchitecture);
    other.model = 33;
    EXPECT_EQ(lcn::layer::origin_of(other, here), TuningOrigin::same_features);
    other.features.push_back("sse9");
    EXPECT_EQ(lcn::layer::origin_of(other, here), std::nullopt);
    const Machine unknown = {"", "", 0, 0, 0, {"avx2", "fma"}};
    EXPECT_EQ(lcn::layer::origin_of(unknown, unknown), TuningOrigin::same_features);
}

TEST(Machines, ThisOneIsAlwaysTheSame) {
    const Machine here = lcn::layer::this_machine();
    EXPECT_EQ(here, lcn::layer::this_machine());
    EXPECT_TRUE(lcn::layer::origin_of(here, here));
}

TEST_F(TuningFiles, MayHaveSeveralMachinesAndTheNearestCounts) {
    const std::vector<std::string> kernels = applicable_kernels(small_problem(), Operation::forward);
    ASSERT_GE(kernels.size(), 3u);
    const Machine here = lcn::layer::this_machine();
    Machine brother = here, cousin = here, stranger = here;
    brother.brand = "another brand", cousin.model += 1, stranger.features = {"nothing_known"};
    const Machine machines[] = {stranger, cousin, brother, here};
    const TuningRule rules[] = {TuningRule::same_features, TuningRule::same_microarchitecture,
                                TuningRule::this_machine};
    TuningFile file;
    for (int k = 0; k < 4; k++) {
        file.of(machines[k])
            .rows.push_back(tuned_row(small_problem(), Operation::forward, kernels[size_t(k) % 3]));
        lcn::layer::write_tuning_file(path_, file);
        if (k == 0) {
            expect_refused("made on another machine");
            continue;
        }
        if (here.vendor.empty()) GTEST_SKIP() << "the system does not say which machine this is";
        lcn::load_tuning(path_);
        const lcn::TuningChoice choice = choice_of(small_problem(), Operation::forward);
        EXPECT_EQ(choice.rule, rules[k - 1]);
        EXPECT_EQ(choice.kernel, kernels[size_t(k) % 3]);
    }
    // Two machines that are equally near may both have the problem.
    Machine second = brother;
    second.brand = "a third brand";
    const auto rows = file.of(brother).rows;
    file.of(second).rows = rows;
    lcn::layer::write_tuning_file(path_, file);
    lcn::load_tuning(path_);
    EXPECT_EQ(lcn::tuning_entries(), 3);
}

// Each has its own machine, all equally like this one, as far as anybody may fill a file with them.
TEST_F(TuningFiles, MayHoldNoMoreThanCallsCanLookUp) {
    const Machine here = lcn::layer::this_machine();
    if (here.vendor.empty()) GTEST_SKIP() << "the system does not say which machine this is";
    const auto entries = [&](int machines, int64_t problems) {
        TuningFile file;
        for (int k = 0; k < machines; k++) {
            Machine like = here;
            like.brand = std::to_string(k);
            lcn::layer::TunedMachine& machine = file.of(like);
            for (int64_t n = 0; n < problems; n++)
                machine.rows.push_back(
                    tuned_row(small_problem(k % 2 * problems + n + 1), Operation::forward, ""));
        }
        return entries_for(file, here, false).size();
    };
    EXPECT_EQ(entries(64, 5000), 10'000u);
    expect_error<std::runtime_error>([&] { entries(2, 5001); }, "more than 10000 entries");
}

// The first layer of a process: no other test of this program makes one.
TEST_F(TuningFiles, OfTheEnvironmentAreLoadedByTheFirstLayer) {
    lcn::layer::write_tuning_file(path_, good_file());
    setenv("LCN_TUNING", path_.c_str(), 1);
    EXPECT_EQ(lcn::tuning_entries(), 0);
    lcn::LocallyConnected2D first({8, {3, 3}});
    EXPECT_EQ(lcn::tuning_entries(), 2);
    EXPECT_EQ(lcn::environment_tuning().path, path_);
    EXPECT_EQ(lcn::environment_tuning().refused, "");
    // Once: what the program sets from then on stays.
    lcn::set_tuning(nullptr, 0);
    lcn::LocallyConnected2D second({8, {3, 3}});
    EXPECT_EQ(lcn::tuning_entries(), 0);
    unsetenv("LCN_TUNING");
}

TEST_F(TuningFiles, ThatChangeBitsAreLoadedWhenThatIsAskedFor) {
    TuningFile file = good_file();
    file.machines[0].rows[0].reorders = file.machines[0].rows[0].may_reorder = true;
    lcn::layer::write_tuning_file(path_, file);
    expect_refused("may change bits, which was not asked for");
    lcn::load_tuning(path_, true);
    EXPECT_EQ(lcn::tuning_entries(), 2);
}

}  // namespace
