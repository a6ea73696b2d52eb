#include "tune/task.h"

#include "errors.h"
#include "lcn/device.h"
#include "lcn/kernels.h"
#include "tune/shape.h"
#include "tuning_file.h"

namespace lcn::tool {

std::string task_word(const Task& t) {
    return std::string(layer::name_of(t.operation)) + ":" + shape_text(t.problem) + ":n" +
           std::to_string(t.problem.batch);
}

Task parse_task(const std::string& word) {
    for (const Operation operation :
         {Operation::forward, Operation::backward_input, Operation::backward_weights}) {
        const std::string name = layer::name_of(operation);
        if (word.rfind(name + ":", 0) != 0) continue;
        const Problem p = parse_shape(word.substr(name.size() + 1));
        return {name + " " + shape_text(p) + " N" + std::to_string(p.batch), p, operation};
    }
    refuse_shape(word, "does not begin with a pass, as forward:30x30x64:3x3x32:n8");
}

void check_target_is_tuned() {
    const char* name = "";
    check(target(name));
    if (target_is_device(name))
        throw Refused("target " + std::string(name) + " is a device: only processors are tuned");
}

}  // namespace lcn::tool
