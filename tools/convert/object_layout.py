"""Weights in files of Keras 2.12 and later: a group `vars` with numbered datasets per object, found along the
attributes that lead to it; layers in a list are named by class and number: layers/dense_1/vars/0."""

import re
from dataclasses import dataclass, field

import tensors as checks
from hdf5_writer import write_tensor
from layer_table import snake_case
from messages import Failed, note, show, skipped

LIST = "layers"
LISTS = (LIST, "_layer_checkpoint_dependencies")  # the second until Keras 2.14
STATE = frozenset(["optimizer", "metrics"])


@dataclass
class Node:
    """An object of the file."""
    path: str
    variables: dict = field(default_factory=dict)  # dataset by number
    children: dict = field(default_factory=dict)

    def count(self) -> int:
        return len(self.variables) + sum(child.count() for child in self.children.values())


@dataclass
class Weights:
    """What is to be written."""
    tensors: dict
    names_kept: dict
    unknown: dict  # names of tensors, of `tensors.by_layer`


def is_layout(file) -> bool:
    return "vars" in file.groups


def read(file, model) -> dict:
    root, tensors = _tree(file), {}
    for name, child in root.children.items():
        if name in STATE and child.count():
            skipped(f"{name}: {child.count()} arrays of the training's state")
        elif name not in LISTS and child.count():
            raise Failed(f"{file.name}: group {show(name)} holds {child.count()} arrays and belongs to no layer")
    if root.variables:
        raise Failed(f"{file.name}: the model itself has {len(root.variables)} weights, and no layer does")
    _read_list(file, root, model, tensors)
    return tensors


def _tree(file) -> Node:
    root = Node("")
    for path in sorted(file.groups):
        _node(root, [part for part in path.split("/") if part != "vars"])
    for path in file.datasets:
        parts = path.split("/")
        if len(parts) < 2 or parts[-2] != "vars" or not parts[-1].isdecimal():
            raise Failed(f"{file.name}: dataset {show(path)} is not a numbered one in a group vars")
        _node(root, parts[:-2]).variables[int(parts[-1])] = path
    return root


def _node(root: Node, parts: list) -> Node:
    for part in parts:
        root = root.children.setdefault(part, Node(f"{root.path}/{part}".lstrip("/")))
    return root


def _class_in_path(layer) -> str:
    return "functional" if layer.class_name == "Model" else snake_case(layer.class_name)


def _read_list(file, node: Node, model, tensors: dict) -> None:
    """The layers of a model, each class in the order of its numbers: some versions of Keras leave numbers out."""
    lists = [node.children[name] for name in LISTS if name in node.children and node.children[name].count()]
    if len(lists) > 1:
        raise Failed(f"{file.name}: two lists of layers, {show(lists[0].path)} and {show(lists[1].path)}")
    groups = lists[0].children if lists else {}
    given = set()
    for class_name in dict.fromkeys(_class_in_path(layer) for layer in model.saved_layers()):
        pattern = re.compile(re.escape(class_name) + r"(?:_(\d+))?")
        found = [(int(m[1] or 0), name) for name in groups if (m := pattern.fullmatch(name))]
        names = [name for _, name in sorted(found)]
        given.update(names)
        layers = [layer for layer in model.saved_layers() if _class_in_path(layer) == class_name]
        for layer, name in zip(layers, names + [None] * len(layers)):
            _read_layer(file, groups.get(name), layer, tensors)
        for name in names[len(layers):]:
            if groups[name].count():
                raise Failed(f"{file.name}: group {show(groups[name].path)} holds weights, but the configuration has "
                             f"only {len(layers)} layers of class {layers[0].class_name}")
    for name, group in groups.items():
        if name not in given and group.count():
            raise Failed(f"{file.name}: group {show(group.path)} holds weights and belongs to no layer")


def _read_layer(file, node, layer, tensors: dict) -> None:
    if node is None:
        if any(part.weights for part in layer.everything()):
            raise Failed(f"layer {show(layer.path)} ({layer.class_name}): the file has no group for it")
    elif layer.is_model:
        _read_list(file, node, layer, tensors)
    elif layer.weights is None:
        _read_unknown(file, node, layer, tensors)
    else:
        numbers = sorted(node.variables)
        checks.check_count(layer, layer.weights, [node.variables[n] for n in numbers])
        for number, weight in zip(numbers, layer.weights):
            checks.add(tensors, weight.tensor, file.tensor(node.variables[number]))
            checks.get(tensors, layer, weight)
        for name, child in node.children.items():
            if child.count() and not (name == "activation" and layer.activation):
                raise Failed(f"{file.name}: group {show(child.path)} holds weights and belongs to no layer")
        if layer.activation:
            _read_layer(file, node.children.get("activation"), layer.activation, tensors)


def _read_unknown(file, node: Node, layer, tensors: dict) -> None:
    if node.count():
        note(f"layer {show(layer.path)}: class {layer.class_name} is not known, its weights keep Keras's numbers")
    pending = [(layer.path, node)]
    while pending:
        path, object_node = pending.pop(0)
        for number in sorted(object_node.variables):
            checks.add(tensors, f"{path}/{number}", file.tensor(object_node.variables[number]))
        pending += [(f"{path}/{name}", child) for name, child in object_node.children.items()]


def write(file, model, tensors: dict, names_kept: dict) -> None:
    file.create_group("vars")
    weights = Weights(tensors, names_kept, checks.by_layer(tensors, model))
    checks.check_all_used(tensors, _write_list(file, LIST, model, weights))


def _write_list(file, path: str, model, weights: Weights) -> set:
    """Writes the layers of a model, returns the tensors used."""
    used, numbers = set(), {}
    for layer in model.saved_layers():
        name = _class_in_path(layer)
        numbers[name] = numbers.get(name, -1) + 1
        place = f"{path}/{name}_{numbers[name]}" if numbers[name] else f"{path}/{name}"
        used |= _write_layer(file, place, layer, weights)
    return used


def _write_layer(file, place: str, layer, weights: Weights) -> set:
    group = file.create_group(place).create_group("vars")
    if layer.weights is None:
        return _write_unknown(file, place, layer, weights)
    for number, weight in enumerate(layer.weights):
        write_tensor(group, str(number), checks.get(weights.tensors, layer, weight))
    used = {weight.tensor for weight in layer.weights}
    if layer.is_model:
        return used | _write_list(file, f"{place}/{LIST}", layer, weights)
    if layer.activation:
        used |= _write_layer(file, f"{place}/activation", layer.activation, weights)
    return used


def _write_unknown(file, place: str, layer, weights: Weights) -> set:
    stored = weights.unknown[layer.path]
    inner = [name.removeprefix(layer.path + "/") for name in stored]
    if all(name.rpartition("/")[2].isdecimal() for name in inner):
        for name in inner:
            path, _, number = name.rpartition("/")
            group = file.require_group("/".join(part for part in (place, path, "vars") if part))
            write_tensor(group, number, weights.tensors[f"{layer.path}/{name}"])
        return set(stored)
    order = [re.sub(r":\d+$", "", name).removeprefix(layer.name + "/") for name in weights.names_kept.get(layer.name, [])]
    if sorted(order) != sorted(inner) or any("/" in name for name in inner):
        raise Failed(f"layer {show(layer.path)}: the places of the weights of class {layer.class_name} are not known: "
                     f"{show(inner)}")
    note(f"layer {show(layer.path)}: class {layer.class_name} is not known, its weights are numbered in Keras's order "
         f"{show(order)}")
    for number, name in enumerate(order):
        write_tensor(file[f"{place}/vars"], str(number), weights.tensors[f"{layer.path}/{name}"])
    return set(stored)
