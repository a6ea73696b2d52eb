"""A bar with the time that is left: redrawn on a terminal, else a line for each step."""

import sys

FIRST_GUESS = 3.0  # seconds for a row, before any is measured


def spoken(seconds):
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


class Progress:
    """Counts rows of steps. A step takes as long as in an earlier run, or as rows do on average."""

    def __init__(self, steps, stream=sys.stderr):
        self.waiting = list(steps)  # with .name and .rows, in order
        self.total = sum(len(step.rows) for step in steps)
        self.done = self.rows_measured = self.row_in_step = 0
        self.seconds_measured = 0.0
        self.known = {}  # seconds, by step name
        self.stream = stream
        self.terminal = stream.isatty()

    def finish(self, step, seconds, measured=True):
        """`step`, the first that waits, took `seconds`, now or in an earlier session."""
        self.waiting.remove(step)
        self.done += len(step.rows)
        self.row_in_step = 0
        self.known[step.name] = seconds
        self.rows_measured += len(step.rows)
        self.seconds_measured += seconds
        if measured and not self.terminal:
            print(f"{self.text()}: {step} took {seconds:.0f} s", file=self.stream, flush=True)

    def row(self, step):
        self.row_in_step += 1
        if self.terminal:
            self.draw(str(step))

    def left(self):
        per_row = self.seconds_measured / self.rows_measured if self.rows_measured else FIRST_GUESS
        expected = [self.known.get(step.name, per_row * len(step.rows)) for step in self.waiting]
        if expected and self.row_in_step:
            expected[0] *= 1 - min(1, self.row_in_step / len(self.waiting[0].rows))
        return sum(expected)

    def text(self):
        return f"{self.done + self.row_in_step} of {self.total} rows, {spoken(self.left())} left"

    def draw(self, what):
        width = 30
        filled = width * (self.done + self.row_in_step) // self.total
        bar = "#" * filled + "." * (width - filled)
        print(f"\r\033[K[{bar}] {self.text()} ({what})"[:130], end="", file=self.stream, flush=True)

    def close(self):
        if self.terminal:
            print(file=self.stream)
