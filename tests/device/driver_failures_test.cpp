// Machines without a driver, or with one that lcn cannot use. Every test opens drivers in child processes;
// this one never does, and nothing but these tests tells it where the stand-in is.
#include <dlfcn.h>

#include <atomic>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "every_call.h"
#include "lcn/kernels.h"
#include "standin/driver.h"
#include "support/child.h"
#include "support/gates.h"

namespace lcn_test {

namespace {

using lcn::Code;

std::string text(const lcn::Status& status) {
    return status.ok() ? "ok" : std::to_string(int(status.code)) + " " + status.message;
}
std::string refused(const std::string& message) {
    return std::to_string(int(Code::unusable_target)) + " " + message;
}

const std::string forked = refused("devices were asked for before this process was forked");

// Makes a library what a search for its soname finds. Null when it cannot be opened.
standin::Driver* load(const std::string& library) {
    void* const handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* const function = handle ? dlsym(handle, "standin_driver") : nullptr;
    return function ? reinterpret_cast<standin::Driver* (*)()>(function)() : nullptr;
}

// What body(driver) says in a process that finds the stand-in.
std::string with_standin(const std::function<std::string(standin::Driver&)>& body) {
    return in_child([&] {
        standin::Driver* const driver = load(LCN_STANDIN);
        return driver ? body(*driver) : std::string(dlerror());
    });
}

lcn::Status use(int device) {
    return lcn::synchronize({"cuda", device});
}

// The status that all calls on a queue have alike.
std::string common_status(const lcn::Queue& queue) {
    std::string common;
    for (const CallStatus& c : every_call(queue)) {
        if (!common.empty() && text(c.status) != common) return c.call + ": " + text(c.status);
        common = text(c.status);
    }
    return common;
}

bool has_driver() {
    return in_child([] { return dlopen("libcuda.so.1", RTLD_LAZY) ? "yes" : "no"; }) == "yes";
}

// In the words of dlopen().
const std::string none =
    "the driver cannot be opened: libcuda.so.1: cannot open shared object file: No such file or directory";

TEST(DriverFailures, without_a_driver_every_call_says_so) {
    if (has_driver()) GTEST_SKIP() << "this machine has a driver";
    EXPECT_EQ(in_child([] { return common_status({}); }), refused(none));
    EXPECT_EQ(in_child([] {
                  int count = -1;
                  return text(lcn::device_count("cuda", count)) + (count == -1 ? "" : " but it counts");
              }),
              refused(none));
    EXPECT_EQ(in_child([] {
                  lcn::DeviceInfo info;
                  return text(lcn::device_info("cuda", 0, info));
              }),
              refused(none));
    EXPECT_EQ(in_child([] { return text(lcn::set_target("cuda")); }),
              refused("set_target: this machine cannot run target 'cuda': " + none));
}

TEST(DriverFailures, without_a_driver_lcn_target_is_an_error_of_every_call) {
    if (has_driver()) GTEST_SKIP() << "this machine has a driver";
    const std::string said = in_child([] {
        setenv("LCN_TARGET", "cuda", 1);
        const Case c{{9, 6, 7, 5, 20, 3, 3, 1, 1, false, false}};
        Random random(1);
        const Operands o = integer_operands(c.layer, random);
        std::string all;
        for (lcn::Operation operation : operations) {
            lcn::Status status;
            run_in_place(operation, c, o, status);
            all += text(status) + "\n";
        }
        return all;
    });
    const std::string one = refused("LCN_TARGET: this machine cannot run target 'cuda': " + none + "\n");
    EXPECT_EQ(said, one + one + one);
}

TEST(DriverFailures, without_a_driver_processors_work) {
    if (has_driver()) GTEST_SKIP() << "this machine has a driver";
    const Case c{{9, 6, 7, 5, 20, 3, 3, 1, 1, false, false}};
    Random random(1);
    const Operands o = integer_operands(c.layer, random);
    ASSERT_EQ(in_child([] { return text(lcn::set_target("cuda")); }).substr(0, 2), refused("").substr(0, 2));
    for (int t = 0; t < lcn::target_count(); t++) {
        const std::string name = in_child([t]() -> std::string {
            const lcn::TargetInfo target = lcn::target_info(t);
            return target.usable && !target.device ? target.name : "";
        });
        if (name.empty()) continue;
        ASSERT_TRUE(lcn::set_target(name.c_str()).ok());
        for (lcn::Operation operation : operations) check(operation, c, o, exact);
    }
    lcn::set_target(nullptr);
}

// A copy of the stand-in in which `symbol` has another name.
std::filesystem::path without_symbol(const std::filesystem::path& folder, const std::string& symbol) {
    std::stringstream read;
    read << std::ifstream(LCN_STANDIN, std::ios::binary).rdbuf();
    std::string bytes = read.str();
    const std::string name = std::string(1, '\0') + symbol + std::string(1, '\0');
    for (size_t at = 0; (at = bytes.find(name, at)) != std::string::npos;) bytes[++at] = '_';
    const std::filesystem::path path = folder / symbol;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

TEST(DriverFailures, a_driver_without_any_one_function_is_too_old) {
    std::string folder = std::filesystem::temp_directory_path() / "lcn_standin_XXXXXX";
    ASSERT_TRUE(mkdtemp(folder.data()));
    for (const std::string symbol : standin::functions) {
        const std::filesystem::path library = without_symbol(folder, symbol);
        EXPECT_EQ(in_child([&] {
                      if (!load(library)) return std::string(dlerror());
                      return common_status({});
                  }),
                  refused("libcuda.so.1 is too old: it has no " + symbol));
    }
    std::filesystem::remove_all(folder);
}

// Such as those before 12.0.
TEST(DriverFailures, a_driver_that_does_not_number_contexts_will_do) {
    std::string folder = std::filesystem::temp_directory_path() / "lcn_standin_XXXXXX";
    ASSERT_TRUE(mkdtemp(folder.data()));
    const std::filesystem::path library = without_symbol(folder, "cuCtxGetId");
    EXPECT_EQ(in_child([&] {
                  if (!load(library)) return std::string(dlerror());
                  lcn::DeviceBuffer y({});
                  const lcn::Status allocated = y.allocate(4);
                  return text(allocated.ok() ? lcn::axpby({}, 1, 1, y.memory(), 1, y.memory()) : allocated);
              }),
              "ok");
    std::filesystem::remove_all(folder);
}

TEST(DriverFailures, a_driver_that_does_not_start_is_not_usable) {
    // No words; not initialized; a stub; a driver that is older or newer than its kernel module; anything
    // else.
    for (int code : {54321, 3, 34, 803, 804, 999})
        EXPECT_EQ(with_standin([&](standin::Driver& driver) {
                      driver.fail("cuInit", 1, code);
                      const lcn::Status first = use(0);
                      const std::string number = std::to_string(code) + ")";
                      const bool says =
                          strstr(first.message, "cuInit") && strstr(first.message, number.c_str());
                      if (first.code != Code::unusable_target || !says) return text(first);
                      return text(use(0));  // it may be there later
                  }),
                  "ok");
}

TEST(DriverFailures, a_driver_without_devices_has_0) {
    EXPECT_EQ(with_standin([](standin::Driver& driver) {
                  driver.set_devices({});
                  int count = -1;
                  const lcn::Status status = lcn::device_count("cuda", count);
                  return text(status) + " " + std::to_string(count);
              }),
              "ok 0");
    EXPECT_EQ(with_standin([](standin::Driver& driver) {
                  driver.set_devices({});
                  return common_status({});
              }),
              refused("there is no CUDA device 0: the driver has 0"));
}

TEST(DriverFailures, a_device_that_is_not_there_is_named) {
    const std::vector<standin::DeviceProperties> one = {{"one", 90, 1 << 20}};
    for (int device : {3, 1, -1, INT_MAX, INT_MIN})
        EXPECT_EQ(with_standin([&](standin::Driver& driver) {
                      driver.set_devices(one);
                      return common_status({"cuda", device});
                  }),
                  refused("there is no CUDA device " + std::to_string(device) + ": the driver has 1"));
}

TEST(DriverFailures, a_device_that_is_too_old_is_described_and_not_used) {
    EXPECT_EQ(with_standin([](standin::Driver& driver) {
                  driver.set_devices({{"old", 70, 1 << 20}, {"new", 75, 1 << 20}});
                  lcn::DeviceInfo info;
                  const lcn::Status described = lcn::device_info("cuda", 0, info);
                  if (!described.ok() || info.compute_capability != 70) return text(described);
                  if (!use(1).ok()) return text(use(1));
                  return common_status({"cuda", 0});
              }),
              refused("CUDA device 0 has compute capability 7.0, lcn needs 7.5"));
}

// The driver is asked again by the next call.
TEST(DriverFailures, of_opening_a_device_are_not_kept) {
    std::vector<std::string> functions;
    for (int which = 1; which < 100; which++) {
        const std::string said = with_standin([&](standin::Driver& driver) {
            driver.fail("", which, 999);
            const lcn::Status first = use(0);
            if (!driver.failed()) return first.ok() ? "done" : text(first);
            std::string failed;
            for (const standin::Call& call : driver.take_calls())
                if (call.result == 999) failed = call.function;
            if (first.ok() && failed != "cuCtxPopCurrent_v2") return failed + " failed";
            if (!first.ok() && !strstr(first.message, failed.substr(0, failed.find('_')).c_str()))
                return failed + " failed: " + text(first);
            return text(use(0)) + " " + failed;
        });
        if (said == "done") break;
        ASSERT_EQ(said.substr(0, 3), "ok ") << said;
        functions.push_back(said.substr(3));
    }
    for (const char* function :
         {"cuInit", "cuDeviceGetCount", "cuDeviceGet", "cuDeviceGetAttribute", "cuDevicePrimaryCtxRetain"})
        EXPECT_TRUE(std::count(functions.begin(), functions.end(), function)) << function;
}

TEST(DriverFailures, a_forked_child_is_told_and_calls_no_driver) {
    EXPECT_EQ(with_standin([](standin::Driver& driver) {
                  if (!use(0).ok()) return text(use(0));
                  const std::string of_child = in_child([&] {
                      driver.take_calls();
                      const std::string said = common_status({});
                      return driver.take_calls().empty() ? said : "the driver was called";
                  });
                  return text(use(0)) + ", " + of_child;
              }),
              "ok, " + forked);
}

// What children say that are forked while a thread asks for devices again and again.
std::string forked_during_calls() {
    std::atomic<bool> done{false};
    std::thread calls([&] {
        for (int count = 0; !done;) lcn::device_count("cuda", count);
    });
    std::string said = forked;
    use(0);  // as the thread will, sooner or later
    for (int k = 0; k < 30 && said == forked; k++) said = in_child([] { return text(use(0)); }, 10);
    done = true;
    calls.join();
    return said;
}

TEST(DriverFailures, a_child_that_is_forked_during_a_call_is_told) {
    EXPECT_EQ(with_standin([](standin::Driver&) { return forked_during_calls(); }), forked);
    if (has_driver()) return;
    EXPECT_EQ(in_child([] { return forked_during_calls(); }), forked);
}

// A fork before the first use does no harm.
TEST(DriverFailures, a_forked_child_opens_its_own_driver) {
    EXPECT_EQ(with_standin([](standin::Driver&) {
                  const std::string of_child = in_child([] { return text(use(0)); });
                  return text(use(0)) + ", " + of_child;
              }),
              "ok, ok");
}

TEST(DriverFailures, a_driver_and_a_device_are_opened_once) {
    EXPECT_EQ(with_standin([](standin::Driver& driver) {
                  for (int turn = 0; turn < 3; turn++)
                      for (int device : {0, 1})
                          if (!use(device).ok()) return text(use(device));
                  std::string opened;
                  for (const standin::Call& call : driver.take_calls())
                      if (call.function == "cuInit" || call.function == "cuDevicePrimaryCtxRetain")
                          opened += std::string(call.function) + " ";
                  return opened;
              }),
              "cuInit cuDevicePrimaryCtxRetain cuDevicePrimaryCtxRetain ");
}

TEST(DriverFailures, the_driver_is_not_opened_unless_asked_for) {
    EXPECT_EQ(with_standin([](standin::Driver& driver) {
                  lcn::Problem p;
                  p.input_rows = p.input_columns = p.channels = p.filters = 1;
                  p.kernel_rows = p.kernel_columns = 1;
                  float x = 2, y = 0;
                  const lcn::Status status = lcn::forward(p, &x, &x, nullptr, &y, nullptr, {});
                  return text(status) + " " + std::to_string(driver.take_calls().size()) + " calls";
              }),
              "ok 0 calls");
}

}  // namespace

}  // namespace lcn_test
