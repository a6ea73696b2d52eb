#include "tune/tuner.h"

#include <algorithm>
#include <chrono>

#include "errors.h"
#include "lcn/kernels.h"
#include "lcn/tuning.h"
#include "runtime/cache.h"
#include "tune/operands.h"
#include "tune/statistics.h"

namespace lcn::tool {

namespace {

// Rounds of one sample each: of all candidates, of those that lead, and of the best against the choice in
// force, in samples that nothing was selected by.
struct Effort {
    int all_rounds, leading_rounds, last_rounds;
    size_t leaders;
    double sample_seconds;  // of calls in a row, at least, three times a sample
};
constexpr Effort efforts[] = {{5, 8, 15, 4, 0.2e-3}, {12, 24, 51, 8, 0.4e-3}};  // by Rigor

constexpr double hopeless = 0.85;  // of the leader's speed, from the second round on
constexpr double short_seconds = 20e-3;
constexpr double least_gain = 1.01;  // what is not worth a change, however certain

struct Candidate {
    std::string symbol;  // "": the usual choice, the cost model's
    int64_t workspace_bytes = 0;
    bool reorders = false;
    std::vector<double> seconds, gains;  // samples, and each relative to that of the choice in force
    double gain() const { return gains.empty() ? 1.0 : median(gains); }
};

class Search {
  public:
    Search(const Problem& p, Operation operation, const std::string& in_force, const TunerSettings& settings)
        : problem_(p),
          operation_(operation),
          settings_(settings),
          effort_(efforts[int(settings.rigor)]),
          operands_(p, operation, settings.ring_bytes, uint64_t(settings.seed)),
          numbers_(uint64_t(settings.seed)) {
        check(target(target_));
        add(in_force);
        if (!in_force.empty()) add("");
        for (int k = 0; k < kernel_count(); k++) {
            const KernelInfo info = kernel_info(k);
            const bool of_pass = std::string(info.operation).rfind(layer::name_of(operation), 0) == 0;
            if (of_pass && std::string(info.target) == target_ && info.symbol != in_force) add(info.symbol);
        }
    }
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;
    ~Search() { try_kernel(nullptr, false); }

    layer::TunedRow run() {
        check_candidates();
        calls_ = calls_per_sample();
        std::vector<Candidate*> racing;
        for (size_t k = 1; k < candidates_.size(); k++) racing.push_back(&candidates_[k]);
        race(racing, effort_.all_rounds, "timing");
        if (racing.size() > effort_.leaders) racing.resize(effort_.leaders);
        race(racing, effort_.leading_rounds, "comparing");
        layer::TunedRow row = empty_row();
        if (!racing.empty() && racing[0]->gain() > 1.0) duel(*racing[0], row);
        for (Candidate& c : candidates_) row.samples.push_back({c.symbol, std::move(c.seconds)});
        return row;
    }

  private:
    // A candidate does most of the work when it may.
    void add(const std::string& symbol) {
        for (const bool reorders : {false, true}) {
            if (reorders && !settings_.reorders) return;
            check(try_kernel(symbol.c_str(), reorders));
            TuningChoice choice;
            check(tuning_choice(problem_, operation_, choice));
            if (symbol.empty() || choice.kernel == symbol)
                return candidates_.push_back({symbol, 0, reorders, {}, {}});
        }
    }

    void stop_if_asked() const {
        if (settings_.stop()) throw Stopped();
    }

    void select(const Candidate& c) { check(try_kernel(c.symbol.c_str(), c.reorders)); }

    // Results before speed: that of the usual choice against sums in double, those of the others against its
    // bits, all with canaries around what they write.
    void check_candidates() {
        check(try_kernel("", false));
        operands_.prepare();
        operands_.run_checked();
        if (const std::string wrong = operands_.wrong(); !wrong.empty()) throw std::runtime_error(wrong);
        const std::vector<float> expected = operands_.result();
        std::vector<Candidate> right;
        for (Candidate& c : candidates_) {
            stop_if_asked();
            settings_.progress({"checking", int(&c - &candidates_[0]) + 1, int(candidates_.size()),
                                int(right.size()), 1.0, ""});
            if (const std::string wrong = check_candidate(c, expected); wrong.empty())
                right.push_back(c);
            else
                settings_.warn("kernel " + c.symbol + " is left out: " + wrong);
        }
        candidates_ = std::move(right);
        if (candidates_.empty()) throw std::runtime_error("no kernel is right");
    }

    std::string check_candidate(Candidate& c, const std::vector<float>& expected) {
        select(c);
        operands_.prepare();
        c.workspace_bytes = operands_.workspace_bytes();
        largest_workspace_ = std::max(largest_workspace_, c.workspace_bytes);
        operands_.run_checked();
        if (operands_.result_is(expected)) return "";
        return c.reorders ? operands_.wrong() : "it changes bits";
    }

    double seconds_of_calls(const Candidate& c, int64_t calls) {
        using Clock = std::chrono::steady_clock;
        select(c);
        const auto start = Clock::now();
        for (int64_t k = 0; k < calls; k++) operands_.run(c.workspace_bytes);
        return std::chrono::duration<double>(Clock::now() - start).count() / double(calls);
    }

    int64_t calls_per_sample() {
        operands_.reserve(largest_workspace_);
        const double once = seconds_of_calls(candidates_[0], 1);
        return std::clamp<int64_t>(int64_t(effort_.sample_seconds / once) + 1, 1, 1000);
    }

    // Short calls three times, for another process may come in between; the shortest counts.
    double sample(Candidate& c) {
        stop_if_asked();
        double seconds = seconds_of_calls(c, calls_);
        for (int k = 1; k < 3 && seconds * double(calls_) < short_seconds; k++)
            seconds = std::min(seconds, seconds_of_calls(c, calls_));
        c.seconds.push_back(seconds);
        return seconds;
    }

    // Everybody once a round, in an order of its own, the choice in force among them. Sorted by gain in the
    // end, without the hopeless ones.
    void race(std::vector<Candidate*>& racing, int rounds, const char* phase) {
        const auto faster = [](const Candidate* a, const Candidate* b) { return a->gain() > b->gain(); };
        for (int round = 0; round < rounds && !racing.empty(); round++) {
            std::vector<Candidate*> order = racing;
            order.push_back(&candidates_[0]);
            for (size_t k = order.size() - 1; k > 0; k--) std::swap(order[k], order[numbers_.below(k + 1)]);
            for (Candidate* c : order) sample(*c);
            for (Candidate* c : racing) c->gains.push_back(candidates_[0].seconds.back() / c->seconds.back());
            std::stable_sort(racing.begin(), racing.end(), faster);
            const double best = std::max(1.0, racing[0]->gain());
            if (racing[0]->gains.size() >= 2)
                while (!racing.empty() && racing.back()->gain() < hopeless * best) racing.pop_back();
            settings_.progress({phase, round + 1, rounds, int(racing.size()), best,
                                best > 1.0 ? racing[0]->symbol : candidates_[0].symbol});
        }
    }

    // Turn by turn, first one, then the other first; up to three times as long while they are too close to
    // call.
    void duel(Candidate& best, layer::TunedRow& row) {
        std::vector<double> gains;
        const auto close = [&] { return row.gain >= least_gain && row.gain - 1.0 <= row.spread; };
        for (int k = 0; k < effort_.last_rounds || (k < 3 * effort_.last_rounds && close()); k++) {
            double one = 0, other = 0;
            if (k % 2)
                other = sample(best), one = sample(candidates_[0]);
            else
                one = sample(candidates_[0]), other = sample(best);
            gains.push_back(one / other);
            settings_.progress({"comparing", k + 1, effort_.last_rounds, 1, median(gains), best.symbol});
            if (k + 1 < effort_.last_rounds) continue;
            row.gain = median(gains);
            row.spread = spread_of_median(gains, numbers_);
        }
        if (row.gain < least_gain || row.gain - 1.0 <= row.spread) return;
        row.kernel = best.symbol;
        row.reorders = best.reorders;
    }

    layer::TunedRow empty_row() const {
        layer::TunedRow row;
        row.operation = operation_;
        row.problem = problem_;
        row.threads = threads();
        row.target = target_;
        row.kernel = row.compared_with = candidates_[0].symbol;
        row.cost_model = cost_model_choice(problem_, operation_);
        row.second_level_cache = second_level_cache();
        row.reorders = candidates_[0].reorders;
        row.may_reorder = settings_.reorders;
        row.rigor = settings_.rigor;
        row.seed = settings_.seed;
        return row;
    }

    const Problem problem_;
    const Operation operation_;
    const TunerSettings& settings_;
    const Effort effort_;
    const char* target_ = "";
    Operands operands_;
    SeededNumbers numbers_;
    std::vector<Candidate> candidates_;  // the choice in force first
    int64_t largest_workspace_ = 0, calls_ = 1;
};

}  // namespace

std::string cost_model_choice(const Problem& problem, Operation operation) {
    TuningChoice choice;
    check(tuning_choice(problem, operation, choice));
    return choice.built_in;
}

layer::TunedRow tune_problem(const Problem& problem, Operation operation, const std::string& in_force,
                             const TunerSettings& settings) {
    return Search(problem, operation, in_force, settings).run();
}

}  // namespace lcn::tool
