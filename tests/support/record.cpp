#include "record.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

#include "lcn/kernels.h"

namespace lcn_test {

namespace {

struct Pass {
    long exact = 0, bounded = 0;  // results
    double largest_error = 0;
};

// "pass" target pass exact bounded largest_error, a line each, then "kernel" symbol.
class Record {
  public:
    explicit Record(const char* folder) : folder_(folder ? folder : "") {}
    ~Record() {
        if (folder_.empty() || (passes.empty() && kernels.empty())) return;
        std::ofstream file(folder_ + "/" + std::to_string(getpid()) + ".txt");
        for (const auto& [name, p] : passes)
            file << "pass " << name << " " << p.exact << " " << p.bounded << " " << p.largest_error << "\n";
        for (const std::string& symbol : kernels) file << "kernel " << symbol << "\n";
    }
    bool wanted() const { return !folder_.empty(); }

    std::mutex mutex;
    std::map<std::string, Pass> passes;
    std::set<std::string> kernels;

  private:
    const std::string folder_;
};

Record& record() {
    static Record instance(std::getenv("LCN_TEST_RECORD"));
    return instance;
}

double largest_error(const reference::Sums& expected, const Floats& actual) {
    double largest = 0;
    for (size_t k = 0; k < actual.size(); k++)
        if (expected[k].magnitude > 0)
            largest = std::max(largest,
                               std::abs(actual[k] - expected[k].value) / (0x1p-24 * expected[k].magnitude));
    return largest;
}

}  // namespace

void record_result(const char* operation, bool bounded, const reference::Sums& expected,
                   const Floats& actual) {
    if (!record().wanted()) return;
    const char* target = "";
    lcn::target(target);
    const double error = bounded ? largest_error(expected, actual) : 0;
    const std::lock_guard lock(record().mutex);
    Pass& pass = record().passes[std::string(target) + " " + operation];
    ++(bounded ? pass.bounded : pass.exact);
    pass.largest_error = std::max(pass.largest_error, error);
}

void record_kernel(const std::string& symbol) {
    if (!record().wanted()) return;
    const std::lock_guard lock(record().mutex);
    record().kernels.insert(symbol);
}

}  // namespace lcn_test
