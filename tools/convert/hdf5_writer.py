"""HDF5 as Keras writes it with h5py 3: attributes with its types, contiguous datasets."""

import io

import h5py
import numpy

from messages import Failed

MAX_ATTRIBUTE_BYTES = 64512  # Keras splits longer lists of names
MAX_NAME_BYTES = 1024  # more than a layer's path and a weight's name need
MAX_REFERENCES = 4091  # how many strings of any length an attribute can refer to


def image(fill) -> bytes:
    """The bytes of an HDF5 file that `fill(file)` writes. In memory: a full disk must not meet the HDF5 library."""
    buffer = io.BytesIO()
    try:
        with h5py.File(buffer, "w", libver="earliest") as file:
            fill(file)
    except (OSError, RuntimeError, ValueError) as e:
        raise Failed(f"HDF5 cannot hold this model: {e}") from None
    return buffer.getvalue()


def write_names(owner, attribute: str, names: list) -> None:
    """An empty list becomes numbers, a long one is split into fixed-length strings, as Keras does. What Keras would not
    split and then fails to write is of fixed length as well."""
    encoded = [name.encode("utf-8") for name in names]
    width = max([1, *map(len, encoded)])
    if width > MAX_NAME_BYTES:  # all others of its list would take as many
        raise Failed(f"{attribute}: a name of more than {MAX_NAME_BYTES} bytes")
    parts = -(-len(encoded) // (MAX_ATTRIBUTE_BYTES // width))
    if parts > 1:
        for k, part in enumerate(numpy.array_split(numpy.asarray(encoded), parts)):
            owner.attrs[f"{attribute}{k}"] = part
    else:
        owner.attrs[attribute] = encoded if len(encoded) <= MAX_REFERENCES else numpy.asarray(encoded)


def write_tensor(owner, name: str, tensor: numpy.ndarray) -> None:
    owner.create_dataset(name, data=numpy.ascontiguousarray(tensor, "<f4"))
