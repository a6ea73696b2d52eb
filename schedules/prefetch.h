#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "Halide.h"

namespace lcn::schedules {

// Prefetches `lines` 64-byte lines of `weights` at the start of every iteration of the innermost loop that
// has a term, at
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

    PanelPrefetch(Terms terms, int lines) : terms_(std::move(terms)), lines_(lines) {}

    using IRMutator::mutate;
    Halide::Internal::Stmt mutate(const Halide::Internal::Stmt& statement) override {
        if (std::exchange(begun_, true)) return IRMutator::mutate(statement);
        statement.accept(&all_loops_);
        return IRMutator::mutate(statement);
    }

  protected:
    using IRMutator::visit;

    Halide::Internal::Stmt visit(const Halide::Internal::For* op) override {
        using namespace Halide::Internal;
        const bool beside = std::exchange(has_term_, false);
        loops_.push_back(op->name);
        Stmt body = mutate(op->body);
        if (!has_term_ && is_term(op->name)) {
            has_term_ = true;
            if (const Halide::Expr first = address(); first.defined())
                body = Block::make(prefetch(first), body);
        }
        loops_.pop_back();
        has_term_ |= beside;
        return For::make(op->name, op->min, op->extent, op->for_type, op->partition_policy, op->device_api,
                         body);
    }

  private:
    struct Loops : Halide::Internal::IRVisitor {
        std::vector<std::string> names;

        using IRVisitor::visit;
        void visit(const Halide::Internal::For* op) override {
            names.push_back(op->name);
            IRVisitor::visit(op);
        }
    };

    static bool is_over(const std::string& loop, const std::string& variable) {
        return Halide::Internal::ends_with(loop, "." + variable);
    }

    bool is_term(const std::string& loop) const {
        return std::any_of(terms_.begin(), terms_.end(),
                           [&](const auto& term) { return is_over(loop, term.first); });
    }

    static const std::string* find(const std::vector<std::string>& loops, const std::string& variable) {
        const auto found = std::find_if(loops.begin(), loops.end(),
                                        [&](const std::string& loop) { return is_over(loop, variable); });
        return found == loops.end() ? nullptr : &*found;
    }

    // Undefined in a copy of the loop where one round it is gone: Halide peels the last tile of a loop. There
    // nothing is fetched; without that term some lines would be fetched again and others never. A loop that
    // is nowhere has one iteration, as in kernels for calls of one shape.
    Halide::Expr address() const {
        Halide::Expr sum = scalar("prefetch_start");
        for (const auto& [variable, argument] : terms_)
            if (const std::string* name = find(loops_, variable))
                sum += Halide::Internal::Variable::make(Halide::Int(32), *name) * scalar(argument);
            else if (find(all_loops_.names, variable))
                return {};
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

    Terms terms_;
    int lines_;
    std::vector<std::string> loops_;  // round the statement at hand
    Loops all_loops_;
    bool begun_ = false;
    bool has_term_ = false;  // a loop in the statement at hand
};

// What lowering leaves of the loops does not tell a loop of one iteration from a wrong name.
inline void check_loop(const Halide::Pipeline& pipeline, const std::string& variable) {
    std::vector<Halide::Internal::Function> outputs;
    for (const Halide::Func& output : pipeline.outputs()) outputs.push_back(output.function());
    for (const auto& [name, function] : Halide::Internal::build_environment(outputs))
        for (const Halide::Internal::Definition& update : function.updates())
            for (const Halide::Internal::Dim& dimension : update.schedule().dims())
                if (Halide::Internal::ends_with("." + dimension.var, "." + variable)) return;
    throw Halide::CompileError("prefetch: no loop over " + variable);
}

inline void add_panel_prefetch(Halide::Pipeline pipeline, PanelPrefetch::Terms terms, int lines) {
    if (lines == 0) return;
    for (const auto& [variable, argument] : terms) check_loop(pipeline, variable);
    auto* pass = new PanelPrefetch(std::move(terms), lines);
    pipeline.add_custom_lowering_pass(pass, [pass] { delete pass; });
}

}  // namespace lcn::schedules
