// What goes wrong around the kernels: threads that cannot be started, memory that cannot be had, signals.
// Every test works in a child, whose first call is the first of a process.
#include <dlfcn.h>
#include <pthread.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

#include "lcn/kernels.h"
#include "lcn/tuning.h"
#include "support/allocations.h"
#include "support/child.h"
#include "support/gates.h"

namespace {

std::atomic<int> threads_left{1 << 30}, threads_refused{0};

}  // namespace

// Every thread of the process is started here.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*),
                              void* argument) {
    using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
    static const Create create = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
    if (threads_left-- <= 0) return threads_refused++, EAGAIN;
    return create(thread, attributes, body, argument);
}

namespace lcn_test {

namespace {

using lcn::Operation;

const Case some_case{{9, 12, 11, 5, 24, 3, 3, 1, 1, false, false}};

// "" when every pass on 4 threads is exact, else which is not.
std::string wrong_pass() {
    Case c = some_case;
    c.threads = 4;
    lcn::set_threads(4);
    Random random(1);
    const Operands o = integer_operands(c.layer, random);
    for (const Operation operation : operations) {
        lcn::Status status;
        const Results actual = run_in_place(operation, c, o, status);
        if (!status.ok()) return status.message;
        if (!exact(expected_results(operation, c, o)[0], actual[0])) return name_of(operation);
    }
    return "";
}

TEST(Faults, work_without_the_threads_that_cannot_be_started) {
    for (const int started : {0, 1, 2})
        EXPECT_EQ(in_child([&]() -> std::string {
                      threads_left = started;
                      if (const std::string wrong = wrong_pass(); !wrong.empty()) return wrong;
                      if (threads_refused == 0) return "no thread was refused";
                      threads_left = 1 << 30;  // they are started when they can be
                      threads_refused = 0;
                      return wrong_pass() + (threads_refused ? "refused" : "");
                  }),
                  "");
}

// A call with as much memory as it was given, and no more.
lcn::Status forward_without_memory(const Operands& o, Floats& output, FailingAllocations::Which which,
                                   int64_t& failed) {
    const lcn::Problem p = problem_of(some_case);
    int64_t bytes = 0;
    lcn::Status status = lcn::workspace_bytes(p, Operation::forward, bytes);
    if (!status.ok()) return status;
    Floats workspace(size_t(bytes) / 4);
    const FailingAllocations failing(0, which);
    status = lcn::forward(p, o.input.data(), o.kernel.data(), nullptr, output.data(), nullptr,
                          {workspace.data(), bytes});
    failed = failing.failed();
    return status;
}

TEST(Faults, threads_without_memory_for_them_are_done_without) {
    for (const auto which : {FailingAllocations::once, FailingAllocations::from_then_on})
        EXPECT_EQ(in_child([&]() -> std::string {
                      lcn::set_threads(4);
                      Random random(1);
                      const Operands o = integer_operands(some_case.layer, random);
                      Floats output(o.output_gradient.size());
                      int64_t failed = 0;
                      const lcn::Status status = forward_without_memory(o, output, which, failed);
                      if (!status.ok()) return status.message;
                      if (failed == 0) return "no allocation failed";
                      if (!exact(expected_results(Operation::forward, some_case, o)[0], output))
                          return "wrong";
                      return wrong_pass();
                  }),
                  "");
}

TEST(Faults, a_tuning_without_memory_leaves_the_one_before) {
    EXPECT_EQ(in_child([&]() -> std::string {
                  lcn::TuningEntry entry;
                  entry.problem = problem_of(some_case), entry.target = "portable";
                  const lcn::TuningEntry entries[] = {entry, [&] {
                                                          lcn::TuningEntry other = entry;
                                                          other.threads = 2;
                                                          return other;
                                                      }()};
                  for (const auto which : {FailingAllocations::once, FailingAllocations::from_then_on}) {
                      if (!lcn::set_tuning(&entry, 1).ok()) return "refused";
                      for (int64_t first = 0;; first++) {
                          lcn::Status status;
                          int64_t failed = 0, alive = 0;
                          {
                              const FailingAllocations failing(first, which);
                              status = lcn::set_tuning(entries, 2);
                              failed = failing.failed(), alive = failing.alive();
                          }
                          if (failed == 0) break;
                          if (status.code != lcn::Code::no_memory) return "it did not say so";
                          if (alive != 0) return "memory is lost";
                          if (lcn::tuning_entries() != 1) return "the tuning has changed";
                      }
                  }
                  return "";
              }),
              "");
}

std::atomic<int> signals{0};

TEST(Faults, signals_interrupt_nothing) {
    EXPECT_EQ(in_child([&]() -> std::string {
                  struct sigaction action {};
                  action.sa_handler = [](int) { signals++; };  // without SA_RESTART
                  sigaction(SIGPROF, &action, nullptr);
                  const itimerval often{{0, 1000}, {0, 1000}};  // microseconds
                  setitimer(ITIMER_PROF, &often, nullptr);
                  for (int k = 0; k < 2000 && (k < 20 || signals < 50); k++)
                      if (const std::string wrong = wrong_pass(); !wrong.empty()) return wrong;
                  const itimerval never{};
                  setitimer(ITIMER_PROF, &never, nullptr);
                  return signals < 50 ? "too few signals came" : "";
              }),
              "");
}

// What a process relies on that blocks a signal in its own threads and waits for it in one place.
TEST(Faults, signals_to_the_process_are_not_for_the_threads_of_the_library) {
    EXPECT_EQ(in_child([&]() -> std::string {
                  if (const std::string wrong = wrong_pass(); !wrong.empty()) return wrong;
                  sigset_t one;
                  sigemptyset(&one);
                  sigaddset(&one, SIGUSR1);
                  pthread_sigmask(SIG_BLOCK, &one, nullptr);
                  const timespec limit{10, 0};
                  for (int k = 0; k < 100; k++) {
                      kill(getpid(), SIGUSR1);
                      if (sigtimedwait(&one, nullptr, &limit) != SIGUSR1) return "another thread took it";
                  }
                  return "";
              }),
              "");
}

}  // namespace

}  // namespace lcn_test
