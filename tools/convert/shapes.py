"""Shapes of weights, where a configuration tells them. Shapes are tuples with the batch first; None, for a shape or a
size, means that it is not known."""

import layer_shapes
import layer_table

ERRORS = (TypeError, ValueError, KeyError, IndexError, ZeroDivisionError)


def infer(model) -> None:
    """Fills `input_shape` of every layer and `shape` of every weight, as far as they are known."""
    _model_output(model, _shape(model.entry.get("build_config", {}), "input_shape"))


def _shape(config, *keys):
    for key in keys:
        value = config.get(key) if isinstance(config, dict) else None
        if isinstance(value, list) and 0 < len(value) <= 8 and all(
                s is None or type(s) is int and 0 <= s < 2**63 for s in value):
            return tuple(value)
    return None


def _model_output(model, input_shape):
    model.input_shape = input_shape = input_shape or _shape(model.config, "build_input_shape")
    outputs, previous = {}, input_shape
    for layer in model.layers:
        shape = previous
        if model.class_name != "Sequential":
            shape = _merged(layer, [outputs.get(name) for name in _inbound(layer.entry)], input_shape)
        outputs[layer.name] = previous = _output(layer, shape)
        model.input_shape = model.input_shape or layer.input_shape
    return previous


def _inbound(entry: dict) -> list:
    """Names of the layers whose outputs a layer of a Functional model reads first."""
    try:
        node = entry["inbound_nodes"][0]
        calls = node if isinstance(node[0], list) else [node]
        return [call[0] for call in calls]
    except (KeyError, IndexError, TypeError):
        return []


def _merged(layer, shapes: list, input_shape):
    if layer.class_name == "InputLayer":
        return input_shape
    if len(shapes) == 1 or layer.class_name in layer_table.MERGES and len(set(shapes)) == 1:
        return shapes[0]
    return None


def _output(layer, shape):
    """Sets the shapes of a layer that gets `shape`, returns that of its output."""
    own = _shape(layer.config, "batch_input_shape", "batch_shape")
    shape = _shape(layer.entry.get("build_config", {}), "input_shape") or shape or own
    layer.input_shape = shape
    if layer.is_model:
        return _model_output(layer, shape)
    if layer.class_name == "InputLayer":
        return own or shape
    try:
        expected = layer_shapes.weight_shapes(layer.class_name, layer.config, shape) if layer.weights else {}
        for weight in layer.weights or []:
            weight.shape = expected.get(weight.name)
        output = layer_shapes.output_shape(layer.class_name, layer.config, shape)
    except ERRORS:
        output = None  # a configuration that Keras would not build either
    if layer.activation:
        _output(layer.activation, output)
    return output
