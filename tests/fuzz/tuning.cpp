// The reader of tuning files: any text is a file, which is refused or taken whole. A file must name this
// library's version and kernels; @VERSION@ and @KERNELS@ stand for them, so that inputs outlive both.
#include <stdexcept>

#include "fuzz.h"
#include "memory_file.h"
#include "tuning_file.h"

namespace {

using namespace lcn::layer;

void replace(std::string& text, const std::string& word, const std::string& by) {
    for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += by.size())
        text.replace(at, word.size(), by);
}

void check_round_trip(const TuningFile& file) {
    const std::string text = tuning_file_text(file);
    fuzz::expect(tuning_file_text(parse_tuning_file(text)) == text,
                 "what was read is written and read alike");
}

// Entries that apply to a machine must be ones that the library takes; a file may hold some that are refused.
void check_entries(const TuningFile& file, const Machine& machine, bool reorders) try {
    const std::vector<lcn::TuningEntry> entries = entries_for(file, machine, reorders);
    const lcn::Status status = lcn::check_tuning(entries.data(), int64_t(entries.size()));
    fuzz::expect(status.ok(), std::string("entries of a file that was taken are good: ") + status.message);
} catch (const std::runtime_error&) {
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    replace(text, "@VERSION@", lcn::version());
    replace(text, "@KERNELS@", kernel_set());
    const fuzz::MemoryFile bytes(text.data(), text.size());
    TuningFile file;
    try {
        file = read_tuning_file(bytes.path());
    } catch (const std::runtime_error& e) {
        fuzz::expect(e.what()[0] != '\0', "a refusal has a reason");
        return 0;
    }
    check_round_trip(file);
    for (const bool reorders : {false, true}) {
        check_entries(file, this_machine(), reorders);
        for (const TunedMachine& m : file.machines) check_entries(file, m.machine, reorders);
    }
    return 0;
}
