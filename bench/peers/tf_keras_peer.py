"""tf_keras.layers.LocallyConnected2D in graph mode."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
import tf_keras
from tf_keras.src.layers.locally_connected import locally_connected2d
from tf_keras.src.utils import conv_utils


def tap_indices(shape):
    """(flat index in an image, flat index in an output, flat index in lcn's kernel) of all taps in the image."""
    r, q, i, j, c, f = np.ogrid[tuple(map(slice, (*shape.output, *shape.kernel, shape.channels, shape.filters)))]
    y = r * shape.strides[0] - shape.padding[0] + i
    x = q * shape.strides[1] - shape.padding[1] + j
    inside = (y >= 0) & (y < shape.rows) & (x >= 0) & (x < shape.columns)
    source = (y * shape.columns + x) * shape.channels + c
    result = (r * shape.output[1] + q) * shape.filters + f
    size = shape.positions * shape.taps * shape.filters
    here, source, result = np.broadcast_arrays(inside, source, result)
    return source[here], result[here], np.arange(size).reshape(here.shape)[here]


def quick_indices(shape):
    """Implementation 3 makes the sorted list of its indices in a loop of Python, 50 us each. Here numpy makes it, so
    that layers with millions of weights can be measured too; calls of the layer are the same."""
    source, result, _ = tap_indices(shape)
    order = np.lexsort((source, result))
    conv_utils.conv_kernel_idxs = lambda **_: np.stack([result[order], source[order]], 1)
    locally_connected2d.sorted = lambda indices: indices


class Peer:
    def __init__(self, method, shape, tensors, threads):
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        versions = f"tensorflow-cpu {tf.__version__}, tf_keras {tf_keras.__version__}"
        self.settings = f"{versions}, tf.function, threads within and between operations set"
        self.shape = shape
        self.implementation = int(method[-1])
        self.input = tf.constant(tensors["input"])
        self.output_gradient = tf.constant(tensors["output_gradient"])
        # Implementation 1 has no `same`.
        padded = shape.same and self.implementation == 1
        self.layer = tf_keras.layers.LocallyConnected2D(
            shape.filters,
            shape.kernel,
            shape.strides,
            padding="same" if shape.same and not padded else "valid",
            data_format="channels_last",
            use_bias=False,
            implementation=self.implementation,
            kernel_initializer="zeros",
        )
        if self.implementation == 3:
            quick_indices(shape)
        border = tf_keras.layers.ZeroPadding2D(shape.pads, data_format="channels_last")
        self.model = tf_keras.Sequential([border, self.layer]) if padded else self.layer
        pads = shape.pads if padded else ((0, 0), (0, 0))
        self.layer.build((None, *(size + sum(pad) for size, pad in zip(shape.image, pads)), shape.channels))
        self.set_kernel(tensors["kernel"])

    def set_kernel(self, kernel):
        if self.implementation == 1:
            self.layer.kernel.assign(kernel.reshape(self.layer.kernel.shape))
            return
        source, result, own = tap_indices(self.shape)
        if self.implementation == 2:
            self.where = source * (self.shape.positions * self.shape.filters) + result
            values = np.zeros(self.layer.kernel.shape, np.float32)
            values.reshape(-1)[self.where] = kernel.reshape(-1)[own]
        else:
            order = np.lexsort((source, result))
            own = own[order]
            self.where = slice(None)
            values = kernel.reshape(-1)[own]
        self.own = own
        self.layer.kernel.assign(values)

    def canonical(self, gradient):
        shape = self.shape.tensor_shapes(1)["kernel"]
        if self.implementation == 1:
            return gradient.reshape(shape)
        values = np.zeros(shape, np.float32)
        values.reshape(-1)[self.own] = gradient.reshape(-1)[self.where]
        return values

    def function(self, name):
        @tf.function
        def forward(x):
            return self.model(x)

        @tf.function
        def forward_and_gradients(x, output_gradient):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = self.model(x)
            return y, *tape.gradient(y, [x, self.layer.kernel], output_gradient)

        def call():
            if name == "forward":
                self.last = (forward(self.input),)
            else:
                self.last = forward_and_gradients(self.input, self.output_gradient)

        return call

    def answers(self, name):
        output, *gradients = [tensor.numpy() for tensor in self.last]
        found = {"output": output}
        if gradients:
            found |= {"input_gradient": gradients[0], "kernel_gradient": self.canonical(gradients[1])}
        return found
