// Reading and writing safetensors files.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "lcn/safetensors.h"
#include "scratch_folder.h"
#include "support/expect_error.h"

namespace {

using namespace lcn;
namespace fs = std::filesystem;

void write_file(const std::string& path, uint64_t header_bytes, const std::string& rest) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(&header_bytes), sizeof header_bytes);
    file << rest;
}

const Tensors some_tensors = {{"matrix", {{2, 3}, {1, 2, 3, 4, 5, 6}}},
                              {"nothing", {{0, 4}, {}}},
                              {"scalar", {{}, {7.5f}}},
                              {"with \"quotes\"\n", {{1}, {-0.0f}}}};

TEST(SafetensorsFile, ReadsWhatWasWritten) {
    const ScratchFolder folder;
    const Metadata metadata = {{"config", "{\"a\": \"\u00e9\"}"}, {"empty", ""}};
    write_safetensors(folder.file("t"), some_tensors, metadata);
    SafetensorsFile file(folder.file("t"));
    EXPECT_EQ(file.header().metadata, metadata);
    ASSERT_EQ(file.header().tensors.size(), some_tensors.size());
    for (const auto& [name, tensor] : some_tensors) {
        EXPECT_EQ(file.read(name).shape, tensor.shape) << name;
        EXPECT_EQ(file.read(name).values, tensor.values) << name;
    }
}

TEST(SafetensorsFile, HasDataOnAMultipleOf8Bytes) {
    const ScratchFolder folder;
    for (const char* text : {"", "1", "12", "123", "1234", "12345", "123456", "1234567"}) {
        write_safetensors(folder.file("t"), {}, {{"x", text}});
        EXPECT_EQ(fs::file_size(folder.file("t")) % 8, 0u) << text;
    }
}

TEST(SafetensorsFile, OtherTypesAreKnownButNotRead) {
    const ScratchFolder folder;
    const std::string header = R"({"t":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})";
    write_file(folder.file("t"), header.size(), header + "12345678");
    SafetensorsFile file(folder.file("t"));
    EXPECT_EQ(file.header().tensors.at("t").type, "F64");
    expect_error<std::runtime_error>([&] { file.read("t"); }, "tensor \"t\": dtype must be F32, got F64");
}

TEST(SafetensorsFile, RefusesFilesThatAreNone) {
    const ScratchFolder folder;
    const std::string path = folder.file("t");
    const auto open = [&] { SafetensorsFile file(path); };
    expect_error<std::runtime_error>(open, path + ": No such file");
    for (const std::string bytes : {"", "1234567"}) {
        std::ofstream(path) << bytes;
        expect_error<std::runtime_error>(open, path + ": too short");
    }
    for (const uint64_t header_bytes : {uint64_t(3), uint64_t(1) << 63, ~uint64_t(0)}) {
        write_file(path, header_bytes, "{}");
        expect_error<std::runtime_error>(
            open, "a header of " + std::to_string(header_bytes) + " bytes in a file of 10");
    }
    write_file(path, 100'000'001, "{}");
    fs::resize_file(path, 100'000'100);
    expect_error<std::runtime_error>(open, "a header of 100000001 bytes");
    write_file(path, 2, "{}tail");
    expect_error<std::runtime_error>(open, path + ": 4 bytes follow the last tensor");
}

TEST(SafetensorsFile, RefusesWhatIsNoRegularFile) {
    const ScratchFolder folder;
    expect_error<std::runtime_error>([&] { SafetensorsFile file(folder.file("")); }, "not a regular file");
    ASSERT_EQ(mkfifo(folder.file("pipe").c_str(), 0600), 0);
    expect_error<std::runtime_error>([&] { SafetensorsFile file(folder.file("pipe")); },
                                     "not a regular file");
    expect_error<std::runtime_error>([&] { write_safetensors(folder.file("pipe"), {}, {}); },
                                     "not a regular file");
    EXPECT_TRUE(fs::is_fifo(folder.file("pipe")));
}

TEST(SafetensorsFile, ReplacesTheFileBehindALink) {
    const ScratchFolder folder;
    write_safetensors(folder.file("t"), {}, {});
    fs::create_symlink(folder.file("t"), folder.file("link"));
    write_safetensors(folder.file("link"), some_tensors, {});
    EXPECT_TRUE(fs::is_symlink(folder.file("link")));
    EXPECT_EQ(SafetensorsFile(folder.file("t")).header().tensors.size(), some_tensors.size());
    EXPECT_EQ(folder.files(), 2);
}

TEST(SafetensorsFile, IsMadeBehindALinkToNothing) {
    const ScratchFolder folder;
    fs::create_directory(folder.file("deeper"));
    fs::create_symlink("deeper/second", folder.file("link"));
    fs::create_symlink("../t", folder.file("deeper/second"));
    write_safetensors(folder.file("link"), some_tensors, {});
    EXPECT_TRUE(fs::is_symlink(folder.file("link")) && fs::is_symlink(folder.file("deeper/second")));
    EXPECT_EQ(SafetensorsFile(folder.file("t")).header().tensors.size(), some_tensors.size());
    fs::create_symlink("itself", folder.file("itself"));
    expect_error<std::runtime_error>([&] { write_safetensors(folder.file("itself"), {}, {}); },
                                     "itself: Too many levels of symbolic links");
}

TEST(SafetensorsFile, LeavesNothingWhenWritingFails) {
    const ScratchFolder folder;
    expect_error<std::runtime_error>([&] { write_safetensors(folder.file("no/t"), {}, {}); },
                                     "no/t: No such file");
    expect_error<std::runtime_error>([&] { write_safetensors(folder.file(""), {}, {}); },
                                     "not a regular file");

    write_safetensors(folder.file("t"), some_tensors, {});
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit full{4096, before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
    const Tensors large = {{"large", {{100'000}, std::vector<float>(100'000)}}};
    expect_error<std::runtime_error>([&] { write_safetensors(folder.file("t"), large, {}); },
                                     "t: File too large");
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);

    EXPECT_EQ(folder.files(), 1);
    EXPECT_EQ(SafetensorsFile(folder.file("t")).header().tensors.size(), some_tensors.size());
}

TEST(SafetensorsFile, WritesNothingThatItsReaderRefuses) {
    const ScratchFolder folder;
    const Tensor one{{1}, {1.0f}};
    const auto refuses = [&](const Tensors& tensors, const Metadata& metadata, const std::string& reason) {
        expect_error<std::runtime_error>([&] { write_safetensors(folder.file("t"), tensors, metadata); },
                                         folder.file("t") + ": " + reason);
        EXPECT_EQ(folder.files(), 0) << reason;
    };
    refuses({{"a", {{2}, {1.0f}}}}, {}, "tensor \"a\": data_offsets [0,4] do not fit F32 of shape [2]");
    refuses({{"a", {{unknown}, {}}}}, {}, "tensor \"a\": shape is not a list of at most 8 sizes");
    refuses({{"a", {Shape(9, 1), {1.0f}}}}, {}, "tensor \"a\": shape is not a list of at most 8 sizes");
    refuses({{"__metadata__", one}}, {{"a", "b"}}, "no tensor can be named __metadata__");
    refuses({{std::string(513, 'a'), one}}, {}, "tensor \"aaaa");
    refuses({{"\xff", one}}, {}, "a name or metadata are not valid UTF-8");
    refuses({}, {{"a", "\xff"}}, "a name or metadata are not valid UTF-8");
    refuses({}, {{"a", std::string(100'000'000, ' ')}}, "a header of 1000000");
    Tensors many;
    for (int k = 0; k <= 10'000; k++) many[std::to_string(k)] = one;
    refuses(many, {}, "more than 10000 tensors");
}

TEST(SafetensorsFile, HasNoPathWithANul) {
    const ScratchFolder folder;
    const std::string path = folder.file("t") + std::string(1, '\0') + "more";
    write_safetensors(folder.file("t"), some_tensors, {});
    expect_error<std::runtime_error>([&] { write_safetensors(path, {}, {}); },
                                     "t: the path goes on after a NUL");
    expect_error<std::runtime_error>([&] { SafetensorsFile file(path); }, "t: the path goes on after a NUL");
    EXPECT_EQ(SafetensorsFile(folder.file("t")).header().tensors.size(), some_tensors.size());
}

TEST(SafetensorsFile, ReadsNoTensorItDoesNotHave) {
    const ScratchFolder folder;
    write_safetensors(folder.file("t"), some_tensors, {});
    expect_error<std::runtime_error>([&] { SafetensorsFile(folder.file("t")).read("no"); },
                                     folder.file("t") + ": tensor \"no\" is missing");
}

TEST(SafetensorsFile, ReadsOneTensorAfterAnotherCouldNotBeRead) {
    const ScratchFolder folder;
    const Tensor large{{10'000}, std::vector<float>(10'000, 1)};
    write_safetensors(folder.file("t"), {{"first", {{1}, {2}}}, {"second", large}}, {});
    SafetensorsFile file(folder.file("t"));
    fs::resize_file(folder.file("t"), fs::file_size(folder.file("t")) - 4);
    expect_error<std::runtime_error>([&] { file.read("second"); },
                                     "tensor \"second\" cannot be read: the file became shorter");
    EXPECT_EQ(file.read("first").values, std::vector<float>{2});
}

TEST(SafetensorsFile, KeepsThePermissionsOfTheFileItReplaces) {
    const ScratchFolder folder;
    write_safetensors(folder.file("t"), {}, {});
    const fs::perms permissions = fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read;
    fs::permissions(folder.file("t"), permissions);
    write_safetensors(folder.file("t"), some_tensors, {});
    EXPECT_EQ(fs::status(folder.file("t")).permissions(), permissions);
}

TEST(SafetensorsFile, MayHaveTheLongestName) {
    const ScratchFolder folder;
    const std::string name(255, 'a');
    write_safetensors(folder.file(name.c_str()), some_tensors, {});
    EXPECT_EQ(SafetensorsFile(folder.file(name.c_str())).header().tensors.size(), some_tensors.size());
    EXPECT_EQ(folder.files(), 1);
    expect_error<std::runtime_error>([&] { write_safetensors(folder.file((name + "a").c_str()), {}, {}); },
                                     "File name too long");
    EXPECT_EQ(folder.files(), 1);
}

// Whenever its writer is killed, the file is the old one or a new one, and what is left does not stand in the
// way.
TEST(SafetensorsFile, IsWholeWhenItsWriterIsKilled) {
    const ScratchFolder folder;
    const std::string path = folder.file("t");
    const auto filled = [](float value) {
        return Tensors{{"t", {{300'000}, std::vector<float>(300'000, value)}}};
    };
    const auto expect_whole = [&] {
        const std::vector<float> values = SafetensorsFile(path).read("t").values;
        ASSERT_EQ(values.size(), 300'000u);
        EXPECT_EQ(std::count(values.begin(), values.end(), values[0]), 300'000);
    };
    write_safetensors(path, filled(0), {});
    for (int k = 0; k < 30; k++) {
        const pid_t writer = fork();
        ASSERT_GE(writer, 0);
        if (writer == 0) try {
                for (float value = 1;; value++) write_safetensors(path, filled(value), {});
            } catch (...) {
                _exit(1);
            }
        usleep(useconds_t(1000 + 1713 * k));
        kill(writer, SIGKILL);
        int status = 0;
        waitpid(writer, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        expect_whole();
    }
    EXPECT_GT(SafetensorsFile(path).read("t").values[0], 0) << "no writer came so far";
    std::ofstream(path + "." + std::to_string(getpid()) + "-0.partial") << "of one with our number";
    write_safetensors(path, filled(-1), {});
    EXPECT_EQ(SafetensorsFile(path).read("t").values[0], -1);
}

}  // namespace
