"""What gpu.sh does with programs that are scripts, and with those of this build on the tests' stand-in for NVIDIA's driver.
usage: gpu_test.py Script; gpu_test.py Bundle, with $LCN_BUILD and in $LCN_STANDIN the stand-in's folder."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
TEST = '#!/bin/sh\ntouch "$LCN_TEST_RECORD/1.txt"\nprintf "[  PASSED  ] %s tests.\\n" 3\n'
DEMO = '#!/bin/sh\nwhile [ "$1" != --picture ]; do shift; done\ntouch "$2"\necho "held-out accuracy: 0.99"\n'
BENCH = '#!/bin/sh\ncase "$1" in *forward*) echo "forward/f32/a/N1" ;; esac\n'
PARTS = "tests demo bench torch"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


class Folder(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.bundle = pathlib.Path(scratch.name, "bundle")
        self.tools = pathlib.Path(scratch.name, "tools")

    def run_parts(self, parts=PARTS, **environment):
        """(the process, lines of the summary)"""
        done = subprocess.run([self.bundle / "gpu.sh"], capture_output=True, text=True, check=False,
                              env={**os.environ, "LCN_GPU_PARTS": parts, **environment})
        summary = self.bundle / "results/summary.txt"
        return done, summary.read_text().splitlines() if summary.exists() else []

    def verdict(self, summary, name):
        return next(line for line in summary if line.startswith(name))


class Script(Folder):
    def setUp(self):
        super().setUp()
        for name, text in ("a_test", TEST), ("b_test", TEST), ("digits", DEMO), ("lcn_device_bench", BENCH):
            write(self.bundle / "bin" / name, text)
        write(self.bundle / "needs", "GLIBC_2.99 GLIBCXX_3.4.1\n")
        write(self.bundle / "bench/device/torch_rows.py", "print('torch 3: 1 rows')\n")
        shutil.copy(HERE / "gpu.sh", self.bundle)
        # The machine's programs, of which a test may take some away.
        self.tools.mkdir()
        for path in pathlib.Path("/usr/bin").iterdir():
            (self.tools / path.name).symlink_to(path)

    def run_parts(self, parts=PARTS):
        return super().run_parts(parts, PATH=str(self.tools))

    def test_what_passes(self):
        done, summary = self.run_parts()
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in "a_test", "b_test", "demo", "bench forward", "torch":
            self.assertIn("passed", self.verdict(summary, name))
        self.assertIn("3 passed, 0 skipped, 0 failed", self.verdict(summary, "a_test"))
        self.assertIn("0.99", self.verdict(summary, "demo"))
        self.assertIn("1 rows, 0 of them", self.verdict(summary, "bench forward"))
        for path in "filters.png", "record/a_test/1.txt":
            self.assertTrue((self.bundle / "results" / path).exists(), path)

    def test_what_fails_is_said_and_stops_nothing(self):
        for text, words in {
            "exit 3": "exit code 3",
            "echo nothing": "skipped, but here is a GPU",
            f"{TEST}\necho this machine cannot run target cuda": "skipped, but here is a GPU",
        }.items():
            write(self.bundle / "bin/a_test", f"#!/bin/sh\n{text}\n")
            done, summary = self.run_parts()
            self.assertEqual(done.returncode, 1)
            self.assertIn("FAILED: " + words, self.verdict(summary, "a_test"))
            self.assertIn("passed", self.verdict(summary, "torch"))
            self.assertIn("1 failed", summary[-1])

    def test_without_python(self):
        for path in self.tools.glob("python3*"):
            path.unlink()
        done, summary = self.run_parts()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.verdict(summary, "torch"), "torch: skipped: there is no python3")

    def test_an_older_library(self):
        (self.tools / "ldd").unlink()
        write(self.tools / "ldd", "#!/bin/sh\necho \"$1: /lib/libc.so.6: version 'GLIBC_2.99' not found (required by $1)\"\n")
        done, summary = self.run_parts()
        self.assertEqual((done.returncode, summary), (2, []))
        self.assertRegex(done.stderr, r"^gpu.sh: the programs need GLIBC_2.99 GLIBCXX_3.4.1, here: .*'GLIBC_2.99' not found[^\n]*\n$")


class Bundle(Folder):
    """The stand-in runs no kernel, so that all that looks at a result must fail."""

    def test_on_the_stand_in(self):
        made = subprocess.run([HERE / "gpu_bundle.sh", os.environ["LCN_BUILD"], self.bundle, "1000"], capture_output=True,
                              text=True, check=False)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertFalse(list(self.bundle.glob("lib/libstdc++*")))
        self.assertRegex((self.bundle / "needs").read_text(), r"^GLIBC_2\.[0-9]+ GLIBCXX_3\.4\.[0-9]+\n$")
        for path in self.bundle.glob("bin/*_test"):
            if path.name not in ("axpby_test", "cuda_queue_test"):
                path.unlink()
        done, summary = self.run_parts("tests demo", LD_LIBRARY_PATH=os.environ["LCN_STANDIN"])
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("FAILED: exit code 1", self.verdict(summary, "axpby_test"))
        self.assertIn("passed", self.verdict(summary, "cuda_queue_test"))
        self.assertIn("FAILED: exit code 1", self.verdict(summary, "demo"))


if __name__ == "__main__":
    unittest.main()
