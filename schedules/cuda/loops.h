#pragma once

#include <set>
#include <string>

#include "Halide.h"

namespace lcn::schedules {

// What a kernel stores in itself, by the names of allocations: of all, and of those that a group of threads
// shares.
struct KernelMemory {
    std::set<std::string> own, shared;
};

// What a statement has in it.
struct Contents : Halide::Internal::IRVisitor {
    template <typename Node>
    Contents(const Node& node, const KernelMemory& memory) : memory_(memory) {
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
    const KernelMemory& memory_;
};

// The one loop in lets and conditions; null: there is more.
inline const Halide::Internal::For* loop_in(const Halide::Internal::Stmt& statement) {
    namespace ir = Halide::Internal;
    if (const auto* op = statement.as<ir::LetStmt>()) return loop_in(op->body);
    if (const auto* op = statement.as<ir::IfThenElse>(); op && !op->else_case.defined())
        return loop_in(op->then_case);
    return statement.as<ir::For>();
}

// How many loops a loop is that loads for each turn, and those around it that hold nothing else; 0:
// another loop.
inline int nest(const Halide::Internal::For* op, const KernelMemory& memory) {
    if (op->for_type != Halide::Internal::ForType::Serial) return 0;
    const Contents inside(op->body, memory);
    if (!inside.loads) return 0;
    const auto* inner = loop_in(op->body);
    if (!inner) return inside.nested ? 0 : 1;
    const int loops = nest(inner, memory);
    return loops ? loops + 1 : 0;
}

}  // namespace lcn::schedules
