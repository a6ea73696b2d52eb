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
                  driver.describe("", log.c_str());
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
                  driver.describe(name.c_str(), "");
                  lcn::DeviceInfo info;
                  const lcn::Status status = lcn::device_info("opencl", 0, info);
                  if (!status.ok()) return status.message;
                  return info.name == name.substr(0, sizeof info.name - 1) ? "cut" : info.name;
              }),
              "cut");
}

}  // namespace

}  // namespace lcn_test
