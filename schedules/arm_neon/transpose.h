#pragma once

#include "schedules/transpose_in_registers.h"

namespace lcn::schedules {

// Names what is stored interleaved. Halide stores an interleaving by `st2`, to memory even where the buffer
// is a register, and loads it again; of a named vector it sees no interleaving, and the shuffle stays in
// registers.
class NamedInterleavings : public Halide::Internal::IRMutator {
  protected:
    using IRMutator::visit;

    Halide::Internal::Stmt visit(const Halide::Internal::Store* op) override {
        using namespace Halide::Internal;
        const auto* shuffle = op->value.as<Shuffle>();
        if (!shuffle || !shuffle->is_interleave()) return op;
        const std::string name = unique_name("interleaving");
        const Halide::Expr vector = Variable::make(op->value.type(), name);
        return LetStmt::make(
            name, op->value,
            Store::make(op->name, vector, op->index, op->param, op->predicate, op->alignment));
    }
};

// A block of 4 x 4 in four registers, with as many shuffles per round.
inline void transpose(generators::TransposeStages& s, const generators::Tile& tile,
                      Halide::Pipeline pipeline) {
    transpose_in_registers(s, tile);
    auto* pass = new NamedInterleavings;
    pipeline.add_custom_lowering_pass(pass, [pass] { delete pass; });
}

}  // namespace lcn::schedules
