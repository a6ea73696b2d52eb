// Runs a fuzz function on the files of the folders it is given, with any compiler: seeds and inputs that
// failed once.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz.h"

int main(int count, char** folders) {
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    for (int k = 1; k < count; k++)
        for (const fs::directory_entry& entry : fs::directory_iterator(folders[k]))
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& path : files) {
        std::fprintf(stderr, "%s\n", path.c_str());  // the last one is the one that failed
        std::ifstream file(path, std::ios::binary);
        fuzz::expect(file.good(), "the file can be read");
        const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
        LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    }
    std::printf("%zu inputs\n", files.size());
    return files.empty() ? 1 : 0;
}
