#include "run_tool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scratch_folder.h"

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

struct Start {
    const std::vector<std::string>& arguments;
    const std::string& program;
    std::string output, errors;          // files
    std::vector<std::string> variables;  // of its environment
    sigset_t usual;                      // signals that do what they do without the caller's settings
};

pid_t started(Start s) {
    std::vector<std::string> command = {s.program};
    command.insert(command.end(), s.arguments.begin(), s.arguments.end());
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, s.output.c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_addopen(&files, 2, s.errors.c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigdefault(&attributes, &s.usual);
    pid_t process = 0;
    const int failure = posix_spawn(&process, s.program.c_str(), &files, &attributes,
                                    pointers(command).data(), pointers(s.variables).data());
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    if (failure != 0) throw std::runtime_error("cannot start " + s.program);
    return process;
}

// Its exit code; -1: a signal ended it.
int ended(pid_t process) {
    int status = 0;
    if (waitpid(process, &status, 0) != process) throw std::runtime_error("waitpid failed");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::vector<std::string> own_variables() {
    std::vector<std::string> variables;
    for (char** variable = environ; *variable; variable++) variables.push_back(*variable);
    return variables;
}

}  // namespace

std::string content(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

ToolResult run_tool(const std::vector<std::string>& arguments,
                    const std::map<std::string, std::string>& environment, const std::string& output_path,
                    const std::string& program) {
    const ScratchFolder folder;
    const std::string output = output_path.empty() ? folder.file("output") : output_path;
    const std::string errors = folder.file("errors");

    std::vector<std::string> variables = own_variables();
    std::erase_if(variables, [](const std::string& v) { return v.rfind("LCN_T", 0) == 0; });
    for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);

    sigset_t usual;
    sigemptyset(&usual);
    sigaddset(&usual, SIGINT);
    const int exit_code = ended(started({arguments, program, output, errors, variables, usual}));
    return {exit_code, output_path.empty() ? content(output) : "", content(errors)};
}

int signalled(const std::vector<std::string>& arguments, int signal, const std::function<bool()>& ready,
              const std::string& program) {
    sigset_t usual;
    sigemptyset(&usual);
    sigaddset(&usual, signal);
    const pid_t process = started({arguments, program, "/dev/null", "/dev/null", own_variables(), usual});
    for (int k = 0; k < 600'000 && !ready(); k++) usleep(100);
    kill(process, signal);
    return ended(process);
}

void expect_failure(const ToolResult& result, int exit_code, const std::string& reason) {
    EXPECT_EQ(result.exit_code, exit_code);
    EXPECT_EQ(result.output, "");
    EXPECT_EQ(result.errors.rfind("lcn: ", 0), 0u) << result.errors;
    EXPECT_NE(result.errors.find(reason), std::string::npos) << result.errors << "expected: " << reason;
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    EXPECT_EQ(result.errors.back(), '\n');
}
