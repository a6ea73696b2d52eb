#pragma once

#include "schedules/cuda/turn.h"

namespace lcn::schedules {

// Reads what the next turn of a loop needs while this turn is summed. A loop that fills shared memory,
//
//   for block: shared memory = block; barrier; sums of block; barrier
//
// waits for memory every time, all threads of a group together. It becomes
//
//   registers = block 0
//   for block: shared memory = registers; barrier; registers = block + 1; sums of block; barrier
//
// and a loop that sums what it reads from memory,
//
//   registers = block 0
//   for block: sums of registers; registers = block + 1
//
// which has all loads of a turn in flight together. The last turn fetches the first one of the next turn of
// the loop around it, for so many loops. Only loads move: what else is done to an element is done where it is
// used, for it waits for the load.
class FetchAhead : public Halide::Internal::IRMutator {
  public:
    explicit FetchAhead(int loops) : loops_(loops) {}

  protected:
    using IRMutator::visit;
    using Expr = Halide::Expr;
    using Stmt = Halide::Internal::Stmt;

    Stmt visit(const Halide::Internal::Allocate* op) override {
        memory_.own.insert(op->name);
        if (op->memory_type == Halide::MemoryType::GPUShared) memory_.shared.insert(op->name);
        return IRMutator::visit(op);
    }

    Stmt visit(const Halide::Internal::For* op) override {
        namespace ir = Halide::Internal;
        const int loops = nest(op, memory_);
        if (loops == 0 || loops > loops_) return IRMutator::visit(op);
        const Loop loop = ahead(op, {});
        return ir::Allocate::make(
            TurnSplitter::fetched, Halide::Float(32), Halide::MemoryType::Register, {elements_},
            ir::const_true(),
            ir::Block::make({loop.first, loop.turns, ir::Free::make(TurnSplitter::fetched)}));
    }

  private:
    // `first` fetches the first turn of a loop.
    struct Loop {
        Stmt first, turns;
    };

    // The loop `op`, whose last turn does `after` instead of fetching one more.
    Loop ahead(const Halide::Internal::For* op, const Stmt& after) {
        namespace ir = Halide::Internal;
        const Expr next = ir::Variable::make(Halide::Int(32), op->name) + 1, end = op->min + op->extent;
        // No barrier gets into another condition than it was in.
        auto when = [&](const Expr& condition, const Stmt& s) {
            return s.defined() ? ir::IfThenElse::make(condition, s) : s;
        };
        auto then = [&](const Stmt& fetch) {
            return ir::IfThenElse::make(next < end, ir::substitute(op->name, next, fetch), after);
        };
        Stmt first, body;
        if (const auto* inner = loop_in(op->body)) {
            first = around(op->body, ahead(inner, {}).first, {});
            const Stmt of_next = then(first);
            body = around(op->body, ahead(inner, of_next).turns, of_next);
        } else {
            const bool shares = Contents(op->body, memory_).barrier;
            TurnSplitter splitter(memory_);
            const Turn turn = splitter.split(op->body);
            elements_ = splitter.elements();
            first = turn.fetch;
            body = shares ? ir::Block::make(
                                {turn.put, splitter.barrier(), then(first), turn.rest, splitter.barrier()})
                          : ir::Block::make({turn.rest, then(first)});
        }
        const Stmt turns = ir::For::make(op->name, op->min, op->extent, op->for_type, op->partition_policy,
                                         op->device_api, body);
        return {when(op->extent > 0, ir::substitute(op->name, op->min, first)),
                both(turns, when(op->extent <= 0, after))};
    }

    // `statement`'s lets and conditions around `inner`, or else `otherwise`.
    static Stmt around(const Stmt& statement, const Stmt& inner, const Stmt& otherwise) {
        namespace ir = Halide::Internal;
        if (const auto* op = statement.as<ir::LetStmt>())
            return ir::LetStmt::make(op->name, op->value, around(op->body, inner, otherwise));
        const auto* op = statement.as<ir::IfThenElse>();
        if (!op) return inner;
        const Stmt then = ir::IfThenElse::make(op->condition, around(op->then_case, inner, otherwise));
        return otherwise.defined() ? both(then, ir::IfThenElse::make(!op->condition, otherwise)) : then;
    }

    int loops_;
    KernelMemory memory_;
    int elements_ = 0;
};

inline void fetch_ahead(Halide::Pipeline pipeline, int loops) {
    auto* pass = new FetchAhead(loops);
    pipeline.add_custom_lowering_pass(pass, [pass] { delete pass; });
}

}  // namespace lcn::schedules
