#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tune/task.h"
#include "tune/tune.h"
#include "tuning_file.h"

namespace lcn::tool {

// The file as it is, or a new one, for the library whose kernels have that number. Throws std::runtime_error
// when it is for another.
layer::TuningFile tuning_so_far(const std::string& path, const std::string& kernels);

// The last that is said on standard output: all of `rows` as JSON, or why it stopped ("": it did not).
void say_end(const TuneOptions& options, const nlohmann::ordered_json& rows, const std::string& stopped,
             bool found);

// What `lcn tune` found on one machine: the rows in the user's file, and what is said of them on standard
// output.
class Results {
  public:
    // `target` and `threads` are those of the machine that measures.
    Results(const TuneOptions& options, layer::TuningFile file, const layer::Machine& machine,
            const std::string& target, int threads);
    Results(const Results&) = delete;
    Results& operator=(const Results&) = delete;

    // Whether the file has the task, measured with the same rigor or more, when the cost model chose the
    // same; then that is reported. `cost_model`: its choice now, "" where nobody knows. Throws
    // std::runtime_error where the file cannot take it up.
    bool has(const Task& task, const std::string& cost_model);
    // Adds to the file as it is now: another program may have added to it since.
    void keep(layer::TunedRow row, const Task& task);
    void end(const std::string& stopped);  // "": all was measured

    layer::TunedRow row_of(const Task& task) const;  // with nothing measured

  private:
    layer::TunedMachine& mine() { return file_.of(machine_); }
    layer::TunedRow* find(const Task& task);
    void need_room();  // for one row more
    void put(const layer::TunedRow& row, const Task& task);
    void report(const Task& task, const layer::TunedRow& row, const std::string& note);

    const TuneOptions& options_;
    layer::TuningFile file_;
    const layer::Machine machine_;
    const std::string target_;
    const int threads_;
    nlohmann::ordered_json rows_ = nlohmann::ordered_json::array();
};

}  // namespace lcn::tool
