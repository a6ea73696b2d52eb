#pragma once

#include <functional>
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

// Starts `program`, sends it `signal` once `ready` (or after a minute), and returns its exit code, -1 when it
// was killed. Signals do what they do by default, even where whoever runs the tests ignores them.
int signalled(const std::vector<std::string>& arguments, int signal, const std::function<bool()>& ready,
              const std::string& program = LCN_TOOL);

// The text of a file.
std::string content(const std::string& path);

// Expects the exit code, one line "lcn: ..." with `reason` on standard error, and nothing on standard output.
void expect_failure(const ToolResult& result, int exit_code, const std::string& reason);
