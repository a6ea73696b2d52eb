#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "Halide.h"

namespace lcn::schedules {

// Prefetches `lines` 64-byte lines of `weights` at the start of every iteration of the loop `loop`, at
//
//   prefetch_start + sum over terms of (loop variable * scalar argument)   [elements]
//
// so that a whole weight panel is fetched exactly once while the panel before it is used. Halide's own
// prefetch() directive cannot say this: it computes the region of the producer's iteration, whose outer loops
// it does not see (measured: the emitted address is the current line). The runtime knows the loop extents and
// sets the scalars.
class PanelPrefetch : public Halide::Internal::IRMutator {
  public:
    // A loop is named by its variable, the end of its full name "stage.s1.variable".
    using Terms = std::vector<std::pair<std::string, std::string>>;

    PanelPrefetch(std::string loop, Terms terms, int lines)
        : loop_(std::move(loop)), terms_(std::move(terms)), lines_(lines) {}

  protected:
    using IRMutator::visit;

    Halide::Internal::Stmt visit(const Halide::Internal::For* op) override {
        using namespace Halide::Internal;
        loops_.push_back(op->name);
        Stmt body = mutate(op->body);
        if (ends_with(op->name, "." + loop_)) {
            const Halide::Expr first = address();
            missed_ |= !first.defined();
            fetches_ |= first.defined();
            if (first.defined()) body = Block::make(prefetch(first), body);
        }
        loops_.pop_back();
        if (loops_.empty() && missed_ && !fetches_)
            throw Halide::CompileError("prefetch: a term's loop is not round " + loop_);
        return For::make(op->name, op->min, op->extent, op->for_type, op->partition_policy, op->device_api,
                         body);
    }

  private:
    // Undefined in a copy of the loop where one round it is gone: Halide peels the last tile of a loop. There
    // nothing is fetched; without that term some lines would be fetched again and others never.
    Halide::Expr address() const {
        Halide::Expr sum = scalar("prefetch_start");
        for (const auto& [variable, argument] : terms_) {
            const auto name = std::find_if(loops_.begin(), loops_.end(), [&](const std::string& loop) {
                return Halide::Internal::ends_with(loop, "." + variable);
            });
            if (name == loops_.end()) return {};
            sum += Halide::Internal::Variable::make(Halide::Int(32), *name) * scalar(argument);
        }
        return sum;
    }

    Halide::Internal::Stmt prefetch(const Halide::Expr& first) const {
        using namespace Halide::Internal;
        const int line_elements = 16;
        std::vector<Stmt> all;
        for (int line = 0; line < lines_; line++) {
            const Halide::Expr element = simplify(first + line * line_elements);
            const Halide::Expr base = Variable::make(Halide::Handle(), "weights");
            all.push_back(Evaluate::make(Call::make(Halide::Float(32), Call::prefetch,
                                                    {base, element, 1, line_elements}, Call::Intrinsic)));
        }
        return Block::make(all);
    }

    static Halide::Expr scalar(const std::string& name) {
        return Halide::Internal::Variable::make(Halide::Int(32), name);
    }

    std::string loop_;
    Terms terms_;
    int lines_;
    std::vector<std::string> loops_;
    bool missed_ = false, fetches_ = false;
};

inline void add_panel_prefetch(Halide::Pipeline pipeline, std::string loop, PanelPrefetch::Terms terms,
                               int lines) {
    if (lines == 0) return;
    auto* pass = new PanelPrefetch(std::move(loop), std::move(terms), lines);
    pipeline.add_custom_lowering_pass(pass, [pass] { delete pass; });
}

}  // namespace lcn::schedules
