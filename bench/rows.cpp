#include "rows.h"

#include <set>

#include "lcn/kernels.h"

namespace bench {

using lcn::Operation;

const char* name_of(Operation operation) {
    switch (operation) {
        case Operation::forward:
            return "forward";
        case Operation::backward_input:
            return "backward_input";
        case Operation::backward_weights:
            return "backward_weights";
    }
    return "";
}

std::string Row::name() const {
    return std::string(name_of(operation)) + "/f32/" + shape->id + "/N" + std::to_string(batch) + "/" +
           target + (cold ? "/cold" : "/warm") + "/threads:" + std::to_string(threads);
}

namespace {

// Calls add(operation, shape, batch) for every pass of every layer.
template <typename Add>
void for_each_pass(Add&& add) {
    for (Operation operation : {Operation::forward, Operation::backward_input, Operation::backward_weights})
        for (const Shape& shape : shapes)
            for (int batch : shape.batches)
                if (batch && (shape.trained || operation == Operation::forward)) add(operation, shape, batch);
}

}  // namespace

std::vector<Row> all_rows(int all_threads) {
    std::vector<Row> rows;
    for_each_pass([&](Operation operation, const Shape& shape, int batch) {
        for (int t = 0; t < lcn::target_count(); t++) {
            const lcn::TargetInfo target = lcn::target_info(t);
            if (!target.usable || target.device) continue;
            for (bool cold : {true, false})
                for (int threads : std::set<int>{1, all_threads})
                    rows.push_back({operation, &shape, batch, target.name, cold, threads});
        }
    });
    return rows;
}

std::vector<Row> device_rows(const char* target) {
    std::vector<Row> rows;
    for_each_pass([&](Operation operation, const Shape& shape, int batch) {
        rows.push_back({operation, &shape, batch, target, false, 1});
    });
    return rows;
}

std::string usual_rows(const std::string& target) {
    return "/" + target + "/cold/threads:1$";
}

}  // namespace bench
