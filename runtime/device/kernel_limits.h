#pragma once

namespace lcn {

// What kernels of devices take at most. tests/device_code/code_test.py holds these to what they do take.
constexpr int most_block_threads = 256;
constexpr int most_shared_bytes = 20480;

}  // namespace lcn
