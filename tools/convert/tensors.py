"""Weights of a file against those that the configuration asks for."""

import re

from messages import Failed, show


def check_count(layer, expected: list, found: list) -> None:
    if len(expected) != len(found):
        raise Failed(f"layer {show(layer.path)} ({layer.class_name}): {len(expected)} weights expected "
                     f"{show([w.name for w in expected])}, the file has {len(found)} {show(found)}")


def check_shape(layer, weight, shape: tuple) -> None:
    expected = weight.shape
    fits = expected is None or len(expected) == len(shape) and all(
        e is None or e == s for e, s in zip(expected, shape))
    if not fits:
        raise Failed(f"layer {show(layer.path)} ({layer.class_name}): {weight.name} of shape {show(shape)}, the "
                     f"configuration asks for {show(expected)}")


def add(tensors: dict, name: str, tensor) -> None:
    if name in tensors:
        raise Failed(f"two weights would have the name {show(name)}")
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise Failed(f"the name {show(name)} is not Unicode") from None
    tensors[name] = tensor


def by_layer(tensors: dict, model) -> dict:
    """Names of the tensors of each layer, by its path, that is or holds one whose class is not known."""
    found = {layer.path: [] for layer in model.everything() if layer.unknown_classes()}
    for name in tensors:
        for slash in re.finditer("/", name):
            if (path := name[:slash.start()]) in found:
                found[path].append(name)
    return found


def check_all_used(tensors: dict, used: set) -> None:
    extra = next((name for name in tensors if name not in used), None)
    if extra is not None:
        raise Failed(f"tensor {show(extra)} belongs to no layer of the model configuration")


def get(tensors: dict, layer, weight):
    """The tensor of a weight that must be there."""
    if weight.tensor not in tensors:
        raise Failed(f"layer {show(layer.path)} ({layer.class_name}): tensor {show(weight.tensor)} is missing")
    check_shape(layer, weight, tensors[weight.tensor].shape)
    return tensors[weight.tensor]
