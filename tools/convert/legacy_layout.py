"""Weights in legacy HDF5 files: a group per layer, whose attribute weight_names lists its datasets in order."""

import collections
import re

import tensors as checks
from hdf5_writer import write_names, write_tensor
from messages import Failed, note, show

TOP_LEVEL = "top_level_model_weights"


def read(file, group: str, model):
    """The tensors of the layers in `group`, and, by layer, the weight_names that `write` would not find by itself."""
    tensors, names_kept, used = {}, {}, set()
    for saved, layer, names in _matched(file, group, model):
        place = _join(group, saved)
        used.update(_join(place, name) for name in names)
        known = not layer.unknown_classes()
        new_names = _by_position(layer, names) if known else _by_name(layer, saved, names)
        for name, tensor_name in zip(names, new_names):
            checks.add(tensors, tensor_name, file.tensor(_join(place, name)))
        if known:
            for part in layer.everything():
                for weight in part.weights:
                    checks.get(tensors, part, weight)
        if names and saved == layer.name and (not known or names != _default_names(layer)):
            names_kept[layer.name] = names
    _refuse_leftovers(file, group, used)
    return tensors, names_kept


def _join(group: str, name: str) -> str:
    return f"{group}/{name}" if group else name


def _weight_names(file, group: str) -> list:
    if group not in file.groups:
        raise Failed(f"{file.name}: layer_names lists {show(group)}, which is not in the file")
    names = file.strings(group, "weight_names")
    if names is None:
        raise Failed(f"{file.name}: group {show(group)} has no weight_names")
    for name in names:
        if _join(group, name) not in file.datasets:
            raise Failed(f"{file.name}: group {show(group)} has no dataset {show(name)}, which its weight_names lists")
    return names


def _matched(file, group: str, model) -> list:
    """Names of groups with their layers and weight_names: by name, or by position among those with weights as Keras loads
    them."""
    saved = file.strings(group, "layer_names")
    if saved is None:
        raise Failed(f"{file.name}: no attribute layer_names, so not a file of Keras's weights")
    if len(set(saved)) != len(saved):
        raise Failed(f"{file.name}: layer_names lists a layer twice: {show(saved)}")
    names = {name: _weight_names(file, _join(group, name)) for name in saved}
    full = [name for name in saved if names[name]]
    by_name = {layer.name: layer for layer in model.layers}
    needy = [layer for layer in model.layers if layer.unknown_classes() or layer.weights_in_order()]
    if set(full) <= set(by_name):
        for layer in needy:
            if layer.name not in names:
                raise Failed(f"layer {show(layer.name)} ({layer.class_name}): the file has no group of this name")
        return [(name, by_name[name], names[name]) for name in saved if name in by_name]
    if len(full) != len(needy):
        extra = next(name for name in full if name not in by_name)
        raise Failed(f"group {show(extra)}: no layer of this name in the configuration, and {len(full)} groups with "
                     f"weights for {len(needy)} layers with weights")
    for name, layer in zip(full, needy):
        if name != layer.name:
            note(f"layer {show(layer.name)}: gets the weights of {show(name)}, by position")
    return [(name, layer, names[name]) for name, layer in zip(full, needy)]


def _by_position(layer, names: list) -> list:
    expected = layer.weights_in_order()
    checks.check_count(layer, expected, names)
    for weight, name in zip(expected, names):
        if _plain(name).rpartition("/")[2] != weight.name:
            note(f"layer {show(layer.path)}: {show(name)} is taken as {weight.tensor}, by position")
    return [weight.tensor for weight in expected]


def _by_name(layer, saved: str, names: list) -> list:
    if names:
        note(f"layer {show(layer.path)}: class {layer.unknown_classes()[0]} is not known, its weights keep Keras's "
             "names")
    plain = [_plain(name).removeprefix(saved + "/") for name in names]
    return [f"{layer.path}/{name}" for name in plain]


def _plain(name: str) -> str:
    return re.sub(r":\d+$", "", name)


def _default_names(layer) -> list:
    return [weight.keras_name for weight in layer.weights_in_order()]


def _refuse_leftovers(file, group: str, used: set) -> None:
    for path in file.datasets:
        if path not in used and path.startswith(group + "/" if group else ""):
            raise Failed(f"{file.name}: dataset {show(path)} is in no layer's weight_names, so it belongs to no layer")


def write(file, model, tensors: dict, names_kept: dict, backend: str, keras_version: str) -> None:
    """Writes the groups of all layers into `file`, a group or the root."""
    unknown = checks.by_layer(tensors, model)
    layers = [(layer, _to_write(layer, tensors, unknown, names_kept.get(layer.name))) for layer in model.saved_layers()]
    checks.check_all_used(tensors, {tensor for _, pairs in layers for tensor in pairs.values()})
    write_names(file, "layer_names", [layer.name for layer, _ in layers])
    file.attrs["backend"] = backend.encode()
    file.attrs["keras_version"] = keras_version.encode()
    for layer, pairs in sorted(layers, key=lambda item: item[0].name):
        group = file.create_group(layer.name)
        write_names(group, "weight_names", list(pairs))
        for name, tensor in pairs.items():
            write_tensor(group, name, tensors[tensor])
    write_names(file.create_group(TOP_LEVEL), "weight_names", [])


def _to_write(layer, tensors: dict, unknown: dict, kept) -> dict:
    """Keras's names of a layer's weights, in order, and the tensors that they mean."""
    if layer.unknown_classes():
        return _to_write_unknown(layer, unknown[layer.path], kept)
    for part in layer.everything():
        for weight in part.weights:
            checks.get(tensors, part, weight)
    names = _default_names(layer)
    if kept and len(kept) == len(names):
        names = kept
    return _pairs(layer, names, [weight.tensor for weight in layer.weights_in_order()])


def _to_write_unknown(layer, stored: list, kept) -> dict:
    if kept:
        meant = [f"{layer.path}/{_plain(name).removeprefix(layer.name + '/')}" for name in kept]
        if set(meant) == set(stored):
            return _pairs(layer, kept, meant)
    numbers = [name.removeprefix(layer.path + "/") for name in stored]
    if not all(number.isdecimal() for number in numbers):
        raise Failed(f"layer {show(layer.path)}: the order of the weights of class {layer.unknown_classes()[0]} is not "
                     f"known: {show(numbers)}")
    numbers.sort(key=int)
    return _pairs(layer, [f"{layer.name}/{n}:0" for n in numbers], [f"{layer.path}/{n}" for n in numbers])


def _pairs(layer, names: list, tensors: list) -> dict:
    for name, count in collections.Counter(names).items():
        if not all(part not in ("", ".", "..") for part in name.split("/")) or count > 1:
            raise Failed(f"layer {show(layer.path)}: {show(name)} is not a name for one of its weights")
    return dict(zip(names, tensors))
