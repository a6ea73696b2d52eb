#include "tune/runner.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iostream>
#include <stdexcept>

#include "errors.h"
#include "tune/stop.h"

namespace lcn::tool {

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr double seconds_to_end = 10, seconds_more = 2;  // to one that was told before

// What it started may hold its output open when it has ended: so much silence then is the end.
constexpr int seconds_of_silence = 2;

// Splits as runner_command() says. An unfinished quotation is refused.
std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    char quote = 0;
    bool inside = false;  // of a word
    for (size_t k = 0; k < text.size(); k++) {
        const char c = text[k];
        if (!quote && (c == ' ' || c == '\t' || c == '\n')) {
            inside = false;
            continue;
        }
        if (!inside) words.emplace_back(), inside = true;
        if (quote ? c == quote : c == '\'' || c == '"')
            quote = quote ? 0 : c;
        else if (c == '\\' && quote != '\'' && k + 1 < text.size())
            words.back() += text[++k];
        else
            words.back() += c;
    }
    if (quote) throw Refused("--runner: a quotation has no end: " + text);
    return words;
}

}  // namespace

std::vector<std::string> runner_command(const std::string& text, const std::string& program) {
    static const std::string placeholder = "{program}";
    std::vector<std::string> words = words_of(text);
    bool placed = false;
    for (std::string& word : words)
        for (size_t at = 0; (at = word.find(placeholder, at)) != std::string::npos; at += program.size())
            word.replace(at, placeholder.size(), program), placed = true;
    if (!placed) words.push_back(program);
    return words;
}

Runner::Runner(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        throw std::runtime_error(std::string("no pipe: ") + std::strerror(errno));
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, ends[1], 1);
    const int failure = posix_spawnp(&process_, arguments[0], &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    output_ = ends[0];
    if (failure == 0) return;
    close(output_);
    throw std::runtime_error("runner '" + command[0] + "' cannot be started: " + std::strerror(failure));
}

Runner::~Runner() {
    close(output_);
    for (const int signal : {SIGTERM, SIGKILL})
        if (running_) kill(process_, signal), ended_within(told_ ? seconds_more : seconds_to_end);
}

Runner::Got Runner::next(std::string& line, size_t longest, double limit_seconds) {
    Clock::time_point deadline =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(limit_seconds));
    Clock::time_point end_of_silence = Clock::now() + std::chrono::seconds(seconds_of_silence);
    for (;;) {
        if (const size_t end = read_.find('\n', searched_); end != std::string::npos) {
            line = read_.substr(0, end);
            read_.erase(0, end + 1);
            searched_ = 0;
            return Got::line;
        }
        searched_ = read_.size();
        if (read_.size() > longest)
            throw std::runtime_error("a line has more than " + std::to_string(longest >> 20) + " MB");
        if (interrupted() && !told_) {
            told_ = true;
            std::cerr << "lcn: interrupted: waits for the runner to end, "
                      << int(seconds_to_end + seconds_more) << " s at most\n";
            if (running_) kill(process_, SIGINT);
            deadline = std::min(deadline, Clock::now() + std::chrono::seconds(int(seconds_to_end)));
        }
        if (Clock::now() > deadline) return Got::silence;
        if (!has_ended()) end_of_silence = Clock::now() + std::chrono::seconds(seconds_of_silence);
        pollfd waiting{output_, POLLIN, 0};
        if (poll(&waiting, 1, 100) <= 0) {
            if (Clock::now() > end_of_silence) return line = read_, Got::end;
            continue;
        }
        char bytes[4096];
        const ssize_t count = read(output_, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return line = read_, Got::end;
        read_.append(bytes, size_t(count));
    }
}

bool Runner::has_ended() {
    if (running_) running_ = waitpid(process_, &status_, WNOHANG) == 0;
    return !running_;
}

bool Runner::ended_within(double seconds) {
    const Clock::time_point begin = Clock::now();
    while (!has_ended() && Seconds(Clock::now() - begin).count() < seconds) usleep(5'000);
    return !running_;
}

std::string Runner::how_it_ended() {
    if (!ended_within(seconds_to_end)) return "closed its output and did not end";
    if (WIFSIGNALED(status_)) return "was ended by signal " + std::to_string(WTERMSIG(status_));
    return WEXITSTATUS(status_) == 0 ? "" : "ended with exit code " + std::to_string(WEXITSTATUS(status_));
}

}  // namespace lcn::tool
