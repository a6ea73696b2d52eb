#include "parallel.h"

#if !defined(_WIN32)
#include <sched.h>
#endif

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>

#include "floating_point.h"
#include "process_id.h"
#include "signals.h"
#include "status.h"

namespace lcn {

namespace {

constexpr int max_threads = 1024;

int processors() {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::clamp(CPU_COUNT(&set), 1, max_threads);
#endif
    return std::clamp<int>(int(std::thread::hardware_concurrency()), 1, max_threads);
}

using Task = void (*)(void* argument, int index);

// Threads that sleep until there is a job, a job being task(argument, index) for index 0 .. count - 1. The
// caller takes part. Threads are started when a job first asks for them and live as long as the process.
class Pool {
  public:
    // False when another job is running, or this is a child process, which has no threads: nothing has been
    // done.
    bool run(int count, Task task, void* argument) {
        if (this_process() != process_) return false;
        std::unique_lock job(job_, std::try_to_lock);
        if (!job) return false;
        start(count - 1);
        {
            std::lock_guard lock(mutex_);
            task_ = task, argument_ = argument, count_ = count, next_ = 0, unfinished_ = count, generation_++;
        }
        wake(count - 1);
        work();
        std::unique_lock lock(mutex_);
        done_.wait(lock, [&] { return unfinished_ == 0; });
        return true;
    }

  private:
    void start(int wanted) {
        if (started_ >= wanted) return;
        const NoSignals for_the_threads;
        try {
            for (; started_ < wanted; started_++) std::thread([this] { loop(); }).detach();
        } catch (...) {
            // No thread, or no memory for one: the job is done by the threads there are.
        }
    }

    // Those that go on sleeping are not missed: whoever is awake takes their part.
    void wake(int wanted) {
        if (wanted >= started_) return wake_.notify_all();
        for (int k = 0; k < wanted; k++) wake_.notify_one();
    }

    void loop() {
        std::unique_lock lock(mutex_);
        for (int64_t seen = 0;;) {
            wake_.wait(lock, [&] { return generation_ != seen; });
            seen = generation_;
            lock.unlock();
            work();
            lock.lock();
        }
    }

    void work() {
        std::unique_lock lock(mutex_);
        while (next_ < count_) {
            const int index = next_++;
            lock.unlock();
            task_(argument_, index);
            lock.lock();
            if (--unfinished_ == 0) done_.notify_all();
        }
    }

    const int process_ = this_process();
    std::mutex job_, mutex_;  // job_: held by the caller whose job runs. mutex_: guards what follows
    std::condition_variable wake_, done_;
    Task task_ = nullptr;
    void* argument_ = nullptr;
    int count_ = 0, next_ = 0, unfinished_ = 0, started_ = 0;
    int64_t generation_ = 0;
};

// Never destroyed: detached threads may outlive static destructors. Needs no memory that might be lacking.
Pool& pool() {
    alignas(Pool) static unsigned char memory[sizeof(Pool)];
    static Pool* const instance = new (memory) Pool;
    return *instance;
}

std::atomic<int> wanted_threads{0};
std::atomic<ParallelFor> caller_parallel_for{nullptr};
std::atomic<void*> caller_context{nullptr};

}  // namespace

std::atomic<int64_t> least_nanoseconds{usual_least_nanoseconds};

int threads() {
    int n = wanted_threads.load(std::memory_order_relaxed);
    if (n == 0) wanted_threads.compare_exchange_strong(n, processors());
    return wanted_threads.load(std::memory_order_relaxed);
}

Status set_threads(int n) {
    if (n < 1 || n > max_threads)
        return error(Code::invalid_argument, "threads must be from 1 to %d, got %d", max_threads, n);
    wanted_threads = n;
    return {};
}

void set_parallel_for(ParallelFor parallel_for, void* context) {
    caller_context = context;
    caller_parallel_for = parallel_for;
}

void drain_units(int slots, int64_t units, void (*drain)(void* context, int slot, UnitsLeft& left),
                 void* context) {
    struct Job {
        void (*drain)(void*, int, UnitsLeft&);
        void* context;
        UnitsLeft left;
        const std::thread::id caller = std::this_thread::get_id();
        const FloatingPoint of_caller{};
    };
    const int count = int(std::min<int64_t>(slots, units));
    if (count <= 1) {
        UnitsLeft left(units);
        return drain(context, 0, left);
    }
    Job job{drain, context, UnitsLeft(units)};
    const Task task = [](void* argument, int slot) {
        Job& j = *static_cast<Job*>(argument);
        if (std::this_thread::get_id() == j.caller) return j.drain(j.context, slot, j.left);
        const SameFloatingPoint as_the_caller(j.of_caller);
        j.drain(j.context, slot, j.left);
    };
    if (const ParallelFor parallel_for = caller_parallel_for)
        return parallel_for(caller_context, count, task, &job);
    if (!pool().run(count, task, &job)) task(&job, 0);
}

}  // namespace lcn
