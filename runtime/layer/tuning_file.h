// The files of tunings in memory; lcn/tuning_file.h is what programs see of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "machine.h"
#include "tuning_row.h"

namespace lcn::layer {

constexpr int tuning_schema = 2;

// A number that differs between libraries with different kernels.
std::string kernel_set();

struct TunedMachine {
    Machine machine;
    std::vector<TunedRow> rows;
};

struct TuningFile {
    std::string kernels = kernel_set();  // of the library whose kernels the rows name
    std::vector<TunedMachine> machines;

    TunedMachine& of(const Machine& machine);  // added where there is none
};

// Whose kernels a file may name: of this library alone, or also of another build of the same version, as
// tuning for another machine needs it.
enum class KernelsOf { this_library, any_library };

// Throw std::runtime_error with the reason. Every row has passed check_rows().
TuningFile parse_tuning_file(std::string_view text, KernelsOf whose = KernelsOf::this_library);
// The reason begins with the path.
TuningFile read_tuning_file(const std::string& path, KernelsOf whose = KernelsOf::this_library);

// Throws std::runtime_error where a reader would refuse the file with one more entry of the machine, one of it.
void check_room(const TuningFile& file, const TunedMachine& machine);

std::string tuning_file_text(const TuningFile& file);
// Throws std::runtime_error, and leaves what is there, when the file would be larger than a reader takes.
void write_tuning_file(const std::string& path, const TuningFile& file);

TuningEntry entry_of(const TunedRow& row, TuningOrigin origin);  // points into the row

// Throws what is wrong with rows for a library with the kernels of that number. Of this library all is known
// (check_tuning()), and every kernel must be one of the row's pass and target; of another one kernels must at
// least be named as such.
void check_rows(const std::vector<TunedRow>& rows, const std::string& kernels);

// Those for this machine. Throws when no machine of the file is like it, or rows reorder that must not.
std::vector<TuningEntry> entries_for(const TuningFile& file, const Machine& here, bool reorders);

}  // namespace lcn::layer
