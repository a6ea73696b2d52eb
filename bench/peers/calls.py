"""Layers of the benchmark, and the shared libraries of calls.h, lcn's among them."""

import ctypes
import dataclasses
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).parents[2] / "build/host/bench/peers"
PASSES = ["forward", "forward_and_gradients"]


class Numbers(ctypes.Structure):
    """struct Layer of calls.h."""

    _names = "rows columns channels kernel_rows kernel_columns stride_rows stride_columns same filters batch"
    _fields_ = [(name, ctypes.c_int64) for name in _names.split()]


@dataclasses.dataclass
class Shape:
    id: str
    rows: int
    columns: int
    channels: int
    kernel: tuple
    strides: tuple
    same: bool
    filters: int
    batches: list
    trained: bool

    def __post_init__(self):
        self.image = (self.rows, self.columns)
        self.padding = tuple(k // 2 if self.same else 0 for k in self.kernel)
        self.output = tuple(
            -(-size // s) if self.same else (size - k) // s + 1
            for size, k, s in zip(self.image, self.kernel, self.strides)
        )
        self.positions = self.output[0] * self.output[1]
        self.taps = self.kernel[0] * self.kernel[1] * self.channels

    @property
    def pads(self):
        """((top, bottom), (left, right)): zeros round the image with which `valid` computes the layer."""
        sizes = zip(self.image, self.output, self.kernel, self.strides, self.padding)
        return tuple((low, (out - 1) * s + k - low - size if self.same else 0) for size, out, k, s, low in sizes)

    def tensor_shapes(self, batch):
        return {
            "input": (batch, *self.image, self.channels),
            "kernel": (*self.output, *self.kernel, self.channels, self.filters),
            "output": (batch, *self.output, self.filters),
        }

    def bytes(self, batch):
        return 4 * sum(int(np.prod(shape)) for shape in self.tensor_shapes(batch).values())


class Peer:
    """A method of a shared library on numpy's arrays: input, kernel, output_gradient."""

    def __init__(self, library, method, shape, tensors, threads):
        calls = self.calls = load(library)
        self.results = {
            "output": np.full_like(tensors["output_gradient"], np.nan),
            "input_gradient": np.full_like(tensors["input"], np.nan),
            "kernel_gradient": np.full_like(tensors["kernel"], np.nan),
        }
        self.tensors = tensors  # kept alive
        numbers = Numbers(*shape.image, shape.channels, *shape.kernel, *shape.strides, shape.same, shape.filters)
        numbers.batch = len(tensors["input"])
        arrays = [*(tensors[name] for name in ("input", "kernel", "output_gradient")), *self.results.values()]
        pointers = (ctypes.c_void_p * 6)(*(array.ctypes.data for array in arrays))
        self.handle = ctypes.c_void_p(calls.peer_new(method.encode(), ctypes.byref(numbers), pointers, threads))
        if not self.handle:
            raise RuntimeError(f"{library} refuses the layer")
        self.settings = calls.peer_settings(method.encode()).decode()
        self.run = {name: getattr(calls, "peer_" + name) for name in PASSES}

    def function(self, name):
        run, handle = self.run[name], self.handle

        def call():
            if run(handle):
                raise RuntimeError(f"the call of {name} failed")

        return call

    def answers(self, name):
        return {"output": self.results["output"]} if name == "forward" else self.results

    def __del__(self):
        if getattr(self, "handle", None):
            self.calls.peer_delete(self.handle)


def load(library):
    calls = ctypes.CDLL(str(FOLDER / f"{library}.so"))
    calls.peer_new.restype = ctypes.c_void_p
    calls.peer_settings.restype = ctypes.c_char_p
    for name in [*(f"peer_{name}" for name in PASSES), "peer_delete"]:
        getattr(calls, name).argtypes = [ctypes.c_void_p]
    return calls


def shapes():
    """All of bench/shapes.h."""
    calls, numbers, found = load("lcn_calls"), (ctypes.c_int64 * 14)(), []
    calls.lcn_calls_shape.restype = ctypes.c_char_p
    while name := calls.lcn_calls_shape(len(found), numbers):
        h, w, c, kh, kw, sh, sw, same, filters, *batches, trained = numbers
        batches = [batch for batch in batches if batch]
        found.append(Shape(name.decode(), h, w, c, (kh, kw), (sh, sw), bool(same), filters, batches, bool(trained)))
    return found
