// `lcn tune --runner` for a machine of another kind: lcn_tuner of the cross build beside this one, under an
// emulator. Its speeds say nothing; that the file is one for that machine's library is what is tested.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "run_tool.h"
#include "scratch_folder.h"
#include "tuning_file.h"

namespace {

using lcn::layer::KernelsOf;
using lcn::layer::TuningFile;
using nlohmann::json;

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value ? value : "";
}

TEST(TuneEmulated, WritesAFileThatTheOtherLibraryTakes) {
    const std::string build = variable("LCN_CROSS_BUILD"), emulator = variable("LCN_EMULATOR");
    ASSERT_NE(build, "");
    const ScratchFolder folder;
    const std::string path = folder.file("tuning.json"), shape = "4x4x3:2x2x8:n2";
    const ToolResult run =
        run_tool({"tune", shape, "--operation", "forward", "--target", "arm_neon", "--threads", "1",
                  "--runner", emulator, "--program", build + "/tools/lcn_tuner", "-o", path});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_NE(run.output.find("forward 4x4x3:2x2x8 N2: "), std::string::npos) << run.output;

    EXPECT_THROW(lcn::layer::read_tuning_file(path), std::runtime_error);  // its kernels are not ours
    const TuningFile file = lcn::layer::read_tuning_file(path, KernelsOf::any_library);
    ASSERT_EQ(file.machines.size(), 1u);
    ASSERT_EQ(file.machines[0].rows.size(), 1u);
    EXPECT_EQ(file.machines[0].rows[0].target, "arm_neon");
    EXPECT_GE(file.machines[0].rows[0].samples.size(), 2u);

    const ToolResult explained =
        run_tool({emulator, build + "/tools/lcn", "info", "--explain", shape, "--operation", "forward",
                  "--target", "arm_neon", "--threads", "1", "--json"},
                 {{"LCN_TUNING", path}}, "", "/usr/bin/env");
    ASSERT_EQ(explained.exit_code, 0) << explained.errors;
    EXPECT_EQ(explained.errors, "");
    const json choice = json::parse(explained.output).at("choices").at(0);
    EXPECT_EQ(choice.at("rule"), "this_machine");
    EXPECT_EQ(choice.at("not_used_because"), nullptr);
}

}  // namespace
