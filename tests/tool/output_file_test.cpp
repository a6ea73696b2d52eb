// What commands write: whole or not there, whatever signal comes meanwhile.
#include "output_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "scratch_folder.h"

namespace {

using lcn::tool::write_output;

std::string content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void interrupted_while_it_writes(const std::string& path, int signal) {
    std::signal(signal, SIG_DFL);  // whoever runs the tests may have ignored it for them
    write_output([&] {
        lcn::layer::PartialFile file(path);
        file.write("whole", 3);
        kill(getpid(), signal);
        file.write("le", 2);
        file.complete();
    });
}

TEST(OutputFile, IsWholeBeforeASignalEndsTheProgram) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        const ScratchFolder folder;
        EXPECT_EXIT(interrupted_while_it_writes(folder.file("o"), signal), testing::KilledBySignal(signal),
                    "");
        EXPECT_EQ(content(folder.file("o")), "whole");
        EXPECT_EQ(folder.files(), 1);
    }
}

TEST(OutputFile, IsGoneBeforeASignalEndsTheProgram) {
    const ScratchFolder folder;
    const auto fails = [&] {
        try {
            write_output([&] {
                lcn::layer::PartialFile file(folder.file("o"));
                kill(getpid(), SIGTERM);
                throw std::runtime_error("no more to write");
            });
        } catch (const std::runtime_error&) {
            _exit(0);  // the signal came before
        }
    };
    EXPECT_EXIT(fails(), testing::KilledBySignal(SIGTERM), "");
    EXPECT_EQ(folder.files(), 0);
}

}  // namespace
