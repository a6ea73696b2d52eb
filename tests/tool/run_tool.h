#pragma once

#include <map>
#include <string>
#include <vector>

struct ToolResult {
    int exit_code;  // -1: it was killed
    std::string output, errors;
};

// Runs the program `lcn` and waits. `environment` is added to that of this process, without its
// LCN_TARGET and LCN_TUNING.
// Standard output goes to `output_path` where that is given. `program` is another one to run.
ToolResult run_tool(const std::vector<std::string>& arguments,
                    const std::map<std::string, std::string>& environment = {},
                    const std::string& output_path = "", const std::string& program = LCN_TOOL);

// Runs the program `lcn`, interrupts it as Ctrl-C does once there is a file at `path` (or after a minute),
// and returns its exit code, -1 when it was killed.
int interrupted(const std::vector<std::string>& arguments, const std::string& path);

// The text of a file.
std::string content(const std::string& path);

// Expects the exit code, one line "lcn: ..." with `reason` on standard error, and nothing on standard output.
void expect_failure(const ToolResult& result, int exit_code, const std::string& reason);
