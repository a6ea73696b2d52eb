"""The forms a model can be written in, chosen by the name of the output."""

import json

import config_form
import hdf5_writer
import keras_archive
import legacy_layout
import model_file
import object_layout
import safetensors_file
from messages import WrongUsage, note, show

DEFAULT_BACKEND, DEFAULT_VERSION = "tensorflow", "2.15.0"  # without a version Keras would think of its first


def for_name(path: str):
    """The function that writes a Model into an open file, for an output of this name."""
    for ending, writer in _WRITERS.items():
        if path.endswith(ending):
            return writer
    raise WrongUsage(f"OUT: {show(path)} must end in one of {', '.join(_WRITERS)}")


def _safetensors(model, file) -> None:
    metadata = {model_file.CONFIG: model.config_text}
    for key, value in [(model_file.VERSION, model.keras_version), (model_file.BACKEND, model.backend)]:
        if value not in (None, model.root.entry.get(key)):
            metadata[key] = value
    if model.names_kept:
        metadata[model_file.NAMES] = json.dumps(model.names_kept)
    safetensors_file.write(file, model.tensors, metadata)


def _legacy_weights(model, file) -> None:
    version = _version(model)
    file.write(hdf5_writer.image(lambda root: _fill_legacy(model, root, version)))


def _fill_legacy(model, group, version: str) -> None:
    backend = model.backend or DEFAULT_BACKEND
    legacy_layout.write(group, model.root, model.tensors, model.names_kept, backend, version)


def _legacy_model(model, file) -> None:
    entry, version = model.root.entry, _version(model)
    if "compile_config" in entry:
        note("compile_config is not written: the model is to be compiled again")
    config = config_form.legacy(entry)

    def fill(root):
        root.attrs[model_file.VERSION] = version
        root.attrs[model_file.BACKEND] = model.backend or DEFAULT_BACKEND
        root.attrs[model_file.CONFIG] = _text(config, model).encode()
        _fill_legacy(model, root.create_group("model_weights"), version)

    file.write(hdf5_writer.image(fill))


def _object_weights(model, file) -> None:
    file.write(_object_image(model))


def _object_image(model) -> bytes:
    return hdf5_writer.image(lambda root: object_layout.write(root, model.root, model.tensors, model.names_kept))


def _archive(model, file) -> None:
    version = _version(model)
    if "compile_config" in model.root.entry:
        note("the optimizer's state is not in the file: Keras starts with a fresh one")
    config = config_form.newer(model.root, version)
    keras_archive.write(file, _text(config, model), version, _object_image(model))


def _text(config: dict, model) -> str:
    """Keras's own text where the configuration did not change."""
    return model.config_text if config == model.root.entry else json.dumps(config)


def _version(model) -> str:
    if model.keras_version is None:
        note(f"keras_version is not known, {DEFAULT_VERSION} is written")
    return model.keras_version or DEFAULT_VERSION


_WRITERS = {
    ".safetensors": _safetensors,
    ".weights.h5": _object_weights,
    "_weights.h5": _legacy_weights,
    ".h5": _legacy_model,
    ".keras": _archive,
}
