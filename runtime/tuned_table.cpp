#include "tuned_table.h"

namespace lcn {

namespace {

struct Key {
    int64_t numbers[TunedRow::count];

    Key(const Problem& p, Operation operation, int target)
        : numbers{tuned_kind(operation, p.padding, p.data_format, threads() > 1, target),
                  p.batch,
                  p.input_rows,
                  p.input_columns,
                  p.channels,
                  p.filters,
                  p.kernel_rows,
                  p.kernel_columns,
                  p.stride_rows,
                  p.stride_columns} {}

    bool is_of(const TunedRow& row) const {
        bool same = true;
        for (int k = 0; k < TunedRow::count; k++) same = same && row.numbers[k] == numbers[k];
        return same;
    }
};

}  // namespace

bool TunedRow::is_for(const Problem& p, Operation operation, int target) const {
    return Key(p, operation, target).is_of(*this);
}

int TunedTable::find(const Problem& p, Operation operation, int target) const {
    if (!rows) return -1;
    const Key key(p, operation, target);
    for (size_t at = tuned_hash(key.numbers) & mask; places[at] != 0; at = (at + 1) & mask) {
        const TunedRow& row = rows[places[at] - 1];
        if (key.is_of(row)) return row.kernel;
    }
    return -1;
}

}  // namespace lcn
