// Loads a plugin, runs it and unloads it, twenty times.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>

int main(int, char** argv) {
    for (int k = 0; k < 20; k++) {
        void* const plugin = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        if (!plugin) return std::printf("%s\n", dlerror()), 1;
        const auto run = reinterpret_cast<int (*)()>(dlsym(plugin, "run_plugin"));
        if (!run) return std::printf("%s\n", dlerror()), 1;
        if (const int failed = run()) return std::printf("round %d: %d\n", k, failed), 1;
        dlclose(plugin);
        usleep(1000);  // its threads may wake up
    }
    return 0;
}
