// The files of tunings: what is read is what was written; who may read files for other libraries; what is no
// file.
#include <unistd.h>

#include "tuning_files.h"

namespace {

using lcn::Operation;
using lcn::TuningRule;
using lcn::layer::KernelsOf;
using lcn::layer::TuningFile;
using nlohmann::json;

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

// A schedule that changes leaves symbols and features as they are.
TEST_F(TuningFiles, AreForKernelsMadeOfTheSame) {
    uint64_t hash = 0xcbf29ce484222325u;
    const auto add = [&](const char* text) {
        do hash = (hash ^ uint8_t(*text)) * 0x100000001b3u;
        while (*text++);
    };
    for (int k = 0; k < lcn::kernel_count(); k++) add(lcn::kernel_info(k).symbol);
    for (int t = 0; t < lcn::target_count(); t++) add(lcn::target_cpu_features(t));
    char names_alone[17];
    std::snprintf(names_alone, sizeof names_alone, "%016llx", (unsigned long long)hash);
    EXPECT_NE(lcn::layer::kernel_set(), names_alone);
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

// In a child, as the first of it; ends it with the number of entries then in force.
[[noreturn]] void load_tuning_of_environment(const std::string& path) {
    setenv("LCN_TUNING", path.c_str(), 1);
    const lcn::EnvironmentTuning& tuning = lcn::environment_tuning();
    _exit(tuning.path.empty() && tuning.refused.empty() ? int(lcn::tuning_entries()) : 100);
}

// The first layer of a process: no other test of this program makes one.
TEST_F(TuningFiles, OfTheEnvironmentAreLoadedByTheFirstLayer) {
    lcn::layer::write_tuning_file(path_, good_file());
    EXPECT_EXIT(load_tuning_of_environment(""), testing::ExitedWithCode(0), "");
    const std::string target = present_target();
    lcn::TuningEntry own;
    own.problem = small_problem(), own.target = target.c_str();
    EXPECT_EXIT((lcn::set_tuning(&own, 1), load_tuning_of_environment(path_)), testing::ExitedWithCode(1),
                "");

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

// -- Files for another library, as tuning for another machine makes them.

TuningFile file_of_others() {
    TuningFile file;
    file.kernels = "0123456789abcdef";
    for (const char* target : {"arm_neon", "arm_neon_dotprod"}) {
        const std::string kernel = "lcn_forward_f32_" + std::string(target) + "_4x4_unroll2";
        file.of({"0x41", "", 8, 0xd03, 4, {"neon"}})
            .rows.push_back(row_of_others(small_problem(), target, kernel));
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
    {"a_kernel_that_was_compared_with", [](json& f) { entry(f)["compared_with"] = "nonsense"; },
     "compared_with: 'nonsense' is not named as"},
    {"a_kernel_of_the_cost_model", [](json& f) { entry(f)["cost_model"] = "nonsense"; },
     "cost_model: 'nonsense' is not named as"},
    {"samples_of_another_target",
     [](json& f) { entry(f)["samples"][1]["kernel"] = "lcn_forward_f32_portable_4x4"; },
     "samples: 'lcn_forward_f32_portable_4x4' is not named as"},
    {"no_seconds", [](json& f) { entry(f)["samples"][1]["seconds"] = json::array(); }, "samples has none of"},
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

}  // namespace
