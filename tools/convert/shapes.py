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
    outputs, inputs, previous = {}, [], input_shape
    for layer in model.layers:
        shape = previous
        if model.class_name != "Sequential":
            nodes = layer.entry.get("inbound_nodes")
            sources = _first_calls(nodes[0] if isinstance(nodes, list) and nodes else None)
            shape = _merged(layer, [outputs.get(name) for name in sources], input_shape)
        outputs[layer.name] = previous = _output(layer, shape)
        if layer.class_name == "InputLayer" or model.class_name == "Sequential":
            inputs.append(layer.input_shape)
    if model.class_name == "Sequential" or len(inputs) == 1:
        model.input_shape = model.input_shape or (inputs or [None])[0]
    if model.class_name == "Sequential":
        return previous
    ends = _first_calls(model.config.get("output_layers"))
    return outputs.get(ends[0]) if len(ends) == 1 else None


def _first_calls(calls) -> list:
    """Names of layers in a list [[name, call, output, ...], ...]; None for a later call or another output."""
    if not isinstance(calls, list) or not calls:
        return []
    calls = calls if isinstance(calls[0], list) else [calls]
    return [call[0] if isinstance(call, list) and call[1:3] == [0, 0] and isinstance(call[0], str) else None
            for call in calls]


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
