#pragma once

#include <set>
#include <string>
#include <vector>

#include "kernel_table.h"

namespace lcn::planner {

// The tuned choices of the user's file that are for the layer: they come before those of lcn's own table.
class FileChoices : public TunedChoices {
  public:
    // A choice is a row of tuned.inc, separated by commas: target, pass, whether several threads, images,
    // sizes, padding, data format, kernel. The kernel `-` is the cost model's.
    FileChoices(const KernelTable& table, const std::vector<std::vector<std::string>>& choices);

    // What applies from now on: the choices, or the cost model alone.
    void set_applied(bool applied) { applied_ = applied; }
    bool take_found();  // whether a kernel was wanted since the last time

    // The kernel of a choice for one of these batches that is not in `planned`: it does not do the layer's
    // work. Null: all are there.
    const char* not_planned(const std::vector<int64_t>& batches, const std::set<std::string>& planned) const;

  private:
    static Wanted wanted(const TunedChoices& choices, const KernelTable& table, const Geometry& g,
                         Operation operation, int target);
    Wanted find(const KernelTable& table, const Geometry& g, Operation operation, int target) const;

    const KernelTable& table_;
    std::vector<TunedRow> rows_;  // kernel -1: the cost model's
    bool applied_ = true;
    mutable bool found_ = false;
};

}  // namespace lcn::planner
