#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "Halide.h"

namespace lcn::schedules {

// The scalars that straight-line code loads, neighbours together.
class Scalars : public Halide::Internal::IRVisitor {
  public:
    // Loads by their distance, in elements, from the first that was found.
    using Neighbours = std::map<int64_t, Halide::Expr>;

    std::vector<Neighbours> rows;
    std::set<std::string> stored;  // buffers that the code writes
    bool branches = false;

  protected:
    using IRVisitor::visit;

    void visit(const Halide::Internal::For*) override { branches = true; }
    void visit(const Halide::Internal::IfThenElse*) override { branches = true; }

    void visit(const Halide::Internal::Store* op) override {
        stored.insert(op->name);
        IRVisitor::visit(op);
    }

    void visit(const Halide::Internal::Load* op) override {
        if (op->type == Halide::Float(32) && is_const_one(op->predicate)) add(op);
        IRVisitor::visit(op);
    }

  private:
    void add(const Halide::Internal::Load* scalar) {
        using namespace Halide::Internal;
        for (Neighbours& row : rows) {
            const auto* first = row.at(0).as<Load>();
            if (first->name != scalar->name) continue;
            if (const auto distance = as_const_int(simplify(scalar->index - first->index))) {
                row.emplace(*distance, scalar);
                return;
            }
        }
        rows.push_back({{0, scalar}});
    }
};

// Loads four neighbouring scalars of straight-line code as one vector, and uses its lanes: a multiply-add
// takes a lane as it is, while a scalar that is loaded and broadcast (`ld1r`) costs a slot of the vector
// pipes. All four are read anyway, so nothing outside the buffer is touched; what is read under a condition,
// as in the guarded rest of an unrolled loop, stays scalar, and so do fewer: of two lanes the compiler makes
// more moves than it saves loads.
class LaneLoads : public Halide::Internal::IRMutator {
  protected:
    using IRMutator::visit;

    Halide::Internal::Stmt visit(const Halide::Internal::For* op) override {
        return Halide::Internal::For::make(op->name, op->min, op->extent, op->for_type, op->partition_policy,
                                           op->device_api, in_lanes(op->body));
    }

    Halide::Expr visit(const Halide::Internal::Load* op) override {
        const auto lane = lanes_.find(op);
        return lane == lanes_.end() ? IRMutator::visit(op) : lane->second;
    }

  private:
    static constexpr int width = 4;

    Halide::Internal::Stmt in_lanes(const Halide::Internal::Stmt& body) {
        Scalars scalars;
        body.accept(&scalars);
        if (scalars.branches) return mutate(body);
        for (const auto& row : scalars.rows)
            for (const auto& [distance, scalar] : row)
                if (!scalars.stored.count(scalar.as<Halide::Internal::Load>()->name) &&
                    are_scalars(row, distance))
                    load(row, distance);
        Halide::Internal::Stmt result = mutate(body);
        for (const auto& [name, vector] : vectors_)
            result = Halide::Internal::LetStmt::make(name, vector, result);
        lanes_.clear(), vectors_.clear();
        return result;
    }

    // Whether there are four neighbours from `distance` on that are no lanes yet.
    bool are_scalars(const Scalars::Neighbours& row, int64_t distance) const {
        for (int lane = 0; lane < width; lane++) {
            const auto scalar = row.find(distance + lane);
            if (scalar == row.end() || lanes_.count(scalar->second)) return false;
        }
        return true;
    }

    void load(const Scalars::Neighbours& row, int64_t distance) {
        using namespace Halide::Internal;
        const auto* first = row.at(distance).as<Load>();
        const std::string name = unique_name(first->name + ".lanes");
        const Halide::Type type = first->type.with_lanes(width);
        vectors_[name] = Load::make(type, first->name, Ramp::make(first->index, 1, width), first->image,
                                    first->param, const_true(width), ModulusRemainder());
        for (int lane = 0; lane < width; lane++)
            lanes_[row.at(distance + lane)] = Shuffle::make_extract_element(Variable::make(type, name), lane);
    }

    // What replaces a scalar, and the vectors to load before.
    std::map<Halide::Expr, Halide::Expr, Halide::Internal::IRDeepCompare> lanes_;
    std::map<std::string, Halide::Expr> vectors_;
};

inline void add_lane_loads(Halide::Pipeline pipeline) {
    auto* pass = new LaneLoads;
    pipeline.add_custom_lowering_pass(pass, [pass] { delete pass; });
}

}  // namespace lcn::schedules
