"""A file that appears under its name only when it is complete."""

import contextlib
import errno
import os
import signal
import stat

from messages import Failed

MAX_LEFTOVERS = 1000
# Signals that end a process unless it handles them. Not those that it cannot handle, those that a fault of its own sends, and those
# that stop or do nothing.
ENDING = signal.valid_signals() - {getattr(signal, "SIG" + name) for name in (
    "KILL STOP ABRT BUS FPE ILL SEGV SYS TRAP TSTP TTIN TTOU CONT CHLD URG WINCH").split()}


@contextlib.contextmanager
def partial_file(path: str):
    """The file to write: beside `path`, renamed at the end, removed on failure and when a signal ends this process."""
    try:
        destination, permissions = _destination(path)
        with _Signals() as signals:
            file = _create(destination)
            signals.remove_first(file.name)
            try:
                with file:
                    if permissions is not None:
                        os.fchmod(file.fileno(), permissions)
                    yield file
                    file.flush()
                    os.fsync(file.fileno())  # else a crash of the machine could leave the name with no content
                os.rename(file.name, destination)
            except BaseException:
                _remove(file.name)
                raise
    except OSError as e:
        raise Failed(f"{path}: {e.strerror or e}") from None


def _destination(path: str):
    """Where to write, and the permissions of the file that is there."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return os.path.realpath(path), None
    # A link's file is replaced, not the link. Devices and folders are not replaced at all.
    if not stat.S_ISREG(mode):
        raise Failed(f"{path}: not a regular file")
    return os.path.realpath(path), mode & 0o777


def _create(destination: str):
    try:
        return _create_numbered(destination)
    except OSError as e:
        if e.errno != errno.ENAMETOOLONG:
            raise
    return _create_numbered(os.path.join(os.path.dirname(destination), "lcn"))


def _create_numbered(start: str):
    """Another writer, or one that was killed and had the same number, may have the first names."""
    for number in range(MAX_LEFTOVERS):
        with contextlib.suppress(FileExistsError):
            return open(f"{start}.{os.getpid()}-{number}.partial", "xb")
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


class _Signals:
    """Within it, a signal that would end this process does so after the removal of a file. An exception instead could be
    lost: Python drops those that a destructor or a library's callback happens to get."""

    def __init__(self):
        self.path = self.held = None

    def __enter__(self):
        self.handled = [number for number in ENDING if signal.getsignal(number) == signal.SIG_DFL]
        for number in self.handled:
            signal.signal(number, self._end)
        return self

    def __exit__(self, *_):
        for number in self.handled:
            signal.signal(number, signal.SIG_DFL)
        if self.held:
            signal.raise_signal(self.held)

    def remove_first(self, path: str) -> None:
        self.path = path
        if self.held:
            self._end(self.held)

    def _end(self, number: int, *_) -> None:
        if self.path is None:  # the file may exist already, under a name that is not known here yet
            self.held = number
            return
        _remove(self.path)
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
