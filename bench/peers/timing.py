"""Times two functions in turns."""

import statistics
import time

CALLS, SECONDS, MOST_SECONDS = 5, 0.5, 10.0  # of each function: at least, at least, at most
TURN_SECONDS = 0.02


def timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def turn(call, times):
    """A call that warms the caches when the other has had them, then calls for TURN_SECONDS."""
    last = timed(call)
    if last > TURN_SECONDS:  # long enough to be warmed by itself
        times.append(last)
        return
    end = time.perf_counter() + TURN_SECONDS
    while time.perf_counter() < end:
        times.append(timed(call))


def enough(times, quick):
    total = sum(times)
    if quick:
        return len(times) >= 2
    return (len(times) >= CALLS and total >= SECONDS) or (total >= MOST_SECONDS and len(times) >= 2)


def in_turns(functions, quick):
    """The times of each, after a call that does not count."""
    times = [[] for _ in functions]
    for call in functions:
        call()
    while not all(enough(t, quick) for t in times):
        for call, t in zip(functions, times):
            turn(call, t)
    return times


def summary(times, prefix=""):
    """In milliseconds."""
    ordered = sorted(times)
    p90 = ordered[round(0.9 * (len(ordered) - 1))]
    values = {"median_ms": statistics.median(ordered), "min_ms": ordered[0], "p90_ms": p90}
    return {prefix + name: float(f"{value * 1e3:.4g}") for name, value in values.items()}
