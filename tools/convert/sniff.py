"""What a file is, by its content."""

import os
import stat
import zipfile

from messages import Failed

HDF5, ZIP, SAFETENSORS, JSON = "HDF5", "zip", "safetensors", "JSON"

_SAVE_AS_H5 = "; load it with TensorFlow's Keras and save it as .h5"
_MAGIC = [
    (b"\x89HDF\r\n\x1a\n", HDF5, None),
    (b"PK\x03\x04", ZIP, None),
    (b"\x80", None, "a Python pickle, which is never read: it could run any program; save the model as .h5 instead"),
    (b"\x93NUMPY", None, "a numpy array; save the model as .h5 instead"),
    (b"\x1f\x8b", None, "compressed by gzip; unpack it first"),
    (b"model_checkpoint_path", None, "the index of TensorFlow checkpoints" + _SAVE_AS_H5),
]
_TABLE_MAGIC = bytes.fromhex("fb808b24754775db")  # ends the index of a TensorFlow checkpoint


def kind(path: str) -> str:
    """One of the constants above; everything else is refused with what it is and what to do."""
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise Failed(f"{path}: {_folder(path)}")
        if not stat.S_ISREG(mode):
            raise Failed(f"{path}: not a regular file")
        with open(path, "rb") as file:
            start, size = file.read(64), os.fstat(file.fileno()).st_size
            file.seek(max(size - 8, 0))
            end = file.read(8)
    except OSError as e:
        raise Failed(f"{path}: {e.strerror}") from None
    return _kind(path, start, end, size)


def _kind(path: str, start: bytes, end: bytes, size: int) -> str:
    if start[7:9] == b"\0{":  # the header's length has no eighth byte
        return SAFETENSORS
    for magic, known, refusal in _MAGIC:
        if start.startswith(magic):
            if known == ZIP:
                _refuse_other_archives(path)
            if known is None:
                raise Failed(f"{path}: {refusal}")
            return known
    if start.lstrip()[:1] in (b"{", b"["):
        return JSON
    if end == _TABLE_MAGIC or ".data-0" in os.path.basename(path):
        raise Failed(f"{path}: a part of a TensorFlow checkpoint" + _SAVE_AS_H5)
    if os.path.basename(path) in ("saved_model.pb", "keras_metadata.pb"):
        raise Failed(f"{path}: a part of a SavedModel" + _SAVE_AS_H5)
    raise Failed(f"{path}: unknown content: begins with {start[:8].hex(' ') or 'nothing'}, of {size} bytes; expected "
                 "HDF5, a .keras archive or safetensors")


def _folder(path: str) -> str:
    inside = os.listdir(path)
    if "saved_model.pb" in inside:
        return "a SavedModel folder" + _SAVE_AS_H5
    if "checkpoint" in inside or any(name.endswith(".index") for name in inside):
        return "a folder with a TensorFlow checkpoint" + _SAVE_AS_H5
    return "a folder, a file expected"


def _refuse_other_archives(path: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:
        return  # reading it says what is wrong
    if any(name.endswith("data.pkl") for name in names):
        raise Failed(f"{path}: a PyTorch file, which holds a Python pickle and is never read")
    if names and all(name.endswith(".npy") for name in names):
        raise Failed(f"{path}: a numpy archive; save the model as .h5 instead")
