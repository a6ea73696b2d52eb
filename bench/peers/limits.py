"""Runs a program with a limit of memory and of time between its lines."""

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


def run(command, memory, seconds):
    """(lines that it wrote, why it ended early or None). `seconds` is for each line."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=output, stderr=errors, stdin=subprocess.DEVNULL)
        reason, count, since = None, 0, time.monotonic()
        while process.poll() is None and not reason:
            time.sleep(POLL_SECONDS)
            output.seek(0)
            if (now := output.read().count("\n")) > count:
                count, since = now, time.monotonic()
            if resident(process.pid) > memory:
                reason = f"memory: more than {memory / 2**30:.1f} GB in its process"
            elif time.monotonic() - since > seconds:
                reason = f"time: more than {seconds / 60:.0f} minutes"
        if reason:
            process.kill()
        code = process.wait()
        output.seek(0)
        errors.seek(0)
        if not reason and code:
            reason = f"failed: {last_words(errors.read())}" if code > 0 else f"failed: signal {-code}"
        return [line for line in output.read().splitlines() if line.startswith("{")], reason
