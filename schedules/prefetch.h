#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "Halide.h"

namespace lcn::schedules {

// An argument of a kernel.
inline Halide::Expr scalar(const std::string& name) {
    return Halide::Internal::Variable::make(Halide::Int(32), name);
}

// Prefetches 64-byte lines at the start of every iteration of the innermost loop that has a term. With
//
//   place = start + sum over terms of (loop variable * scalar argument)
//
// these are `lines` lines of `weights` from element `place` on, so that a whole weight panel is fetched
// exactly once while the panel before it is used; or one line of what a pointer is to. Halide's own
// prefetch() directive cannot say this: it computes the region of the producer's iteration, whose outer loops
// it does not see (measured: the emitted address is the current line). The runtime knows the loop extents and
// sets the scalars.
class Prefetch : public Halide::Internal::IRMutator {
  public:
    // A loop is named by its variable, the end of its full name "stage.s1.variable".
    using Terms = std::vector<std::pair<std::string, std::string>>;

    struct Lines {
        Halide::Expr base;                                   // a pointer
        std::string start;                                   // a scalar argument
        int count;                                           // of lines
        Halide::Expr (*element)(const Halide::Expr& place);  // where the first begins
    };

    Prefetch(Terms terms, Lines lines) : terms_(std::move(terms)), lines_(std::move(lines)) {}

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
        Halide::Expr sum = scalar(lines_.start);
        for (const auto& [variable, argument] : terms_)
            if (const std::string* name = find(loops_, variable))
                sum += Halide::Internal::Variable::make(Halide::Int(32), *name) * scalar(argument);
            else if (find(all_loops_.names, variable))
                return {};
        return lines_.element(sum);
    }

    Halide::Internal::Stmt prefetch(const Halide::Expr& first) const {
        using namespace Halide::Internal;
        const int line_elements = 16;
        std::vector<Stmt> all;
        for (int line = 0; line < lines_.count; line++) {
            const Halide::Expr element = simplify(first + line * line_elements);
            all.push_back(
                Evaluate::make(Call::make(Halide::Float(32), Call::prefetch,
                                          {lines_.base, element, 1, line_elements}, Call::Intrinsic)));
        }
        return Block::make(all);
    }

    Terms terms_;
    Lines lines_;
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

inline void add_prefetch(Halide::Pipeline pipeline, Prefetch::Terms terms, Prefetch::Lines lines) {
    for (const auto& [variable, argument] : terms) check_loop(pipeline, variable);
    auto* pass = new Prefetch(std::move(terms), std::move(lines));
    pipeline.add_custom_lowering_pass(pass, [pass] { delete pass; });
}

inline void add_panel_prefetch(Halide::Pipeline pipeline, Prefetch::Terms terms, int lines) {
    if (lines == 0) return;
    const Halide::Expr weights = Halide::Internal::Variable::make(Halide::Handle(), "weights");
    add_prefetch(pipeline, std::move(terms),
                 {weights, "prefetch_start", lines, [](const Halide::Expr& place) { return place; }});
}

// What the caller brings together next.
inline Halide::Expr upcoming_base() {
    return Halide::reinterpret(Halide::Handle(),
                               Halide::Internal::Variable::make(Halide::UInt(64), "upcoming_base"));
}

// Its element `place`.
inline void add_upcoming_prefetch(Halide::Pipeline pipeline, Prefetch::Terms terms) {
    add_prefetch(pipeline, std::move(terms),
                 {upcoming_base(), "upcoming_start", 1, [](const Halide::Expr& place) { return place; }});
}

// Its line place / 256, where a line of every image comes before the next lines; with a power of two images.
inline void add_upcoming_image_prefetch(Halide::Pipeline pipeline, Prefetch::Terms terms) {
    add_prefetch(pipeline, std::move(terms),
                 {upcoming_base(), "upcoming_start", 1, [](const Halide::Expr& place) {
                      const Halide::Expr line = place >> 8, image = line & scalar("upcoming_last_image");
                      const Halide::Expr of_image =
                          Halide::min(line >> scalar("upcoming_images_log2"), scalar("upcoming_last_line"));
                      return image * scalar("upcoming_image") + of_image * 16;
                  }});
}

}  // namespace lcn::schedules
