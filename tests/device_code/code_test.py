"""What the code of the devices' kernels is like, without any tool of theirs: cuda and opencl come from one schedule, so a
kernel has the same tiles in shared memory and the same barriers on both; nothing of it lies in local memory.
$LCN_DEVICE_LAUNCHES is the program device_launches."""

import os
import re
import sys
import unittest

import launches

KERNELS = launches.kernels(os.environ["LCN_DEVICE_LAUNCHES"])
# Four floats in one instruction.
LOADS_OF_128_BITS = re.compile(r"\bld\.global(?:\.nc)?\.v(?:4\.[bf]32|2\.[bf]64)\b")


class Pairs(unittest.TestCase):
    """The kernels of cuda and of opencl that are the same but for the target."""

    def expect_of_each(self, expect):
        for words, cuda in KERNELS["cuda"].items():
            with self.subTest(cuda.symbol):
                expect(cuda, KERNELS["opencl"][words])

    def test_every_kernel_is_on_both(self):
        self.assertEqual(sorted(KERNELS["cuda"]), sorted(KERNELS["opencl"]))
        self.assertGreater(len(KERNELS["cuda"]), 40)

    def test_shared_memory_and_threads(self):
        def expect(cuda, opencl):
            self.assertEqual((cuda.shared_bytes, cuda.threads), (opencl.shared_bytes, opencl.threads))

        self.expect_of_each(expect)

    def test_barriers(self):
        def expect(cuda, opencl):
            self.assertEqual(cuda.barriers(), opencl.barriers())
            self.assertEqual(cuda.barriers() > 0, cuda.shared_bytes > 0)

        self.expect_of_each(expect)

    def test_some_share_and_some_do_not(self):
        sharing = [kernel for kernel in KERNELS["cuda"].values() if kernel.shared_bytes]
        self.assertGreater(len(sharing), 20)
        self.assertLess(len(sharing), len(KERNELS["cuda"]))


class Code(unittest.TestCase):
    def test_no_local_memory(self):
        for kernel in KERNELS["cuda"].values():
            with self.subTest(kernel.symbol):
                self.assertNotRegex(kernel.code, r"\.local\b")

    def test_products_are_fused_with_sums_or_none_is(self):
        """Tiles that serve one layer give the same bits. Those of backward_input serve every layer in fours and one by one,
        depending on where tensors lie."""
        for words, kernel in KERNELS["cuda"].items():
            if "activation" in words or "axpby" in words:
                continue
            with self.subTest(kernel.symbol):
                products, fused = (bool(re.search(rf"\b{word}\.(rn\.)?f32", kernel.code)) for word in ("mul", "fma"))
                self.assertNotEqual(products, fused)
                self.assertTrue(fused or "backward_input" not in words)

    def test_aligned_kernels_read_128_bits_at_once(self):
        for kernel in KERNELS["cuda"].values():
            with self.subTest(kernel.symbol):
                self.assertEqual(bool(LOADS_OF_128_BITS.search(kernel.code)), kernel.aligned)


if __name__ == "__main__":
    if len(KERNELS) < 2:
        print("skipped: this build has the kernels of", *KERNELS, "alone")
        sys.exit(launches.SKIPPED)
    unittest.main()
