#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "Halide.h"

namespace lcn::schedules {

// Keeps a Func that is computed per block, outside the loop over threads, in the registers of the threads:
// each thread has those elements that it alone writes and reads. A register tile can then live through the
// barriers of a loop that fills shared memory for all threads.
//
// Halide gives every thread room for the whole block's elements and addresses them by thread, which no
// register can be. In the addresses of this Func the pass puts 0 for every thread index, so that all threads
// use the same few elements of their own room, and leaves out the rest.
class ThreadRegisters : public Halide::Internal::IRMutator {
  public:
    explicit ThreadRegisters(std::string func) : func_(std::move(func)) {}

  protected:
    using IRMutator::visit;

    Halide::Internal::Stmt visit(const Halide::Internal::Allocate* op) override {
        // A name may have gained a suffix.
        if (op->name != func_ && !Halide::Internal::starts_with(op->name, func_ + "."))
            return IRMutator::visit(op);
        allocation_ = op->name;
        const Halide::Internal::Stmt body = mutate(op->body);
        return Halide::Internal::Allocate::make(op->name, op->type, op->memory_type, {elements_},
                                                op->condition, body, op->new_expr, op->free_function);
    }

    Halide::Internal::Stmt visit(const Halide::Internal::For* op) override {
        if (op->for_type == Halide::Internal::ForType::GPUThread) values_[op->name] = 0;
        return IRMutator::visit(op);
    }

    // Addresses are spread over lets.
    Halide::Internal::Stmt visit(const Halide::Internal::LetStmt* op) override { return visit_let(op); }
    Halide::Expr visit(const Halide::Internal::Let* op) override { return visit_let(op); }

    Halide::Expr visit(const Halide::Internal::Load* op) override {
        if (op->name != allocation_) return IRMutator::visit(op);
        return Halide::Internal::Load::make(op->type, op->name, address(op->index, op->type.lanes()),
                                            op->image, op->param, op->predicate, op->alignment);
    }

    Halide::Internal::Stmt visit(const Halide::Internal::Store* op) override {
        if (op->name != allocation_) return IRMutator::visit(op);
        return Halide::Internal::Store::make(op->name, mutate(op->value),
                                             address(op->index, op->value.type().lanes()), op->param,
                                             op->predicate, op->alignment);
    }

  private:
    template <typename L>
    decltype(L::body) visit_let(const L* op) {
        const Halide::Expr value = mutate(op->value);
        values_[op->name] = own(value);
        return L::make(op->name, value, mutate(op->body));
    }

    Halide::Expr own(const Halide::Expr& value) const {
        return Halide::Internal::simplify(Halide::Internal::substitute(values_, value));
    }

    // The address of an element of this thread: a constant, or no register can hold it.
    Halide::Expr address(const Halide::Expr& index, int lanes) {
        const Halide::Expr mine = own(index);
        const auto* ramp = mine.as<Halide::Internal::Ramp>();
        const auto first = Halide::Internal::as_const_int(ramp ? ramp->base : mine);
        if (!first) throw Halide::CompileError("not in registers: " + func_);
        elements_ = std::max(elements_, int(*first) + lanes);
        return mine;
    }

    std::string func_, allocation_;
    int elements_ = 0;
    std::map<std::string, Halide::Expr> values_;
};

inline void keep_in_registers(Halide::Pipeline pipeline, const Halide::Func& func) {
    auto* pass = new ThreadRegisters(func.name());
    pipeline.add_custom_lowering_pass(pass, [pass] { delete pass; });
}

}  // namespace lcn::schedules
