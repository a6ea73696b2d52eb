"""What is known of Keras's layers: the weights of each class, in Keras's order, and the classes without any."""

import re

_KERNEL = (("kernel", None), ("bias", "use_bias"))
_NORMALIZATION = (("gamma", "scale"), ("beta", "center"))

# class: (weight, key of the configuration without which it exists not), ...
_WEIGHTS = {
    **dict.fromkeys(
        ["Dense", "LocallyConnected1D", "LocallyConnected2D", "Conv1D", "Conv2D", "Conv3D", "Convolution1D",
         "Convolution2D", "Convolution3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"], _KERNEL),
    **dict.fromkeys(["DepthwiseConv1D", "DepthwiseConv2D"], (("depthwise_kernel", None), ("bias", "use_bias"))),
    **dict.fromkeys(["SeparableConv1D", "SeparableConv2D"],
                    (("depthwise_kernel", None), ("pointwise_kernel", None), ("bias", "use_bias"))),
    "BatchNormalization": (*_NORMALIZATION, ("moving_mean", None), ("moving_variance", None)),
    "LayerNormalization": _NORMALIZATION,
    "GroupNormalization": _NORMALIZATION,
    "Embedding": (("embeddings", None),),
    "PReLU": (("alpha", None),),
}

# They leave the shape as it is.
SHAPELESS = frozenset(
    "Activation ActivityRegularization AlphaDropout Dropout ELU GaussianDropout GaussianNoise LeakyReLU Masking ReLU "
    "Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D ThresholdedReLU UnitNormalization Identity".split())
MERGES = frozenset("Add Average Maximum Minimum Multiply Subtract".split())
_WEIGHTLESS = SHAPELESS | MERGES | frozenset(
    "InputLayer Flatten Reshape Permute RepeatVector Concatenate Dot Rescaling Resizing CenterCrop "
    "AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D "
    "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D "
    "GlobalMaxPooling3D UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D "
    "Cropping2D Cropping3D".split())

NOT_TRAINABLE = frozenset(["moving_mean", "moving_variance"])
MODELS = frozenset(["Sequential", "Functional", "Model"])


def weights(class_name: str, config: dict):
    """Names of the weights of a layer in Keras's order; None when the class is not known."""
    if class_name in _WEIGHTLESS or class_name in MODELS:
        return []
    if class_name not in _WEIGHTS:
        return None
    return [name for name, key in _WEIGHTS[class_name] if key is None or config.get(key, True)]


def snake_case(class_name: str) -> str:
    """The class as Keras spells it in object paths: LocallyConnected2D is locally_connected2d, PReLU p_re_lu."""
    words = re.sub(r"(?<=.)(?=[A-Z][a-z])", "_", class_name)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", words).lower()
