"""What the converter says: one line each on standard error, all beginning "lcn: "."""

import contextlib
import json
import os
import sys


class Failed(Exception):
    """The work failed: exit code 1. The text names what is wrong and its value."""


class WrongUsage(Failed):
    """The command line is wrong: exit code 2."""


def show(value) -> str:
    """A value out of a file, for a message: one line of ASCII, cut when it is long."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 120 else text[:117] + "..."


def say(text: str) -> None:
    """File names and messages of libraries may hold line breaks, and bytes that are not UTF-8."""
    if sys.stderr is None:  # closed by the caller
        return
    line = "".join(c if c.isprintable() else "?" for c in text)
    sys.stderr.write("lcn: " + line + "\n")


def tell(word: str) -> None:
    """To the program that started this one (tools/convert.cpp), which so knows how far it came: "r" when MODEL is read, and
    in the end the exit code."""
    pipe = os.environ.get("LCN_CONVERTER_PIPE")
    if pipe is not None:
        with contextlib.suppress(OSError, ValueError):
            os.write(int(pipe), word.encode())


def skipped(what: str) -> None:
    say("skipped " + what)


def note(what: str) -> None:
    say("note: " + what)
