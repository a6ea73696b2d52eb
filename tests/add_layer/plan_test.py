#!/usr/bin/env python3
"""What a plan fixes in the kernels of a layer: every extent but those of positions, along which work is cut, and of sums that begin
with 0, whose first product would be rounded otherwise; and the strides of Keras's order."""
import subprocess
import sys
import unittest

PLANNER = sys.argv.pop()
FILTERS, TAPS, ROWS, CHANNELS = 17, 15, 3, 5  # TAPS of a window's row
ROW, WINDOW = TAPS * FILTERS, ROWS * TAPS * FILTERS

# The dimensions of each buffer, innermost first; free ones in brackets.
WEIGHTS = "filters taps rows planes [positions]"
BUFFERS = {
    "forward": ["taps rows planes images", WEIGHTS, "filters [positions] images", "filters [positions] images"],
    "backward_input_dot": ["[filters] [positions] images", "[filters] taps rows planes [positions]", "taps rows planes images"],
    "backward_input_band": ["images [filters] [positions]", "[filters] taps rows planes [positions]", "images taps rows planes"],
    "backward_weights": ["taps rows planes [images]", "filters [positions] [images]", WEIGHTS],
}


def lines(batches, choices=(), **more):
    """What the planner prints: a kernel's symbol and, of a specialised one, its numbers."""
    words = dict(targets="portable", operations="forward,backward_input,backward_weights", batches=batches, input_rows=7, input_columns=8,
                 channels=CHANNELS, filters=FILTERS, kernel_rows=ROWS, kernel_columns=TAPS // CHANNELS) | more
    arguments = [f"{key}={value}" for key, value in words.items()] + [f"choice={choice}" for choice in choices]
    printed = subprocess.run([PLANNER, *arguments], check=True, capture_output=True, text=True).stdout
    return [line.split() for line in printed.splitlines()]


def plan(batches):
    """{pass: the numbers of each of its kernels}, two of a dimension: extent and stride."""
    found = {}
    for symbol, *numbers in lines(batches):
        if numbers:
            found.setdefault(symbol.removeprefix("lcn_").split("_f32_")[0], []).append([int(n) for n in numbers[0].split(",")])
    return found


class Plan(unittest.TestCase):
    def dimensions(self, operation, numbers):
        """(name, whether it is free, extent, stride) of every dimension of every buffer."""
        names = " ".join(BUFFERS[operation]).split()
        self.assertEqual(len(numbers), 2 * len(names), operation)
        return [(name.strip("[]"), name[0] == "[", *numbers[2 * k:2 * k + 2]) for k, name in enumerate(names)]

    def test_extents_are_fixed_but_the_free_ones(self):
        found = plan("1,8")
        self.assertEqual(set(found), set(BUFFERS))
        for operation, kernels in found.items():
            for numbers in kernels:
                for name, free, extent, _ in self.dimensions(operation, numbers):
                    self.assertEqual(extent == 0, free, f"{name} of {operation} {numbers}")

    def test_extents_and_strides_are_those_of_the_layer(self):
        for operation, kernels in plan("1").items():
            for numbers in kernels:
                dimensions = self.dimensions(operation, numbers)
                first = next(k for k in range(len(dimensions)) if [d[0] for d in dimensions[k:k + 3]] == ["filters", "taps", "rows"])
                self.assertEqual([stride for *_, stride in dimensions[first:first + 5]], [1, FILTERS, ROW, WINDOW, WINDOW],
                                 f"strides of the weights in {operation}")
                for name, free, extent, _ in dimensions:
                    if name == "filters" and not free:
                        self.assertEqual(extent, FILTERS)
                    if name in ("rows", "taps"):
                        self.assertLessEqual(extent, {"rows": ROWS, "taps": TAPS}[name])

    def test_a_choice_is_planned_with_what_would_be_chosen_without_it(self):
        operation, chosen = "backward_weights", "lcn_backward_weights_f32_portable_1x2_single"
        usual = {symbol for symbol, *_ in lines("1", operations=operation)}
        self.assertNotIn(chosen, usual)
        sizes = f"1,7,8,{CHANNELS},{ROWS},{TAPS // CHANNELS},{FILTERS},1,1,valid,channels_last"
        choices = [f"portable,{operation},{several_threads},{sizes},{chosen}" for several_threads in ("false", "true")]
        self.assertLessEqual(usual | {chosen}, {symbol for symbol, *_ in lines("1", choices, operations=operation)})


if __name__ == "__main__":
    unittest.main()
