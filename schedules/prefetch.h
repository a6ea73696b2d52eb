#pragma once

#include <map>
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
    // A loop is named by the end of its full name, "stage.s1.variable".
    using Terms = std::vector<std::pair<std::string, std::string>>;

    PanelPrefetch(std::string loop, Terms terms, int lines)
        : loop_(std::move(loop)), terms_(std::move(terms)), lines_(lines) {}

  protected:
    using IRMutator::visit;

    Halide::Internal::Stmt visit(const Halide::Internal::For* op) override {
        using namespace Halide::Internal;
        loops_.push_back(op->name);
        Stmt body = mutate(op->body);
        if (ends_with(op->name, loop_)) body = Block::make(prefetch(), body);
        loops_.pop_back();
        return For::make(op->name, op->min, op->extent, op->for_type, op->partition_policy, op->device_api,
                         body);
    }

  private:
    Halide::Internal::Stmt prefetch() const {
        using namespace Halide::Internal;
        const int line_elements = 16;
        Halide::Expr address = scalar("prefetch_start");
        for (const auto& [suffix, argument] : terms_)
            for (const std::string& name : loops_)
                if (ends_with(name, suffix))
                    address += Variable::make(Halide::Int(32), name) * scalar(argument);
        std::vector<Stmt> all;
        for (int line = 0; line < lines_; line++) {
            const Halide::Expr element = simplify(address + line * line_elements);
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
};

inline void add_panel_prefetch(Halide::Pipeline pipeline, std::string loop, PanelPrefetch::Terms terms,
                               int lines) {
    if (lines == 0) return;
    auto* pass = new PanelPrefetch(std::move(loop), std::move(terms), lines);
    pipeline.add_custom_lowering_pass(pass, [pass] { delete pass; });
}

}  // namespace lcn::schedules
