"""jax.lax.conv_general_dilated_local, jitted."""

import os

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import numpy as np

# Images with channels last; the kernel's taps are in the order of its patches: channel, row, column.
LAYOUT = ("NHWC", "HWIO", "NHWC")


class Peer:
    def __init__(self, _, shape, tensors, threads):
        self.settings = f"jax {jax.__version__}, jit, {'/'.join(LAYOUT)}, threads by the processors of the process"
        self.shape = shape
        kernel = tensors["kernel"].transpose(0, 1, 4, 2, 3, 5).reshape(*shape.output, shape.taps, shape.filters)
        self.input, self.kernel, self.output_gradient = map(
            jax.device_put, (tensors["input"], kernel, tensors["output_gradient"])
        )

    def layer(self, x, kernel):
        shape = self.shape
        return jax.lax.conv_general_dilated_local(
            x, kernel, shape.strides, shape.pads, shape.kernel, dimension_numbers=LAYOUT
        )

    def function(self, name):
        @jax.jit
        def forward(x, kernel):
            return (self.layer(x, kernel),)

        @jax.jit
        def forward_and_gradients(x, kernel, output_gradient):
            y, gradients = jax.vjp(self.layer, x, kernel)
            return y, *gradients(output_gradient)

        def call():
            if name == "forward":
                self.last = jax.block_until_ready(forward(self.input, self.kernel))
            else:
                self.last = jax.block_until_ready(
                    forward_and_gradients(self.input, self.kernel, self.output_gradient)
                )

        return call

    def answers(self, name):
        output, *gradients = map(np.asarray, self.last)
        found = {"output": output}
        if gradients:
            kernel = gradients[1].reshape(*self.shape.output, self.shape.channels, *self.shape.kernel, -1)
            found |= {"input_gradient": gradients[0], "kernel_gradient": kernel.transpose(0, 1, 3, 4, 2, 5)}
        return found
