#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace lcn::tool {

// The words of a command as a shell would split it, with '...', "..." and \ but nothing else of a shell's.
// `{program}` in a word becomes `program`; where no word has it, `program` is one more word. Throws Refused.
std::vector<std::string> runner_command(const std::string& text, const std::string& program);

// A command that runs, found by PATH and started without a shell, with nothing to read. Its standard output
// is read here, line by line, its standard error is ours. Throws std::runtime_error. When this is destroyed
// the command is asked to end, and after some seconds ended.
class Runner {
  public:
    explicit Runner(const std::vector<std::string>& command);
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;
    ~Runner();

    enum class Got { line, end, silence };
    // The next line, without its end. `end`: there is none, or what it
    // started holds its output and is silent; `line` has what follows the last whole one.
    // `silence`: none came in that time. After Ctrl-C, which is handed on, only little time is left.
    Got next(std::string& line, size_t longest, double limit_seconds);

    // Waits after Got::end; "": exit code 0, else how it ended.
    std::string how_it_ended();

  private:
    bool has_ended();
    bool ended_within(double seconds);

    pid_t process_ = -1;
    int output_ = -1, status_ = 0;
    bool running_ = true, told_ = false;
    std::string read_;     // and not handed out yet
    size_t searched_ = 0;  // of it, without finding the end of a line
};

}  // namespace lcn::tool
