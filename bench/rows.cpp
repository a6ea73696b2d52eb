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

std::vector<Row> all_rows(int all_threads) {
    std::vector<Row> rows;
    for (Operation operation : {Operation::forward, Operation::backward_input, Operation::backward_weights})
        for (const Shape& shape : shapes)
            for (int batch : shape.batches)
                for (int t = 0; t < lcn::target_count(); t++)
                    for (bool cold : {true, false})
                        for (int threads : std::set<int>{1, all_threads})
                            if (batch && lcn::target_info(t).usable &&
                                (shape.trained || operation == Operation::forward))
                                rows.push_back(
                                    {operation, &shape, batch, lcn::target_info(t).name, cold, threads});
    return rows;
}

std::string usual_rows(const std::string& target) {
    return "/" + target + "/cold/threads:1$";
}

}  // namespace bench
