"""HDF5 as Keras writes it with h5py 3: attributes with its types, contiguous datasets."""

import io

import h5py
import numpy

from messages import Failed

MAX_ATTRIBUTE_BYTES = 64512  # Keras splits longer lists of names


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
    """An empty list becomes numbers, a long one is split into fixed-length strings, as Keras does."""
    encoded = [name.encode("utf-8") for name in names]
    together = numpy.asarray(encoded)
    parts = 1
    while max(part.nbytes for part in numpy.array_split(together, parts)) > MAX_ATTRIBUTE_BYTES:
        parts += 1
        if parts > len(names):
            raise Failed(f"a name of more than {MAX_ATTRIBUTE_BYTES} bytes")
    if parts == 1:
        owner.attrs[attribute] = encoded
    else:
        for k, part in enumerate(numpy.array_split(together, parts)):
            owner.attrs[f"{attribute}{k}"] = part


def write_tensor(owner, name: str, tensor: numpy.ndarray) -> None:
    owner.create_dataset(name, data=numpy.ascontiguousarray(tensor, "<f4"))
