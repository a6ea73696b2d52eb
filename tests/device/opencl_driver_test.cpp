// How lcn uses an OpenCL driver that fails, with a stand-in in its place. Every test opens the driver in
// child processes.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "device_tensors.h"
#include "standin/opencl.h"
#include "support/child.h"

namespace lcn_test {

namespace {

using lcn::Operation;
using standin::OpenclObjects;
using standin::OpenclProperties;

const lcn::Queue queue{"opencl"};

// What body(driver) says in a process of its own.
std::string with_standin(const std::function<std::string(standin::Opencl&)>& body) {
    return in_child([&]() -> std::string {
        void* const library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
        void* const function = library ? dlsym(library, "standin_opencl") : nullptr;
        if (!function) return "libOpenCL.so.1 is not the stand-in";
        return body(*reinterpret_cast<standin::Opencl* (*)()>(function)());
    });
}

Case some_case() {
    return {{9, 6, 7, 5, 20, 3, 3, 1, 1, false, false}};
}

TEST(OpenclDriver, that_has_no_queue_for_lcn_keeps_no_context) {
    EXPECT_EQ(with_standin([](standin::Opencl& driver) -> std::string {
                  for (const char* function : {"clCreateContext", "clCreateCommandQueue"}) {
                      driver.fail(function, -9999);
                      const lcn::Status status = lcn::synchronize(queue);
                      if (status.message != std::string(function) + ": error -9999") return status.message;
                      if (driver.alive() != OpenclObjects{}) return "something is left";
                  }
                  driver.fail(nullptr, 0);
                  return lcn::synchronize(queue).message;  // the next call works
              }),
              "");
}

// Compilers say much.
TEST(OpenclDriver, that_cannot_build_a_kernel_says_why_and_keeps_no_program) {
    EXPECT_EQ(with_standin([](standin::Opencl& driver) -> std::string {
                  const std::string log = "float8 is not known here" + std::string(100'000, '.');
                  driver.set_build_log(log.c_str());
                  const DeviceTensors tensors(queue, some_case());
                  driver.fail("clBuildProgram", -11);
                  const lcn::Status status = tensors.run(Operation::forward);
                  const std::string said = "clBuildProgram: error -11 float8 is not known here...";
                  if (std::string(status.message).find(said) != 0) return status.message;
                  if (driver.alive().programs != 0) return "the program is left";
                  driver.fail(nullptr, 0);
                  return tensors.run(Operation::forward).message;
              }),
              "");
}

// Only copies of the caller use a queue so.
TEST(OpenclDriver, is_not_asked_to_copy_for_a_bias) {
    EXPECT_EQ(with_standin([](standin::Opencl& driver) -> std::string {
                  Case c = some_case();
                  c.bias = true;
                  const DeviceTensors tensors(queue, c);
                  driver.fail("clEnqueueWriteBuffer", -9999);
                  return tensors.run(Operation::backward_weights).message;
              }),
              "");
}

TEST(OpenclDriver, may_give_a_device_a_long_name) {
    EXPECT_EQ(with_standin([](standin::Opencl& driver) -> std::string {
                  const std::string name(1000, 'n');
                  OpenclProperties device;
                  device.name = name.c_str();
                  driver.set_devices(&device, 1);
                  lcn::DeviceInfo info;
                  const lcn::Status status = lcn::device_info("opencl", 0, info);
                  if (!status.ok()) return status.message;
                  return info.name == name.substr(0, sizeof info.name - 1) ? "cut" : info.name;
              }),
              "cut");
}

TEST(OpenclDriver, has_devices_of_which_gpus_come_first) {
    EXPECT_EQ(with_standin([](standin::Opencl& driver) -> std::string {
                  constexpr uint64_t cpu = 2, accelerator = 8, gpu = 4;
                  const OpenclProperties devices[] = {
                      {0, cpu, "a"}, {0, gpu, "b"}, {1, accelerator, "c"}, {1, gpu, "d"}, {1, gpu, "e"}};
                  driver.set_devices(devices, 5);
                  int count = 0;
                  std::string names;
                  lcn::DeviceInfo info;
                  if (!lcn::device_count("opencl", count).ok()) return "no count";
                  for (int k = 0; k < count; k++)
                      names += lcn::device_info("opencl", k, info).ok() ? info.name : "?";
                  const lcn::Status beyond = lcn::device_info("opencl", count, info);
                  return names + " " + beyond.message;
              }),
              "bdeac there is no OpenCL device 5: the drivers have 5");
}

TEST(OpenclDriver, is_refused_with_the_reason_where_its_device_will_not_do) {
    OpenclProperties absent, old, strange, without_compiler, small_groups, little_memory, least;
    absent.available = false;
    old.version = "OpenCL 1.1 FULL";
    strange.version = "1.2";
    without_compiler.compiles = false;
    small_groups.group_threads = 255;
    little_memory.local_bytes = 20479;
    least.local_bytes = 20480;
    const std::pair<OpenclProperties, const char*> cases[] = {
        {absent, "OpenCL device 0 is not available"},
        {old, "OpenCL device 0 has OpenCL 1.1 FULL, lcn needs OpenCL 1.2"},
        {strange, "OpenCL device 0 has 1.2, lcn needs OpenCL 1.2"},
        {without_compiler, "OpenCL device 0 has no compiler"},
        {small_groups, "OpenCL device 0 takes groups of 255 threads, lcn needs 256"},
        {little_memory, "OpenCL device 0 has 20479 bytes of local memory, lcn needs 20480"},
        {least, ""}};
    for (const auto& [device, message] : cases)
        EXPECT_EQ(with_standin([&](standin::Opencl& driver) -> std::string {
                      driver.set_devices(&device, 1);
                      const lcn::Status status = lcn::synchronize(queue);
                      const bool refused = status.code == lcn::Code::unusable_target;
                      if (driver.alive().contexts != (refused ? 0 : 1)) return "a context";
                      return refused == status.ok() ? "another code" : status.message;
                  }),
                  message);
}

// What lcn info says, and what a call gets.
TEST(OpenclDriver, without_a_device_or_a_platform_is_unusable) {
    EXPECT_EQ(
        with_standin([](standin::Opencl& driver) -> std::string {
            driver.set_devices(nullptr, 0);
            int count = -1;
            if (!lcn::device_count("opencl", count).ok() || count != 0) return "a count";
            const std::string none = lcn::set_target("opencl").message;
            driver.fail("clGetPlatformIDs", -1001);
            return none + "; " + lcn::set_target("opencl").message;
        }),
        "set_target: this machine cannot run target 'opencl': there is no OpenCL device 0: the drivers have "
        "0; "
        "set_target: this machine cannot run target 'opencl': no driver of an OpenCL device is installed");
}

}  // namespace

}  // namespace lcn_test
