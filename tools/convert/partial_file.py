"""A file that appears under its name only when it is complete."""

import os
import stat

from messages import Failed


class PartialFile:
    """`with PartialFile(path) as file`: writes beside `path`, renames at the end, removes its own file on failure."""

    def __init__(self, path: str):
        self.path = path

    def __enter__(self):
        # A link's file is replaced, not the link. Devices and folders are not replaced at all.
        if os.path.exists(self.path):
            if not stat.S_ISREG(os.stat(self.path).st_mode):
                raise Failed(f"{self.path}: not a regular file")
            self.destination = os.path.realpath(self.path)
        else:
            self.destination = self.path
        self.partial = f"{self.destination}.{os.getpid()}.partial"
        try:
            self.file = open(self.partial, "xb")
        except OSError as e:
            raise Failed(f"{self.path}: {e.strerror}") from None
        return self.file

    def __exit__(self, kind, error, trace):
        try:
            self.file.close()
            if kind is None:
                os.rename(self.partial, self.destination)
                return
        except OSError as e:
            error = error or e
        os.unlink(self.partial)
        if isinstance(error, OSError):
            raise Failed(f"{self.path}: {error.strerror or error}") from None
