"""Runs a program with a limit of memory and of time between its lines."""

import pathlib
import re
import subprocess
import tempfile
import time

POLL_SECONDS = 0.1


def resident(pid):
    try:
        with open(f"/proc/{pid}/status") as status:
            found = re.search(r"VmRSS:\s+(\d+) kB", status.read())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def last_words(errors):
    """The exception that ended a Python program, or what else it said last."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    exceptions = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Exit)\b", line)]
    return (exceptions or lines or ["said nothing"])[-1][:300]


def watch(process, output, memory, seconds):
    """Which limit the process has passed, or None when it has ended."""
    written, since = 0, time.monotonic()
    while process.poll() is None:
        time.sleep(POLL_SECONDS)
        if (now := output.stat().st_size) > written:
            written, since = now, time.monotonic()
        if resident(process.pid) > memory:
            return "memory"
        if time.monotonic() - since > seconds:
            return "time"
    return None


def run(command, memory, seconds):
    """(lines of JSON that it wrote, why it ended early or None). `seconds` is for each line."""
    with tempfile.TemporaryDirectory() as folder:
        output, errors = pathlib.Path(folder, "output"), pathlib.Path(folder, "errors")
        with output.open("wb") as to_output, errors.open("wb") as to_errors:
            process = subprocess.Popen(command, stdout=to_output, stderr=to_errors, stdin=subprocess.DEVNULL)
        try:
            reason = watch(process, output, memory, seconds)
        finally:
            process.kill()
            code = process.wait()
        if not reason and code:
            reason = f"failed: {last_words(errors.read_text())}" if code > 0 else f"failed: signal {-code}"
        return [line for line in output.read_text().splitlines() if line.startswith("{")], reason
