"""The safetensors format: 8 bytes with the length of a JSON header, the header, the tensors' bytes. All little-endian,
tensors in C order. Only F32 tensors are read."""

import json
import math
import os
import struct

import numpy

import json_text
from messages import Failed, show

MAX_HEADER_BYTES = 100_000_000
MAX_TENSORS, MAX_DIMENSIONS, MAX_NAME_BYTES = 10_000, 8, 512


def read(path: str):
    """The tensors, by name in the header's order, and the metadata of a file."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        header, data_begin = _read_header(file, size, path)
        metadata = header.pop("__metadata__", {})
        if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
            raise Failed(f"{path}: __metadata__ is not a JSON object of strings")
        ranges = {name: _check(name, entry, size - data_begin, path) for name, entry in header.items()}
        _check_contiguous(ranges, size - data_begin, path)
        tensors = {}
        for name, (begin, end, shape) in ranges.items():
            file.seek(data_begin + begin)
            tensors[name] = numpy.frombuffer(file.read(end - begin), "<f4").reshape(shape)
        return tensors, metadata


def read_metadata(path: str) -> dict:
    return read(path)[1]


def _read_header(file, size: int, path: str):
    start = file.read(8)
    if len(start) < 8:
        raise Failed(f"{path}: too short for a safetensors file")
    (header_bytes,) = struct.unpack("<Q", start)
    if header_bytes > MAX_HEADER_BYTES or header_bytes > size - 8:
        raise Failed(f"{path}: a header of {header_bytes} bytes in a file of {size}")
    try:
        text = file.read(header_bytes).decode("utf-8")
    except UnicodeDecodeError:
        raise Failed(f"{path}: the header is not UTF-8") from None
    header = json_text.parse(text, path, MAX_HEADER_BYTES)
    if not text.startswith("{") or len(header) > MAX_TENSORS + 1:
        raise Failed(f"{path}: the header is not an object of at most {MAX_TENSORS} tensors")
    return header, 8 + header_bytes


def _is_size(value) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _check(name: str, entry, data_bytes: int, path: str):
    """The range and shape of a tensor, all of it checked."""
    what = f"{path}: tensor {show(name)}"
    if len(name.encode("utf-8", "replace")) > MAX_NAME_BYTES:
        raise Failed(f"{what}: the name has more than {MAX_NAME_BYTES} bytes")
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise Failed(f"{what}: expected dtype, shape and data_offsets, got {show(entry)}")
    shape, offsets = entry["shape"], entry["data_offsets"]
    if entry["dtype"] != "F32":
        raise Failed(f"{what}: dtype must be F32, got {show(entry['dtype'])}")
    if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS or not all(map(_is_size, shape)):
        raise Failed(f"{what}: shape is not a list of at most {MAX_DIMENSIONS} sizes: {show(shape)}")
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(map(_is_size, offsets)):
        raise Failed(f"{what}: data_offsets is not a list of two sizes: {show(offsets)}")
    begin, end = offsets
    if not begin <= end <= data_bytes:
        raise Failed(f"{what}: data_offsets {show(offsets)} are not inside the {data_bytes} bytes of data")
    if end - begin != 4 * math.prod(shape):
        raise Failed(f"{what}: data_offsets {show(offsets)} do not fit F32 of shape {show(shape)}")
    return begin, end, shape


def _check_contiguous(ranges: dict, data_bytes: int, path: str) -> None:
    reached = 0
    for name, (begin, end, _) in sorted(ranges.items(), key=lambda item: item[1][:2]):
        if begin != reached:
            raise Failed(f"{path}: tensor {show(name)}: its data overlap others or leave a hole")
        reached = end
    if reached != data_bytes:
        raise Failed(f"{path}: {data_bytes - reached} bytes follow the last tensor")


def write(file, tensors: dict, metadata: dict) -> None:
    """Writes F32 tensors in the order given."""
    header, reached = {"__metadata__": metadata}, 0
    for name, tensor in tensors.items():
        if len(name.encode("utf-8")) > MAX_NAME_BYTES or tensor.ndim > MAX_DIMENSIONS:
            raise Failed(f"tensor {show(name)} of shape {show(tensor.shape)}: at most {MAX_NAME_BYTES} bytes of name "
                         f"and {MAX_DIMENSIONS} dimensions can be written")
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [reached, reached + tensor.nbytes]}
        reached += tensor.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # tensors begin on a multiple of 8 bytes
    if len(text) > MAX_HEADER_BYTES or len(tensors) > MAX_TENSORS:
        raise Failed(f"{len(tensors)} tensors and a header of {len(text)} bytes, at most {MAX_TENSORS} and "
                     f"{MAX_HEADER_BYTES} can be written")
    file.write(struct.pack("<Q", len(text)) + text)
    for tensor in tensors.values():
        file.write(numpy.ascontiguousarray(tensor, "<f4").data)
