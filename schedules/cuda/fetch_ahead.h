#pragma once

#include <set>
#include <string>
#include <vector>

#include "Halide.h"

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
        const int loops = nest(op);
        if (loops == 0 || loops > loops_) return IRMutator::visit(op);
        const Loop loop = ahead(op, {});
        return ir::Allocate::make(fetched, Halide::Float(32), Halide::MemoryType::Register, {elements_},
                                  ir::const_true(),
                                  ir::Block::make({loop.first, loop.turns, ir::Free::make(fetched)}));
    }

  private:
    static constexpr const char* fetched = "fetched";

    // A turn of the loop: memory to registers, registers to shared memory, and all else. Each may be
    // undefined.
    struct Turn {
        Stmt fetch, put, rest;
    };

    // `first` fetches the first turn of a loop.
    struct Loop {
        Stmt first, turns;
    };

    struct Memory {
        std::set<std::string> own, shared;  // of the kernel, and of its groups
    };

    // What a statement has in it.
    struct Contents : Halide::Internal::IRVisitor {
        template <typename Node>
        Contents(const Node& node, const Memory& memory) : memory_(memory) {
            node.accept(this);
        }
        bool turns() const { return loads || barrier; }
        using IRVisitor::visit;
        void visit(const Halide::Internal::Load* op) override {
            loads = loads || memory_.own.count(op->name) == 0;
            IRVisitor::visit(op);
        }
        void visit(const Halide::Internal::Call* op) override {
            if (op->is_intrinsic(Halide::Internal::Call::gpu_thread_barrier)) barrier = true;
            IRVisitor::visit(op);
        }
        void visit(const Halide::Internal::For* op) override {
            nested = nested || Contents(op->body, memory_).turns();
            IRVisitor::visit(op);
        }

        bool loads = false, barrier = false;  // loads: from memory that is not the kernel's own
        bool nested = false;                  // a loop with either

      private:
        const Memory& memory_;
    };

    // The one loop in lets and conditions; null: there is more.
    static const Halide::Internal::For* loop_in(const Stmt& statement) {
        namespace ir = Halide::Internal;
        if (const auto* op = statement.as<ir::LetStmt>()) return loop_in(op->body);
        if (const auto* op = statement.as<ir::IfThenElse>(); op && !op->else_case.defined())
            return loop_in(op->then_case);
        return statement.as<ir::For>();
    }

    // How many loops a loop is that loads for each turn, and those around it that hold nothing else; 0:
    // another loop.
    int nest(const Halide::Internal::For* op) const {
        if (op->for_type != Halide::Internal::ForType::Serial) return 0;
        const Contents inside(op->body, memory_);
        if (!inside.loads) return 0;
        const auto* inner = loop_in(op->body);
        if (!inner) return inside.nested ? 0 : 1;
        const int loops = nest(inner);
        return loops ? loops + 1 : 0;
    }

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
            elements_ = 0;
            const Turn turn = split(op->body);
            first = turn.fetch;
            body = shares ? ir::Block::make({turn.put, barrier_, then(first), turn.rest, barrier_})
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

    static Stmt both(const Stmt& a, const Stmt& b) {
        if (!a.defined() || !b.defined()) return a.defined() ? a : b;
        return Halide::Internal::Block::make(a, b);
    }

    // `wrap` around each part that is there.
    template <typename Wrap>
    static Turn wrapped(const Turn& turn, Wrap&& wrap) {
        auto each = [&](const Stmt& part) { return part.defined() ? wrap(part) : part; };
        return {each(turn.fetch), each(turn.put), each(turn.rest)};
    }

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
    struct Fetches : IRMutator {
        explicit Fetches(FetchAhead& pass) : pass_(pass) {}
        using IRMutator::visit;
        Expr visit(const Halide::Internal::Load* op) override {
            if (pass_.memory_.own.count(op->name)) return IRMutator::visit(op);
            const int first = pass_.elements_;
            pass_.elements_ += op->type.lanes();
            stores = both(stores, store(fetched, first, op));
            return load(fetched, first, op->type);
        }
        Stmt stores;

      private:
        FetchAhead& pass_;
    };

    int loops_;
    Memory memory_;
    Stmt barrier_;
    int elements_ = 0;
};

inline void fetch_ahead(Halide::Pipeline pipeline, int loops) {
    auto* pass = new FetchAhead(loops);
    pipeline.add_custom_lowering_pass(pass, [pass] { delete pass; });
}

}  // namespace lcn::schedules
