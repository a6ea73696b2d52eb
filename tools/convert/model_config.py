"""A model's configuration as a tree of layers, and the weights that each must have."""

from dataclasses import dataclass, field

import layer_table
from messages import Failed, show

MAX_PATH_BYTES = 512  # as of a tensor's name in safetensors. HDF5 gives every name of a list the bytes of the longest.


@dataclass
class Weight:
    tensor: str  # name in a safetensors file: "outer/inner/kernel"
    keras_name: str  # what Keras calls it unless told otherwise: "inner/kernel:0"
    name: str  # "kernel"
    trainable: bool
    shape: tuple | None = None  # None: not known; inside: None for a size that is not known


@dataclass
class Layer:
    entry: dict  # class_name, config, ... as Keras wrote them
    name: str
    class_name: str
    config: dict  # without a model's layers
    path: str  # its tensors are "<path>/<weight>"
    weights: list | None  # its own ones; None: the class is not known
    layers: list = field(default_factory=list)  # of a model
    activation: object = None  # a Layer, where Keras keeps the activation as one
    input_shape: tuple | None = None  # with the batch; None: not known

    @property
    def is_model(self) -> bool:
        return self.class_name in layer_table.MODELS

    @property
    def parts(self) -> list:
        return self.layers + ([self.activation] if self.activation else [])

    def saved_layers(self) -> list:
        """What Keras's `model.layers` lists: that of a Sequential leaves the InputLayer out."""
        if self.class_name == "Sequential" and self.layers and self.layers[0].class_name == "InputLayer":
            return self.layers[1:]
        return self.layers

    def everything(self):
        """The layer and all in it."""
        yield self
        for part in self.parts:
            yield from part.everything()

    def unknown_classes(self) -> list:
        return sorted({part.class_name for part in self.everything() if part.weights is None})

    def weights_in_order(self) -> list:
        """All weights in the order of legacy files: the trainable ones first."""
        every = [weight for part in self.everything() for weight in part.weights]
        return [w for w in every if w.trainable] + [w for w in every if not w.trainable]


def parse(entry, what: str) -> Layer:
    """The tree of a model configuration; `what` names it in errors."""
    model = _layer(entry, what, outer=None, trainable=True)
    if not model.is_model:
        raise Failed(f"{what}: class_name must be Sequential or Functional, whose configuration lists the layers, got "
                     + show(model.class_name))
    return model


def _layer(entry, what: str, outer, trainable: bool, key: str = "layers") -> Layer:
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str) or "config" not in entry:
        raise Failed(f"{what}: {key}: a layer with class_name and config expected, got {show(entry)}")
    config, class_name = entry["config"], entry["class_name"].rpartition(">")[2]
    if not class_name.isidentifier():  # groups of .keras files are named after it
        raise Failed(f"{what}: class_name {show(class_name)} is no name of a class")
    if class_name == "Sequential" and isinstance(config, list):  # until Keras 2.2.2
        config = {"name": entry.get("name", "sequential"), "layers": config}
    if not isinstance(config, dict):
        raise Failed(f"{what}: the config of {show(class_name)} is not a dictionary: {show(config)}")
    name = config.get("name", entry.get("name"))
    if not isinstance(name, str) or not name:
        raise Failed(f"{what}: the name of a {class_name} layer is not a string: {show(name)}")
    trainable = trainable and config.get("trainable", True) is not False
    path = _path(outer, name, what)
    layer = Layer(entry, name, class_name, config, path, None)
    names = layer_table.weights(class_name, config)
    if names is not None:
        layer.weights = [Weight(f"{path}/{w}", f"{name}/{w}:0", w,
                                trainable and w not in layer_table.NOT_TRAINABLE) for w in names]
    if layer.is_model:
        layer.layers = _layers(config, what, layer, "" if outer is None else path, trainable)
    elif names is not None and isinstance(config.get("activation"), dict):
        layer.activation = _activation(config["activation"], what, layer, trainable)
    return layer


def _path(outer, name: str, what: str) -> str:
    path = name if outer in (None, "") else f"{outer}/{name}"
    if len(path.encode("utf-8", "replace")) > MAX_PATH_BYTES:
        raise Failed(f"{what}: the name of layer {show(path)} has more than {MAX_PATH_BYTES} bytes")
    return path


def _layers(config: dict, what: str, model: Layer, path: str, trainable: bool) -> list:
    entries = config.get("layers")
    if not isinstance(entries, list):
        raise Failed(f"{what}: the layers of {show(model.name)} are not a list: {show(entries)}")
    layers = [_layer(entry, what, path, trainable) for entry in entries]
    names = set()
    for layer in layers:
        if layer.name in names:
            raise Failed(f"{what}: two layers are named {show(layer.name)}")
        names.add(layer.name)
    return layers


def _activation(entry: dict, what: str, outer: Layer, trainable: bool):
    """An activation that is a layer of its own, as a PReLU, which has a weight; None for a function."""
    if entry.get("class_name") == "function" or not isinstance(entry.get("config"), dict):
        return None
    activation = _layer(entry, what, outer.path, trainable, "activation")
    for weight in activation.weights or []:
        weight.keras_name = f"{outer.name}/{weight.keras_name}"
    return activation
