"""The shapes of a layer's weights and output, by its class and configuration. None for a size, or for the input's
shape, means that it is not known. A configuration that Keras would not build raises ValueError or another of
`shapes.ERRORS`."""

import math

import layer_table

MAX_SIZE = 10**6  # of an image's side: what is larger is not worth a loop


def _axes(config: dict, shape) -> tuple:
    """Image sizes and channels of a shape, by data_format; without a shape, unknown ones."""
    rank = len(_tuple(config["kernel_size"] if "kernel_size" in config else config["pool_size"]))
    if shape is None:
        return (None,) * rank, None
    if len(shape) != rank + 2:
        raise ValueError("rank")
    return (shape[2:], shape[1]) if config.get("data_format") == "channels_first" else (shape[1:-1], shape[-1])


def _tuple(value) -> tuple:
    """Keras writes kernel sizes as lists; those of 1-D layers have one element."""
    sizes = tuple(value) if isinstance(value, list) else (value,)
    if len(sizes) > 3 or not all(type(s) is int and s >= 0 for s in sizes):
        raise ValueError("size")
    return sizes


def _product(sizes):
    return None if None in sizes else math.prod(sizes)


def _length(size, kernel: int, stride: int, padding: str, dilation: int = 1):
    if size is None:
        return None
    span = (kernel - 1) * dilation + 1
    return -(-size // stride) if padding in ("same", "causal") else max((size - span + stride) // stride, 0)


def _windows(config: dict, sizes, kernel: str = "kernel_size") -> tuple:
    """Output sizes of a convolution, locally connected layer or pooling."""
    kernels = _tuple(config[kernel])
    strides = _tuple(config.get("strides") or (list(kernels) if kernel == "pool_size" else 1)) * len(kernels)
    dilations = _tuple(config.get("dilation_rate", 1)) * len(kernels)
    padding = config.get("padding", config.get("border_mode", "valid"))
    return tuple(map(_length, sizes, kernels, strides, [padding] * len(kernels), dilations))


def _arrange(config: dict, batch, sizes, channels) -> tuple:
    first = config.get("data_format") == "channels_first"
    return (batch, channels, *sizes) if first else (batch, *sizes, channels)


def _locally_connected(config: dict, shape) -> list:
    sizes, channels = _axes(config, shape)
    outputs, filters, kernel = _windows(config, sizes), config["filters"], _tuple(config["kernel_size"])
    implementation, first = config.get("implementation", 1), config.get("data_format") == "channels_first"
    if implementation == 1:
        taps = _product((*kernel, channels))
        return [(_product(outputs), taps, filters), (*outputs, filters)]
    if implementation == 2:
        ends = [((channels, *sizes), (filters, *outputs)), ((*sizes, channels), (*outputs, filters))]
        return [sum(ends[0 if first else 1], ()), (*outputs, filters)]
    strides = _tuple(config.get("strides", 1)) * len(kernel)
    taps = [_taps(*axis, config.get("padding")) for axis in zip(sizes, kernel, strides, outputs)]
    return [(_product((channels, filters, *taps)),), (*outputs, filters)]


def _taps(size, kernel: int, stride: int, outputs, padding):
    """How many (output, input) pairs an axis has, taps outside the image left out."""
    if size is None or padding == "same" and outputs > MAX_SIZE:
        return None
    if padding != "same":
        return outputs * kernel
    starts = range(-(kernel // 2), outputs * stride - kernel // 2, stride)
    return sum(min(size, start + kernel) - max(0, start) for start in starts)


def _convolution(config: dict, shape) -> list:
    _, channels = _axes(config, shape)
    kernel, filters = _tuple(config["kernel_size"]), config["filters"]
    groups = config.get("groups", 1)
    return [(*kernel, None if channels is None else channels // groups, filters), (filters,)]


def _transposed(config: dict, shape) -> list:
    _, channels = _axes(config, shape)
    return [(*_tuple(config["kernel_size"]), config["filters"], channels), (config["filters"],)]


def _depthwise(config: dict, shape) -> list:
    _, channels = _axes(config, shape)
    multiplier = config.get("depth_multiplier", 1)
    together = None if channels is None else channels * multiplier
    return [(*_tuple(config["kernel_size"]), channels, multiplier), (together,)]


def _separable(config: dict, shape) -> list:
    depthwise, (together,) = _depthwise(config, shape)
    ones = (1,) * (len(depthwise) - 2)
    return [depthwise, (*ones, together, config["filters"]), (config["filters"],)]


def _dense(config: dict, shape) -> list:
    return [(shape[-1] if shape else None, config["units"]), (config["units"],)]


def _normalization(config: dict, shape) -> list:
    axes = config.get("axis", -1)
    axes = axes if isinstance(axes, list) else [axes]
    return [tuple(shape[axis] for axis in axes) if shape else (None,) * len(axes)] * 4


def _prelu(config: dict, shape) -> list:
    shared = config.get("shared_axes") or []
    return [shape and tuple(1 if k in shared else size for k, size in enumerate(shape) if k > 0)]


_WEIGHT_SHAPES = {
    "Dense": _dense, "BatchNormalization": _normalization, "LayerNormalization": _normalization,
    "GroupNormalization": _normalization, "PReLU": _prelu,
    "Embedding": lambda config, shape: [(config["input_dim"], config["output_dim"])],
    **dict.fromkeys(["LocallyConnected1D", "LocallyConnected2D"], _locally_connected),
    **dict.fromkeys(["Conv1D", "Conv2D", "Conv3D"], _convolution),
    **dict.fromkeys(["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"], _transposed),
    **dict.fromkeys(["DepthwiseConv1D", "DepthwiseConv2D"], _depthwise),
    **dict.fromkeys(["SeparableConv1D", "SeparableConv2D"], _separable),
}


def weight_shapes(class_name: str, config: dict, shape) -> dict:
    """By name, of every weight that the class may have."""
    names = layer_table.weights(class_name, {})
    return dict(zip(names, _WEIGHT_SHAPES[class_name](config, shape))) if names else {}


def output_shape(class_name: str, config: dict, shape):
    if shape is None or class_name in layer_table.SHAPELESS | layer_table.MERGES or class_name in (
            "BatchNormalization", "LayerNormalization", "GroupNormalization", "PReLU"):
        return shape
    batch = shape[0]
    if class_name == "Dense":
        return (*shape[:-1], config["units"])
    if class_name == "Flatten":
        return (batch, _product(shape[1:]))
    if class_name == "Reshape":
        target = config["target_shape"]
        known = -math.prod(target) if -1 in target else 1
        return (batch, *(_product(shape[1:]) // known if s == -1 else s for s in target))
    if class_name == "Permute":
        return (batch, *(shape[axis] for axis in config["dims"]))
    if class_name in ("LocallyConnected1D", "LocallyConnected2D", "Conv1D", "Conv2D", "Conv3D"):
        sizes, _ = _axes(config, shape)
        return _arrange(config, batch, _windows(config, sizes), config["filters"])
    if class_name.startswith(("MaxPooling", "AveragePooling")):
        sizes, channels = _axes(config, shape)
        return _arrange(config, batch, _windows(config, sizes, "pool_size"), channels)
    return None
