"""`lcn convert` as a user runs it: the native program that LCN_TOOL names, without the checkout's Python files."""

import io
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import zipfile

from convert_support import CONVERTER, MODELS, ROOT, ConvertTest, unittest, weights_of

TOOL = os.environ["LCN_TOOL"]

# A Python that waits where the converter writes, and does not hurry to remove that.
WAITING_PYTHON = """#!{python} -B
import os, runpy, sys, time
archive = sys.argv[1]
sys.argv[:2] = [archive]
sys.path.insert(0, archive)
import partial_file, safetensors_file
def wait(*_):
    print(os.getpid(), flush=True)
    for _ in range(600):
        time.sleep(0.1)  # Python hears of a signal that came just before a sleep at its end
def slowly(path, remove=partial_file._remove):
    time.sleep(0.3)
    remove(path)
safetensors_file.write, partial_file._remove = wait, slowly
runpy.run_path(archive, run_name="__main__")
"""


class Command(ConvertTest):
    def run_tool(self, *arguments, first=None, **environment):
        """Exit code, standard output, standard error; in the test's own folder, with this interpreter. `first` is called in the
        new process."""
        environment = {**os.environ, "LCN_PYTHON": sys.executable, **environment}
        run = subprocess.run([TOOL, "convert", *map(str, arguments)], capture_output=True, text=True, cwd=self.folder,
                             env=environment, timeout=60, preexec_fn=first)
        return run.returncode, run.stdout, run.stderr

    def expect_failure(self, result, code, *reasons):
        self.assertEqual((result[0], result[1]), (code, ""), result)
        self.assertRegex(result[2], r"\Alcn: [^\n]+\n\Z")
        for reason in reasons:
            self.assertIn(reason, result[2])

    def test_converts_and_converts_back(self):
        shutil.copy(MODELS / "net_i1_cl.weights.h5", self.folder / "m")
        code, output, errors = self.run_tool("m", "o.safetensors", "--config", MODELS / "net_i1_cl.keras")
        self.assertEqual((code, output), (0, ""), errors)
        self.assertEqual(errors, "lcn: skipped metrics: 2 arrays of the training's state\n"
                                 "lcn: skipped optimizer: 7 arrays of the training's state\n")
        self.assert_same_tensors(self.tensors(self.folder / "o.safetensors"), weights_of("net_i1_cl")[0])
        self.assertEqual(self.run_tool("o.safetensors", "o.h5")[0], 0)
        self.assertEqual(self.run_tool("o.h5", "again.safetensors"), (0, "", ""))
        self.assert_same_tensors(self.tensors(self.folder / "again.safetensors"), weights_of("net_i1_cl")[0])
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()),
                         ["again.safetensors", "m", "o.h5", "o.safetensors"])

    def test_needs_no_file_of_the_checkout(self):
        """The text of the converter in the program is that of the files it was built from."""
        program = pathlib.Path(TOOL).read_bytes()
        start = program.index(b"PK\3\4")
        with zipfile.ZipFile(io.BytesIO(program[start:program.index(b"PK\5\6", start) + 22])) as archive:
            inside = {name: archive.read(name) for name in archive.namelist()}
        self.assertEqual(inside, {path.name: path.read_bytes() for path in CONVERTER.glob("*.py")})

    def test_names_that_look_like_options_or_commands(self):
        for name in ("-m.h5", "$(touch x).h5", "a b;c.h5", "--config"):
            shutil.copy(MODELS / "net_i1_cf.h5", self.folder / name)
            self.assertEqual(self.run_tool("--", name, f"{name}.safetensors"), (0, "", ""))
            self.assertTrue((self.folder / f"{name}.safetensors").is_file())
        self.assertFalse((self.folder / "x").exists())

    def test_exit_codes(self):
        self.expect_failure(self.run_tool(), 2, "MODEL is required")
        self.expect_failure(self.run_tool("m"), 2, "OUT is required")
        self.expect_failure(self.run_tool("m", "o", "more"), 2, "more")
        self.expect_failure(self.run_tool("m", "o", "--config"), 2, "--config")
        self.expect_failure(self.run_tool("m", "o.txt"), 2, 'o.txt" must end in one of')
        self.expect_failure(self.run_tool("none.h5", "o.safetensors"), 1, "none.h5: No such file")
        self.expect_failure(self.run_tool("two\nlines.h5", "o.safetensors"), 1, "two?lines.h5")
        self.assertEqual(list(self.folder.iterdir()), [])

    def script(self, text):
        path = self.folder / "python"
        path.write_text(text)
        path.chmod(0o700)
        return str(path)

    def test_what_is_no_interpreter_is_named(self):
        (self.folder / "o.safetensors").touch()
        for python, code in [("true", 0), ("false", 1), (self.script("#!/bin/sh\nexit 77\n"), 77)]:
            self.expect_failure(self.run_tool("m.h5", "o.safetensors", LCN_PYTHON=python), 1,
                                f"{python} has not run the converter to its end (exit code {code})", "set LCN_PYTHON")
        self.expect_failure(self.run_tool("m.h5", "o.safetensors", LCN_PYTHON="/nowhere/python"), 1,
                            "/nowhere/python", "set LCN_PYTHON")

    def test_missing_h5py_is_named(self):
        (self.folder / "h5py.py").write_text("raise ModuleNotFoundError('not here', name='h5py')")
        self.expect_failure(self.run_tool("m.h5", "o.safetensors", PYTHONPATH=str(self.folder)), 1,
                            "needs the Python package h5py", sys.executable, "LCN_PYTHON")

    def test_a_file_that_the_hdf5_library_never_finishes(self):
        damaged = bytearray((MODELS / "net_i1_cl_weights.h5").read_bytes())
        self.assertEqual(damaged[2344:2360], bytes([11, *[0] * 7, 14, *[0] * 7]))
        damaged[2353] = 1  # the size of a string in the heap
        (self.folder / "m.h5").write_bytes(damaged)
        self.expect_failure(self.run_tool("m.h5", "o.safetensors", "--config", MODELS / "net_i1_cl.keras"), 1,
                            "m.h5: the converter took too long: a damaged file")
        self.assertFalse((self.folder / "o.safetensors").exists())

    def test_a_file_that_asks_for_gigabytes(self):
        damaged = (ROOT / "tests/fuzz/regressions/converter/string_of_gigabytes").read_bytes()[1:]
        (self.folder / "m.h5").write_bytes(damaged)
        self.expect_failure(self.run_tool("m.h5", "o.safetensors", "--config", MODELS / "net_i1_cl.keras"), 1,
                            'm.h5: attribute "keras_version"', "damaged")
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 600_000)  # kB; of all children so far

    def test_ends_its_python(self):
        """Whatever ends the program: the converter does not go on by itself."""
        python = self.script('#!/bin/sh\necho $$; exec sleep 60\n')
        for number in (signal.SIGTERM, signal.SIGKILL):
            with subprocess.Popen([TOOL, "convert", "m.h5", "o.safetensors"], stdout=subprocess.PIPE, text=True,
                                  env={**os.environ, "LCN_PYTHON": python}) as run:
                run.stdout.readline()
                run.send_signal(number)
                self.assertEqual(run.stdout.read(), "")  # the end of it: nobody has it open any more
                self.assertEqual(run.wait(timeout=30), -number)

    def writing(self):
        """The program, and the number of its Python, which is about to write."""
        environment = {**os.environ, "LCN_PYTHON": self.script(WAITING_PYTHON.format(python=sys.executable))}
        run = subprocess.Popen([TOOL, "convert", MODELS / "net_i1_cf.h5", self.folder / "o.safetensors"], env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        python = int(run.stdout.readline())
        self.assertEqual(self.names(), [f"o.safetensors.{python}-0.partial", "python"])
        return run, python

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_leaves_nothing_half_written_when_a_signal_has_ended_it(self):
        for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGALRM, signal.SIGRTMAX):
            run, _ = self.writing()
            with run:
                run.send_signal(number)
                self.assertEqual(run.wait(timeout=30), -number)
                self.assertEqual(self.names(), ["python"])
                self.assertEqual(run.communicate(), ("", ""))

    def test_names_what_has_ended_its_python(self):
        for number, reason in [(signal.SIGXCPU, f"took too long to write {self.folder}/o.safetensors"),
                               (signal.SIGUSR1, "was killed: User defined signal 1")]:
            run, python = self.writing()
            with run:
                os.kill(python, number)
                output, errors = run.communicate(timeout=30)
                self.expect_failure((run.returncode, output, errors), 1, f"net_i1_cf.h5: the converter {reason}")
                self.assertEqual(self.names(), ["python"])

    def test_does_not_need_to_be_told_of_ended_processes(self):
        result = self.run_tool(MODELS / "net_i1_cf.h5", "o.safetensors",
                               first=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        self.assertEqual(result, (0, "", ""))

    def test_a_limit_on_the_size_of_files_below_its_own_text(self):
        result = self.run_tool(MODELS / "net_i1_cf.h5", "o.safetensors",
                               first=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10240, 10240)))
        self.expect_failure(result, 1, "the limit on the size of files is below the", "bytes of the converter itself")

    def test_the_file_of_lcn_tuning_is_no_output(self):
        tuning = self.folder / "tuning.json"
        tuning.write_text("{}")
        (self.folder / "o.safetensors").symlink_to(tuning)
        code, _, errors = self.run_tool(MODELS / "net_i1_cf.h5", "o.safetensors", LCN_TUNING=str(tuning))
        self.assertEqual(code, 2, errors)
        self.assertIn(f"o.safetensors is the same file as {tuning}", errors.splitlines()[-1])
        self.assertEqual(tuning.read_text(), "{}")

    def test_files_beside_it_are_not_run(self):
        """Modules of the converter's names in the working folder stay where they are."""
        for name in ("sniff.py", "messages.py", "json.py"):
            (self.folder / name).write_text("raise SystemExit('run')")
        shutil.copy(MODELS / "net_i1_cf.h5", self.folder / "m.h5")
        self.assertEqual(self.run_tool("m.h5", "o.safetensors"), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
