#include "tune/conversation.h"

namespace lcn::tool {

namespace {

std::vector<std::string> command(const TuneOptions& options, const std::vector<std::string>& arguments) {
    std::vector<std::string> words = runner_command(options.runner, options.program);
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
}

}  // namespace

Conversation::Conversation(const TuneOptions& options, const std::vector<std::string>& arguments)
    : options_(options), runner_(command(options, arguments)) {}

Answer Conversation::all(const std::function<void(const layer::TuningFile&)>& take) {
    for (;;) {
        const Answer answer = next();
        if (answer.last) return end(answer);
        try {
            take(answer.file);
        } catch (const WrongAnswer& e) {
            refuse(e.what());
        }
        answers_++, kept_ += answer.file.machines[0].rows.size();
    }
}

Answer Conversation::next() {
    std::string line;
    Runner::Got got = Runner::Got::end;
    try {
        got = runner_.next(line, longest_answer, options_.answer_limit);
        if (got == Runner::Got::line) return parse_answer(line);
    } catch (const std::runtime_error& e) {
        refuse(e.what());
    }
    if (got == Runner::Got::silence)
        fail("did not answer within " + std::to_string(int64_t(options_.answer_limit)) + " s");
    const std::string ended = runner_.how_it_ended();
    if (!ended.empty()) fail(ended);
    fail(line.empty() ? "ended before its last answer" : "ended in the middle of an answer");
}

Answer Conversation::end(const Answer& answer) {
    if (answer.measured != answers_) fail("did not answer what it says it measured");
    std::string rest;
    if (runner_.next(rest, longest_answer, options_.answer_limit) != Runner::Got::end || !rest.empty())
        fail("said more after its last answer");
    const std::string ended = runner_.how_it_ended();
    if (!ended.empty() && answer.stopped.empty()) fail(ended);
    return answer;
}

void Conversation::refuse(const std::string& why) const {
    fail("gave an answer that is refused: " + why);
}

void Conversation::fail(const std::string& what) const {
    std::string before = kept_ ? " after " + std::to_string(kept_) : "";
    if (kept_) before += kept_ == 1 ? " result, which is kept" : " results, which are kept";
    throw RunnerFailed("runner '" + options_.runner + "' " + what + before);
}

}  // namespace lcn::tool
