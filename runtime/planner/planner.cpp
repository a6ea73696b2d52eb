// lcn_planner: which kernels a layer needs. It is the runtime itself on kernels that only record how they are
// called, so what it finds is what the runtime will choose, also for targets of another machine.
//
//   lcn_planner targets=portable operations=forward batches=1,32 input_rows=32 ...  (the fields of
//   lcn::Problem)
//   choice=...                                 (file_choices.h)
//
// prints one kernel a line: its symbol in the table of all kernels, and for a kernel that is to be
// specialised the numbers to fix (generators/buffers.h).
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "call.h"
#include "file_choices.h"
#include "generated_table.h"
#include "parallel.h"
#include "passes.h"
#include "recorder.h"
#include "request.h"

namespace lcn::planner {

namespace {

// Kernels are specialised for calls that do at least this share of the work of a run: trimmed windows at
// borders and pieces of the filters rarely do.
constexpr double least_share = 0.1;

// Any batch, number of threads and cache must find vector tiles.
constexpr int64_t other_batches[] = {1, 2, 4, 8, 16, 32, 64};
constexpr int thread_counts[] = {1, 2, 3, 4, 6, 8, 12, 16, 32, 64};
constexpr int64_t small_cache = 256 << 10, large_cache = 4 << 20;

void check(const Status& status) {
    if (!status.ok()) fail(status.message);
}

// Zeros that take memory only where they are touched, which no kernel does; from a cache line on.
class Zeros {
  public:
    explicit Zeros(int64_t elements) : memory_(std::calloc(size_t(elements) + 32, 4), std::free) {
        if (!memory_) fail("no memory for a tensor of " + std::to_string(elements) + " elements");
    }
    float* data() const {
        return reinterpret_cast<float*>(round_up(reinterpret_cast<intptr_t>(memory_.get()), 64));
    }

  private:
    std::unique_ptr<void, void (*)(void*)> memory_;
};

// The tensors of a layer for one batch, and its calls.
class Layer {
  public:
    Layer(const Request& request, const Geometry& g)
        : p_(g.problem),
          has_bias_(request.bias),
          image_(input_elements(g)),
          output_(output_elements(g)),
          weights_(g.positions * g.panel),
          bias_(g.positions * p_.filters) {}

    void run(const std::string& operation) const {
        if (operation == "forward") return forward();
        if (operation == "backward_input")
            backward_input();
        else
            backward_weights();
        check(activation_gradient(generated_table, p_.activation, 1, image_.data(), output_.data(),
                                  bias_.data()));
    }

  private:
    float* bias() const { return has_bias_ ? bias_.data() : nullptr; }

    template <typename Call>
    void in_workspace(Operation operation, Call&& call) const {
        int64_t bytes = 0;
        check(workspace_bytes(generated_table, p_, operation, bytes));
        const Zeros memory(bytes / 4);
        check(call(Workspace{memory.data(), bytes}));
    }

    void forward() const {
        in_workspace(Operation::forward, [&](Workspace w) {
            return lcn::forward(generated_table, p_, image_.data(), weights_.data(), bias(), output_.data(),
                                nullptr, w);
        });
    }
    void backward_input() const {
        in_workspace(Operation::backward_input, [&](Workspace w) {
            return lcn::backward_input(generated_table, p_, output_.data(), weights_.data(), image_.data(),
                                       w);
        });
    }
    // Whether gradients lie on cache lines decides which kernels stream.
    void backward_weights() const {
        for (const Update update : {Update::overwrite, Update::accumulate})
            for (const int offset : {0, 1})
                in_workspace(Operation::backward_weights, [&](Workspace w) {
                    return lcn::backward_weights(generated_table, p_, image_.data(), output_.data(),
                                                 weights_.data() + offset, bias(), update, w);
                });
    }

    const Problem p_;
    const bool has_bias_;
    const Zeros image_, output_, weights_, bias_;
};

// Kernels by symbol, each with the numbers of its specialised ones.
using Plan = std::map<std::string, std::set<Numbers>>;

// Calls of one operation at one batch, however the work is cut.
class Shapes {
  public:
    // Adds what has run since the last time.
    void add_run(Plan& plan) {
        const Record record = take_record();
        for (const std::string& symbol : record.kernels) plan[symbol];
        double total = 0;
        for (const auto& [shape, calls] : record.calls) total += calls.work;
        for (const auto& [shape, calls] : record.calls) {
            if (calls.work >= least_share * total) wanted_.insert(shape);
            const auto [known, is_new] = numbers_.emplace(shape, calls.numbers);
            if (!is_new) known->second = common(known->second, calls.numbers);
        }
    }

    void specialise(Plan& plan) const {
        for (const CallShape& shape : wanted_) plan[shape.symbol].insert(numbers_.at(shape));
    }

  private:
    std::map<CallShape, Numbers> numbers_;
    std::set<CallShape> wanted_;
};

void plan_operation(const Request& request, const std::string& operation, int64_t batch, bool specialise,
                    FileChoices& choices, Plan& plan) {
    Problem p = request.problem;
    p.batch = batch;
    Geometry g;
    check(lcn::check(p, g));
    const Layer layer(request, g);
    Shapes shapes;
    const auto run = [&](int threads, int64_t cache) {
        set_second_level_cache(cache);
        check(set_threads(threads));
        layer.run(operation);
        shapes.add_run(plan);
        if (!choices.take_found()) return;
        // The cost model's kernels too: the order of their sums decides which tuned ones keep the bits.
        choices.set_applied(false);
        layer.run(operation);
        choices.set_applied(true);
        for (const std::string& symbol : take_record().kernels) plan[symbol];
    };
    // Cut for all threads, and for those that have enough to do.
    for (const int64_t least : {int64_t(0), usual_least_nanoseconds}) {
        least_nanoseconds = least;
        for (const int threads : thread_counts)
            if (threads == 1 || specialise) run(threads, small_cache);
    }
    run(1, large_cache);
    if (specialise) shapes.specialise(plan);
}

// Kernels that accept every problem of an operation: what no plan foresees is slow, but right.
void add_kernels_that_accept_all(const Problem& problem, const std::string& operation, int target,
                                 Plan& plan) {
    const Kernels kernels{&generated_table, target};
    const Block block{1, 1, 1};
    auto add = [&](const Kernel* kernel) { plan[kernel->symbol]; };
    if (problem.data_format == DataFormat::channels_first || operation == "backward_input")
        add(choose_transpose(kernels, 1, 1));
    if (operation == "forward") add(choose_forward(kernels, 1, 1, block));
    if (operation == "backward_input") {
        add(choose_backward_input_dot(kernels, 1, 1, 1, 1));
        // And the one with these filters' order of summation that also takes parts of windows of few taps.
        add(choose_backward_input_dot(kernels, 1, problem.filters, 1, problem.filters));
        add(choose_backward_input_band(kernels, 8, 1, block));
    }
    if (operation == "backward_weights")
        for (const bool accumulate : {false, true})
            for (const int images : {1, 2})
                add(choose_backward_weights(kernels, images, 1, 1, accumulate, false));
}

void print(const Plan& plan) {
    for (const Kernel& kernel : generated_table.kernels()) {
        const auto planned = plan.find(kernel.symbol);
        if (planned == plan.end()) continue;
        std::printf("%s\n", kernel.symbol);
        for (const Numbers& numbers : planned->second) {
            char separator = ' ';
            std::printf("%s", kernel.symbol);
            for (const int32_t number : numbers) std::printf("%c%d", separator, number), separator = ',';
            std::printf("\n");
        }
    }
}

void run_in_order(void*, int count, void (*task)(void* argument, int index), void* argument) {
    for (int index = 0; index < count; index++) task(argument, index);
}

}  // namespace

}  // namespace lcn::planner

int main(int argc, char** argv) {
    using namespace lcn::planner;
    const Request request = read_request(argc, argv);
    lcn::set_parallel_for(run_in_order, nullptr);
    FileChoices choices(lcn::generated_table, request.choices);
    lcn::generated_table.set_tuned(&choices);
    Plan plan;
    for (const std::string& target : request.targets) {
        int index = 0;
        check(lcn::generated_table.force_target(target.c_str()));
        check(lcn::generated_table.active_target(index));
        for (const std::string& operation : request.operations) {
            for (const int64_t batch : request.batches)
                plan_operation(request, operation, batch, true, choices, plan);
            for (const int64_t batch : other_batches)
                plan_operation(request, operation, batch, false, choices, plan);
            add_kernels_that_accept_all(request.problem, operation, index, plan);
        }
    }
    std::set<std::string> planned;
    for (const auto& [symbol, numbers] : plan) planned.insert(symbol);
    if (const char* symbol = choices.not_planned(request.batches, planned))
        fail(std::string("the kernel that is to be used does not do the work of the layer: ") + symbol);
    print(plan);
}
