#pragma once

#include "generators/transpose.h"

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

// A block of 4 x 4 in four registers and as many shuffles per round.
inline void transpose(generators::TransposeStages& s, const generators::Tile& tile,
                      Halide::Pipeline pipeline) {
    s.output.update()
        .allow_race_conditions()  // overlapping blocks write the same bits twice
        .reorder(s.tile[0], s.tile[1], s.tile[2], s.tile[3], s.tile[4])
        .vectorize(s.tile[0])
        .unroll(s.tile[1]);
    int lanes = tile.lanes;
    for (Halide::Func& stage : s.interleaved) {
        stage.compute_at(s.output, s.tile[2])
            .store_in(Halide::MemoryType::Register)
            .bound_extent(s.lane, lanes)
            .vectorize(s.lane, tile.lanes)
            .unroll(s.lane)
            .unroll(s.row);
        lanes *= 2;
    }
    auto* pass = new NamedInterleavings;
    pipeline.add_custom_lowering_pass(pass, [pass] { delete pass; });
}

}  // namespace lcn::schedules
