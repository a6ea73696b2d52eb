// Tuned choices: which of the kernels that are built in does the work of a pass on a problem. `lcn tune`
// finds them, docs/tuning.md has the rules; lcn/tuning_file.h reads its files.
//
// Each entry names one kernel. Calls on its problem use that kernel for every piece of the work that it
// accepts, and the usual choices for the rest: other operations of kernels, borders, the last filters. A
// tuning never changes a result: where the named kernel would sum in another order than the usual choice, it
// is not used, unless its entry says `reorders`. Nor does it make a call fail: workspace_bytes() is enough
// whatever tuning there is when the pass is called.
//
// To look it up takes a call well under 0.1 us. All functions may
// be called from several threads at once and while passes run; each call uses the one tuning or the other.
// Libraries that lcn_add_layer() makes have kernels and choices of their own, which no tuning reaches.
#ifndef LCN_TUNING_H
#define LCN_TUNING_H

#include "lcn/lcn.h"

namespace lcn {

// On what machine an entry was measured, compared with this one.
enum class TuningOrigin { this_machine, same_microarchitecture, same_features };

struct TuningEntry {
    Operation operation = Operation::forward;
    Problem problem;          // its activation and its batch strides do not count
    int threads = 1;          // of the library
    const char* target = "";  // a processor's
    const char* kernel = "";  // symbol; null or "": the cost model's choice is the best
    TuningOrigin origin = TuningOrigin::this_machine;
    bool reorders = false;  // also where the sum has another order: bits may depend on this entry
};

// The most entries of a tuning.
constexpr int64_t max_tuning_entries = 10'000;

// Ok, or what is wrong with the first wrong entry: an unknown target or kernel, a kernel of another target or
// pass, a device, a problem that is none, a number of threads outside 1 to 1024, the same problem twice from
// the same origin.
LCN_API Status check_tuning(const TuningEntry* entries, int64_t count);

// Replaces the tuning of all calls that begin from now on, after the same check; when that fails, the one
// before stays. No entries: no tuning. The entries are copied. Calls that run may still look at the tuning
// before, so the memory of every tuning, about 250 bytes per entry, is kept until the program ends.
LCN_API Status set_tuning(const TuningEntry* entries, int64_t count);
LCN_API int64_t tuning_entries();  // of the present one

// Which entry applies to a call, by the first of these that finds one.
enum class TuningRule {
    this_machine,            // the same problem and threads, measured on this machine,
    same_microarchitecture,  // on one of the same family and model,
    same_features,           // on one with the same features
    library_table,          // the same problem in the library's own table, one thread or several
    nearest,                 // the nearest problem of the same regime, when the cost model agrees
    built_in                 // none: the cost model's choice
};

struct TuningChoice {
    TuningRule rule = TuningRule::built_in;
    int64_t entry = -1;         // index of the entry, where there is one
    const char* wanted = "";    // its kernel, or the table's; "": the cost model's choice
    const char* kernel = "";    // what does most of the work of a call
    const char* built_in = "";  // the cost model's choice
    const char* why_not = "";   // why that is not `wanted`, when it is not
};

// What a call of `operation` on `problem` would use now. On a device nothing is tuned: `kernel` is "".
LCN_API Status tuning_choice(const Problem& problem, Operation operation, TuningChoice& choice);

// For tuners: calls choose as if an entry named this kernel for every problem, whatever tuning there is, and
// tuning_choice() then tells whether `kernel` would do the work. "": the cost model's choice. Null: as usual.
// Not to be called at once with set_tuning() or itself.
LCN_API Status try_kernel(const char* symbol, bool reorders);

}  // namespace lcn

#endif
