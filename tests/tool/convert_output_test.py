"""How the output appears: whole or not at all, whatever ends the converter, and with the permissions of what it replaces."""

import os
import signal
import stat
import subprocess
import sys
from unittest import mock

from convert_support import CONVERTER, MODELS, ConvertTest, unittest
import partial_file  # of the folder that convert_support added to the path

MODEL = MODELS / "net_i1_cl.keras"

CONVERT = """
import runpy, signal, sys, time
sys.path.insert(0, {folder!r})
import limits, model_file, partial_file, safetensors_file
{change}
runpy.run_path({folder!r} + "/__main__.py", run_name="__main__")
"""

# It waits where {place} is called. In a destructor: Python drops exceptions there.
WAIT = """
class Waiting:
    def __del__(self):
        print("waiting", flush=True)
        for _ in range(600):
            time.sleep(0.1)  # Python hears of a signal that came just before a sleep at its end
def wait(*_):
    Waiting()
{place} = wait
"""

# It computes where it writes, far longer than it may.
COMPUTE = """
def compute(*_):
    while time.process_time() < 20:
        pass
safetensors_file.write, limits.WRITING = compute, 0
"""

# The file exists, and nobody knows yet under which name.
END_AT_CREATION = """
create = partial_file._create
def interrupted(destination):
    file = create(destination)
    signal.raise_signal(signal.SIGTERM)
    {then}
partial_file._create = interrupted
"""


class Output(ConvertTest):
    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def old_output(self, name="o.h5", mode=0o640):
        path = self.folder / name
        path.write_bytes(b"old")
        path.chmod(mode)
        return path


class Signals(Output):
    def start(self, change, ignored="USR2"):
        """A converter whose parent ignored a signal."""
        program = CONVERT.format(folder=str(CONVERTER), change=change)
        shell = ["sh", "-c", f'ulimit -c 0; trap "" {ignored}; exec "$@"', "sh"]
        command = [*shell, sys.executable, "-B", "-c", program, MODEL, self.folder / "o.safetensors"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, place, *numbers, **options):
        """The exit code of a converter that gets signals at a place."""
        with self.start(WAIT.format(place=place), **options) as run:
            self.assertEqual(run.stdout.readline(), "waiting\n")
            if place.startswith("safetensors"):
                self.assertIn(f"o.safetensors.{run.pid}-0.partial", self.names())
            for number in numbers:
                run.send_signal(number)
            self.assertEqual(run.communicate(timeout=50)[0], "")
            return run.returncode

    def test_end_the_converter_and_leave_the_old_file(self):
        self.old_output("o.safetensors")
        for place in ("model_file.read", "safetensors_file.write"):
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGALRM,
                           signal.SIGXCPU, signal.SIGRTMIN):
                with self.subTest(place=place, number=number):
                    self.assertEqual(self.end(place, number), -number)
                    self.assertEqual(self.names(), ["o.safetensors"])
                    self.assertEqual((self.folder / "o.safetensors").read_bytes(), b"old")

    def test_end_a_converter_that_computes_for_too_long(self):
        self.old_output("o.safetensors")
        with self.start(COMPUTE) as run:
            run.communicate(timeout=50)
            self.assertEqual(run.returncode, -signal.SIGXCPU)
        self.assertEqual(self.names(), ["o.safetensors"])
        self.assertEqual((self.folder / "o.safetensors").read_bytes(), b"old")

    def test_that_the_parent_ignored_stay_ignored(self):
        for name in ("HUP", "INT"):
            number = signal.Signals["SIG" + name]
            self.assertEqual(self.end("safetensors_file.write", number, signal.SIGTERM, ignored=name), -signal.SIGTERM)
            self.assertEqual(self.names(), [])

    def test_at_the_creation_of_the_file(self):
        for then in ("return file", "partial_file._remove(file.name); raise OSError(28, 'full')"):
            with self.start(END_AT_CREATION.format(then=then)) as run:
                self.assertNotIn("Traceback", run.communicate(timeout=50)[1])
                self.assertEqual(run.returncode, -signal.SIGTERM)
            self.assertEqual(self.names(), [])

    def test_are_as_before_afterwards(self):
        before = [signal.getsignal(number) for number in partial_file.ENDING]
        self.assertIn(signal.SIG_DFL, before)
        self.convert(MODEL, self.folder / "o.h5")
        self.refuse(MODELS / "net_i1_cl.h5", out="none/o.h5", reason="No such file")
        self.assertEqual([signal.getsignal(number) for number in partial_file.ENDING], before)


class Names(Output):
    def test_of_converters_with_the_same_number(self):
        """One that was killed left its file, or one in another container writes at the same time."""
        others = [self.folder / f"o.h5.{os.getpid()}-{k}.partial" for k in range(3)]
        for path in others:
            path.write_bytes(b"other")
        self.convert(MODEL, self.folder / "o.h5")
        self.assertEqual([path.read_bytes() for path in others], [b"other"] * 3)
        self.assertEqual(self.names(), ["o.h5", *(path.name for path in others)])

    def test_do_not_end(self):
        self.old_output(f"o.h5.{os.getpid()}-0.partial")
        with mock.patch.object(partial_file, "MAX_LEFTOVERS", 1):
            self.refuse(MODEL, out="o.h5", reason="o.h5: File exists")

    def test_as_long_as_can_be(self):
        for character in ("x", "é"):
            name = (character * 255).encode()[:252 // len(character.encode()) * len(character.encode())].decode() + ".h5"
            for _ in ("new", "replaced"):
                self.convert(MODEL, self.folder / name)
                self.assertEqual(self.names(), [name])
            (self.folder / name).unlink()
        self.refuse(MODEL, out="x" * 253 + ".h5", reason=".h5: File name too long")


class Replaced(Output):
    def test_keeps_its_permissions(self):
        for mode in (0o600, 0o644, 0o664, 0o400, 0o777):
            path = self.old_output(mode=mode)
            self.convert(MODEL, path)
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), mode)
            self.assertNotEqual(path.read_bytes(), b"old")
            path.unlink()

    def test_passes_no_rights_of_its_owner_on(self):
        path = self.old_output(mode=0o4755)
        self.convert(MODEL, path)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o755)

    def test_new_ones_have_the_usual_permissions(self):
        before = os.umask(0o027)
        try:
            self.convert(MODEL, self.folder / "o.h5")
        finally:
            os.umask(before)
        self.assertEqual(stat.S_IMODE((self.folder / "o.h5").stat().st_mode), 0o640)

    def test_is_on_the_disk_before_it_has_its_name(self):
        sizes = []

        def fsync(file):
            sizes.append((os.fstat(file).st_size, path.read_bytes()))

        path = self.old_output("o.safetensors")
        with mock.patch("os.fsync", fsync):
            self.convert(MODEL, path)
        self.assertEqual(sizes, [(path.stat().st_size, b"old")])

    def test_stays_when_the_disk_fails(self):
        path = self.old_output()
        with mock.patch("os.fsync", side_effect=OSError(5, "Input/output error")):
            self.refuse(MODEL, out="o.h5", reason="o.h5: Input/output error")
        self.assertEqual(path.read_bytes(), b"old")


class Surroundings(Output):
    def run_in(self, shell, model, out):
        command = ["sh", "-c", f'{shell}; exec "$@"', "sh", sys.executable, "-B", CONVERTER, model, self.folder / out]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def test_closed_files(self):
        """Of a model that needs a note."""
        for closed in ("<&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"):
            run = self.run_in(f"exec {closed}", MODEL, "o.safetensors")
            self.assertEqual((run.returncode, run.stderr), (0, "" if "2" in closed else
                             "lcn: skipped metrics: 2 arrays of the training's state\n"
                             "lcn: skipped optimizer: 7 arrays of the training's state\n"), closed)
            self.assertEqual(self.names(), ["o.safetensors"])
            (self.folder / "o.safetensors").unlink()
        self.assertEqual(self.run_in("exec <&- 2>&-", self.folder / "none", "o.h5").returncode, 1)

    def test_limits_on_memory(self):
        """Said in one line, and not by a library that numpy loads."""
        for kilobytes in (140_000, 100_000, 60_000):
            run = self.run_in(f"ulimit -v {kilobytes}", MODELS / "net_i1_cf.h5", "o.h5")
            self.assertIn((run.returncode, run.stderr), [(1, "lcn: out of memory\n"), (0, "")], kilobytes)

    def test_a_limit_on_the_size_of_files(self):
        path = self.old_output()
        run = self.run_in("ulimit -f 8", MODELS / "net_i1_cl.h5", "o.h5")
        self.assertEqual((run.returncode, run.stderr.splitlines()[-1]), (1, f"lcn: {path}: File too large"))
        self.assertEqual((self.names(), path.read_bytes()), (["o.h5"], b"old"))


if __name__ == "__main__":
    unittest.main()
