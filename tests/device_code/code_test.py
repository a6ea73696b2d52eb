"""What the code of the devices' kernels is like, without any tool of theirs: cuda and opencl come from one schedule, so a
kernel has the same tiles in shared memory and the same barriers on both; nothing of it lies in local memory.
$LCN_DEVICE_LAUNCHES is the program device_launches."""

import os
import pathlib
import re
import sys
import unittest

import assemble
import launches
import ptx

ROOT = pathlib.Path(__file__).parents[2]
KERNELS = launches.kernels(os.environ["LCN_DEVICE_LAUNCHES"])


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


class Limits(unittest.TestCase):
    def test_limits_are_those_of_the_kernels(self):
        """runtime/device/kernel_limits.h decides which devices are refused."""
        text = (ROOT / "runtime/device/kernel_limits.h").read_text()
        said = [int(re.search(rf"{name} = (\d+);", text)[1]) for name in ("most_block_threads", "most_shared_bytes")]
        every = [kernel for kernels in KERNELS.values() for kernel in kernels.values()]
        self.assertEqual(said, [max(kernel.threads for kernel in every), max(kernel.shared_bytes for kernel in every)])


    def test_registers_md_has_the_kernels(self):
        """What assemble.py writes there with NVIDIA's assembler, but for registers."""
        text = (ROOT / "schedules/cuda/registers.md").read_text()
        said = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \|", text, re.MULTILINE)
        kernels = KERNELS["cuda"].values()
        self.assertEqual(said, [(assemble.short(k.symbol), str(k.threads), str(k.shared_bytes)) for k in kernels])


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
        """The input where pixels are aligned, but for gradients of one image, which read few elements of it; else what lies by
        filters: weights, bias, gradients of the output. All of it or nothing."""
        for words, kernel in KERNELS["cuda"].items():
            with self.subTest(kernel.symbol):
                in_fours, one_by_one = ptx.tensors_read(kernel)
                self.assertTrue(in_fours | one_by_one)
                self.assertLessEqual({"weights"} if "forward" in words else set(), in_fours | one_by_one)
                wanted = {"input"} if kernel.rows_aligned and "_single" not in words else set()
                if kernel.columns_aligned:
                    wanted |= {"weights", "bias", "output"}
                self.assertEqual(in_fours, wanted & (in_fours | one_by_one))
                self.assertFalse(in_fours & one_by_one)


if __name__ == "__main__":
    if len(KERNELS) < 2:
        print("skipped: this build has the kernels of", *KERNELS, "alone")
        sys.exit(launches.SKIPPED)
    unittest.main()
