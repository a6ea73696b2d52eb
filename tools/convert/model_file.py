"""A model out of any of the files it may lie in."""

from dataclasses import dataclass, field

import json_text
import keras_archive
import legacy_layout
import model_config
import object_layout
import safetensors_file
import shapes
import sniff
from hdf5_file import Hdf5File
from messages import Failed, WrongUsage, note, show, skipped

# Metadata entries of a converted file.
CONFIG, NAMES, VERSION, BACKEND = "model_config", "weight_names", "keras_version", "backend"


@dataclass
class Model:
    config_text: str  # as Keras wrote it
    root: model_config.Layer
    keras_version: str | None
    backend: str | None
    tensors: dict = field(default_factory=dict)
    names_kept: dict = field(default_factory=dict)  # Keras's weight_names of legacy layers that have unusual ones


def read(path: str, config_path: str | None) -> Model:
    kind = sniff.kind(path)
    if kind == sniff.JSON:
        raise Failed(f"{path}: JSON text; a model configuration is given with --config, MODEL is the file with the "
                     "weights")
    return {sniff.HDF5: _read_hdf5, sniff.ZIP: _read_archive, sniff.SAFETENSORS: _read_safetensors}[kind](
        path, config_path)


def _model(text: str | None, what: str, config_path, versions: dict, weights_of: str) -> Model:
    """`text`: the configuration that the file itself holds."""
    if text is not None and config_path:
        note(f"{config_path} is not used: {weights_of} holds its own model configuration")
    elif text is None:
        if not config_path:
            raise WrongUsage(f"{weights_of} holds weights only: give the model's configuration with --config FILE (its "
                             "JSON, or a .keras, .h5 or converted file that holds it)")
        text, more = _config_of(config_path)
        what, versions = config_path, {**more, **versions}
    entry = json_text.parse(text, f"{what}: {CONFIG}")
    root = model_config.parse(entry, f"{what}: {CONFIG}")
    shapes.infer(root)
    found = {key: versions.get(key) or entry.get(key) for key in (VERSION, BACKEND)}
    found = {key: value if isinstance(value, str) else None for key, value in found.items()}
    return Model(text, root, found[VERSION], found[BACKEND])


def _config_of(path: str):
    """The configuration in a file given with --config, and what the file says about versions."""
    kind = sniff.kind(path)
    if kind == sniff.JSON:
        try:
            with open(path, "rb") as file:
                return file.read(json_text.MAX_BYTES + 1).decode("utf-8"), {}
        except UnicodeDecodeError:
            raise Failed(f"{path}: not UTF-8") from None
    if kind == sniff.ZIP:
        archive = keras_archive.KerasArchive(path)
        return archive.text(keras_archive.CONFIG), _archive_versions(archive)
    if kind == sniff.HDF5:
        file = Hdf5File(path, path)
        text, versions = file.string("", CONFIG), _hdf5_versions(file, "")
    else:
        versions = safetensors_file.read_metadata(path)
        text = versions.get(CONFIG)
    if text is None:
        raise Failed(f"{path}: holds no {CONFIG}")
    return text, versions


def _archive_versions(archive) -> dict:
    metadata = json_text.parse(archive.text(keras_archive.METADATA), f"{archive.path}: {keras_archive.METADATA}")
    return metadata if isinstance(metadata, dict) else {}


def _hdf5_versions(file, group: str) -> dict:
    found = {key: file.string(group, key) for key in (VERSION, BACKEND)}
    return {key: value for key, value in found.items() if value is not None}


def _read_hdf5(path: str, config_path) -> Model:
    file = Hdf5File(path, path)
    text = file.string("", CONFIG)
    if text is None and file.strings("", "layer_names") is None:
        if not object_layout.is_layout(file):
            raise Failed(f"{path}: HDF5, but not Keras's: no {CONFIG}, no layer_names, no group vars")
        model = _model(None, path, config_path, {}, path)
        model.tensors = object_layout.read(file, model.root)
        return model
    group = "" if text is None else "model_weights"
    model = _model(text, path, config_path, _hdf5_versions(file, ""), path)
    if text is not None:
        _skip_training(file)
    if group not in file.groups:
        raise Failed(f"{path}: a model without weights: no group {group}")
    model.tensors, model.names_kept = legacy_layout.read(file, group, model.root)
    return model


def _skip_training(file) -> None:
    """What a whole model's file holds beside the model."""
    if file.string("", "training_config") is not None:
        skipped("training_config: loss, metrics and optimizer's settings")
    state = [path for path in file.datasets if path.startswith("optimizer_weights/")]
    if state:
        skipped(f"optimizer_weights: {len(state)} arrays of the optimizer's state")
    for path in file.datasets:
        if not path.startswith(("optimizer_weights/", "model_weights/")):
            raise Failed(f"{file.name}: dataset {show(path)} belongs to no layer")


def _read_archive(path: str, config_path) -> Model:
    archive = keras_archive.KerasArchive(path)
    model = _model(archive.text(keras_archive.CONFIG), path, config_path, _archive_versions(archive), path)
    file = Hdf5File(archive.weights(), f"{path}: {keras_archive.WEIGHTS}")
    model.tensors = object_layout.read(file, model.root)
    return model


def _read_safetensors(path: str, config_path) -> Model:
    tensors, metadata = safetensors_file.read(path)
    model = _model(metadata.get(CONFIG), path, config_path, metadata, path)
    model.tensors = tensors
    names = json_text.parse(metadata.get(NAMES, "{}"), f"{path}: {NAMES}")
    if not isinstance(names, dict) or not all(
            isinstance(value, list) and all(isinstance(name, str) for name in value) for value in names.values()):
        raise Failed(f"{path}: {NAMES} is not a dictionary of lists of names: {show(names)}")
    model.names_kept = names
    return model
