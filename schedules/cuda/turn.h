#pragma once

#include <utility>

#include "schedules/cuda/loops.h"

namespace lcn::schedules {

// One after the other; either may be undefined.
inline Halide::Internal::Stmt both(const Halide::Internal::Stmt& a, const Halide::Internal::Stmt& b) {
    if (!a.defined() || !b.defined()) return a.defined() ? a : b;
    return Halide::Internal::Block::make(a, b);
}

// A turn of the loop: memory to registers, registers to shared memory, and all else. Each may be
// undefined.
struct Turn {
    Halide::Internal::Stmt fetch, put, rest;
};

// Splits what a loop does in a turn. What is fetched goes into the registers `fetched`.
class TurnSplitter {
  public:
    using Stmt = Halide::Internal::Stmt;

    explicit TurnSplitter(const KernelMemory& memory) : memory_(memory) {}

    static constexpr const char* fetched = "fetched";

    Turn split(const Stmt& statement) {
        namespace ir = Halide::Internal;
        if (const auto* op = statement.as<ir::Store>()) return split_store(op);
        if (!Contents(statement, memory_).turns()) return {{}, {}, statement};
        if (const auto* op = statement.as<ir::Block>()) {
            const Turn first = split(op->first), rest = split(op->rest);
            return {both(first.fetch, rest.fetch), both(first.put, rest.put), both(first.rest, rest.rest)};
        }
        if (const auto* op = statement.as<ir::ProducerConsumer>()) return split(op->body);
        if (const auto* op = statement.as<ir::LetStmt>()) return split_let(op);
        if (const auto* op = statement.as<ir::IfThenElse>(); op && !op->else_case.defined())
            return wrapped(split(op->then_case),
                           [&](const Stmt& s) { return ir::IfThenElse::make(op->condition, s); });
        if (statement.as<ir::Evaluate>()) {
            barrier_ = statement;
            return {};
        }
        throw Halide::CompileError("what loads from memory is not unrolled");
    }

    // Of the statements that were split: registers, and the barrier, if there was one.
    int elements() const { return elements_; }
    const Stmt& barrier() const { return barrier_; }

  private:
    using Expr = Halide::Expr;

    // `wrap` around each part that is there.
    template <typename Wrap>
    static Turn wrapped(const Turn& turn, Wrap&& wrap) {
        auto each = [&](const Stmt& part) { return part.defined() ? wrap(part) : part; };
        return {each(turn.fetch), each(turn.put), each(turn.rest)};
    }

    Turn split_store(const Halide::Internal::Store* op) {
        namespace ir = Halide::Internal;
        const bool puts = memory_.shared.count(op->name) > 0;
        Fetches fetches(*this);
        const Stmt store = ir::Store::make(op->name, fetches.mutate(ir::substitute_in_all_lets(op->value)),
                                           op->index, op->param, op->predicate, op->alignment);
        return {fetches.stores, puts ? store : Stmt(), puts ? Stmt() : store};
    }

    // The value of a let may be loaded; it then is no part of an address.
    Turn split_let(const Halide::Internal::LetStmt* op) {
        namespace ir = Halide::Internal;
        Fetches fetches(*this);
        const Expr value = fetches.mutate(op->value);
        const Turn body = split(op->body);
        const Turn turn = wrapped(body, [&](const Stmt& s) { return ir::LetStmt::make(op->name, value, s); });
        return {fetches.stores.defined() ? both(fetches.stores, body.fetch) : turn.fetch, turn.put,
                turn.rest};
    }

    static Expr place(int first, Halide::Type type) {
        if (!type.is_vector()) return first;
        return Halide::Internal::Ramp::make(first, 1, type.lanes());
    }
    static Expr load(const char* name, int first, Halide::Type type) {
        return Halide::Internal::Load::make(type, name, place(first, type), {}, {},
                                            Halide::Internal::const_true(type.lanes()), {});
    }
    static Stmt store(const char* name, int first, const Expr& value) {
        return Halide::Internal::Store::make(name, value, place(first, value.type()), {},
                                             Halide::Internal::const_true(value.type().lanes()), {});
    }

    // Replaces loads from memory by loads from registers, which `stores` fill.
    struct Fetches : Halide::Internal::IRMutator {
        explicit Fetches(TurnSplitter& splitter) : splitter_(splitter) {}
        using IRMutator::visit;
        Expr visit(const Halide::Internal::Load* op) override {
            if (splitter_.memory_.own.count(op->name)) return IRMutator::visit(op);
            const int first = splitter_.elements_;
            splitter_.elements_ += op->type.lanes();
            stores = both(stores, store(fetched, first, op));
            return load(fetched, first, op->type);
        }
        Stmt stores;

      private:
        TurnSplitter& splitter_;
    };

    const KernelMemory& memory_;
    Stmt barrier_;
    int elements_ = 0;
};

}  // namespace lcn::schedules
