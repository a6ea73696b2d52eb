"""The two forms of a model configuration: the legacy one of .h5 files, and that of .keras files, whose layers also name
their module and input shape. Objects inside a layer (initializers, ...) are left as they are: Keras reads both."""

import layer_table
from messages import note, show

NEWER = "module"  # the key that tells the forms apart


def legacy(entry: dict) -> dict:
    """As in a .h5 file. Keras leaves models inside a Sequential in the newer form."""
    return {"class_name": entry["class_name"], "config": _legacy_model(entry)}


def _legacy_model(entry: dict):
    if isinstance(entry["config"], list):
        return entry["config"]
    layers = [_legacy_layer(layer, entry["class_name"] != "Sequential") for layer in entry["config"]["layers"]]
    return {**entry["config"], "layers": layers}


def _legacy_layer(entry: dict, inner_models: bool) -> dict:
    name, config = entry["class_name"], entry["config"]
    registered = entry.get("registered_name")
    if isinstance(registered, str) and ">" in registered:  # a class of the user's
        name = registered
    if inner_models and name in layer_table.MODELS:
        config = _legacy_model(entry)
    return {"class_name": name, "config": config, **_graph(entry)}


def newer(model, keras_version: str) -> dict:
    """As in a .keras file, of a Layer tree with shapes."""
    entry = model.entry
    if NEWER in entry:
        return entry
    module, class_name, registered = _origin(entry["class_name"], keras_version)
    config = model.config
    if model.is_model:
        config = {key: value for key, value in config.items() if key != "build_input_shape"}
        config["layers"] = [newer(layer, keras_version) for layer in model.layers]
    result = {"module": module, "class_name": class_name, "config": config, "registered_name": registered}
    if class_name != "InputLayer":
        if model.input_shape and class_name not in layer_table.MERGES:  # those have several inputs
            result["build_config"] = {"input_shape": model.input_shape}
        else:
            note(f"layer {show(model.path)}: its input shape is not known, build_config is left out")
    return {**result, **_graph(entry)}


def _origin(name: str, keras_version: str):
    """Module, class and registered name."""
    if name == "Sequential":
        return "keras", name, None
    if name in layer_table.MODELS:
        package = "keras" if keras_version.startswith(("2.12", "2.13", "2.14", "2.15")) else "tf_keras"
        return package + ".src.engine.functional", "Functional", "Functional"
    if ">" in name:
        return None, name.rpartition(">")[2], name
    if layer_table.weights(name, {}) is None:
        note(f"class {show(name)} is taken as one of keras.layers")
    return "keras.layers", name, None


def _graph(entry: dict) -> dict:
    """What a Functional model adds to its layers."""
    return {key: entry[key] for key in ("name", "inbound_nodes") if key in entry}
