"""HDF5 files that anybody may have written: only groups and datasets in the file itself, every size checked."""

import contextlib

import h5py
import numpy

from messages import Failed, note, show

MAX_OBJECTS, MAX_DEPTH, MAX_STRINGS = 100_000, 64, 100_000
# Keras compresses nothing, and trained weights hardly shrink. What is small may be all zeros.
MAX_EXPANSION, ALWAYS_BYTES = 100, 16 * 2**20
OWN_FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}


@contextlib.contextmanager
def _damage(what: str):
    """What h5py raises over damaged files, as a refusal."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, OverflowError, MemoryError) as e:
        raise Failed(f"{what}: {e or 'asks for too much memory'}") from None


class Hdf5File:
    """`groups`: paths of all groups; `datasets`: all datasets by path. Paths begin without "/"; the root is ""."""

    def __init__(self, source, name: str):
        """`source`: a path, or a file object in memory; `name` names it in errors."""
        self.name = name
        with _damage(f"{name}: damaged HDF5 file"):
            self.file = h5py.File(source, "r", locking=False)
            self.bytes_left = {False: self.file.id.get_filesize()}  # by whether the data are in chunks
            self.bytes_left[True] = max(ALWAYS_BYTES, MAX_EXPANSION * self.bytes_left[False])
            self.groups, self.datasets, self._addresses = set(), {}, set()
            self._visit(self.file.id, "", 0)

    def _visit(self, group, path: str, depth: int) -> None:
        self._count(group, path, depth)
        self.groups.add(path)
        for raw in group:
            try:
                inner = (path + "/" if path else "") + raw.decode("utf-8")
            except UnicodeDecodeError:
                raise Failed(f"{self.name}: {show(path)} holds a name that is not UTF-8") from None
            if group.links.get_info(raw).type != h5py.h5l.TYPE_HARD:
                raise Failed(f"{self.name}: {show(inner)} is a soft or external link, which is not followed")
            target = h5py.h5o.open(group, raw)
            if isinstance(target, h5py.h5g.GroupID):
                self._visit(target, inner, depth + 1)
            elif isinstance(target, h5py.h5d.DatasetID):
                self._count(target, inner, depth + 1)
                self._check_storage(target, inner)
                self.datasets[inner] = h5py.Dataset(target)
            else:
                raise Failed(f"{self.name}: {show(inner)} is neither a group nor a dataset")

    def _count(self, target, path: str, depth: int) -> None:
        address = h5py.h5o.get_info(target).addr
        if address in self._addresses:
            raise Failed(f"{self.name}: {show(path)} is another name of an object seen before")
        self._addresses.add(address)
        if len(self._addresses) > MAX_OBJECTS or depth > MAX_DEPTH:
            raise Failed(f"{self.name}: more than {MAX_OBJECTS} objects, or groups deeper than {MAX_DEPTH}")

    def _check_storage(self, target, path: str) -> None:
        plan = target.get_create_plist()
        if plan.get_layout() == h5py.h5d.VIRTUAL or plan.get_external_count():
            raise Failed(f"{self.name}: the data of {show(path)} lie in other files, which are not read")
        filters = {plan.get_filter(k)[0] for k in range(plan.get_nfilters())}
        if not filters <= OWN_FILTERS:
            raise Failed(f"{self.name}: {show(path)} uses the HDF5 filters {sorted(filters - OWN_FILTERS)}, which are "
                         "not known")

    def tensor(self, path: str) -> numpy.ndarray:
        """The numbers of a dataset as float32."""
        what = f"{self.name}: dataset {show(path)}"
        with _damage(f"{what}: damaged"):
            return self._tensor(self.datasets[path], what)

    def _tensor(self, data, what: str) -> numpy.ndarray:
        chunked, stored = data.chunks is not None, data.id.get_storage_size()
        if chunked:
            stored = max(ALWAYS_BYTES, MAX_EXPANSION * stored)
        if data.shape is None:
            raise Failed(f"{what}: empty, numbers expected")
        if data.dtype.kind not in "fiub":
            raise Failed(f"{what}: numbers expected, got {data.dtype}")
        wanted = data.dtype.itemsize * int(numpy.prod([int(s) for s in data.shape], dtype=object))
        self.bytes_left[chunked] -= wanted
        if wanted > stored or self.bytes_left[chunked] < 0:
            raise Failed(f"{what}: shape {show(data.shape)} needs {wanted} bytes, more than the file can hold")
        return _as_float32(data[()], what)

    def strings(self, path: str, attribute: str):
        """A list of strings as Keras writes it, also split over attributes name0, name1, ...; None without it."""
        parts = self._strings(path, attribute)
        if parts is not None:
            return parts
        split = []
        while (part := self._strings(path, f"{attribute}{len(split)}")) is not None:
            split.append(part)
        return sum(split, []) if split else None

    def string(self, path: str, attribute: str):
        """A single string, or None without it."""
        found = self._strings(path, attribute)
        if found is not None and len(found) != 1:
            raise Failed(f"{self.name}: attribute {show(attribute)} of {show(path)}: one string expected, got {len(found)}")
        return found and found[0]

    def _strings(self, path: str, attribute: str):
        """All strings of an attribute, or None without it."""
        what = f"{self.name}: attribute {show(attribute)} of {show('/' + path)}"
        with _damage(f"{what}: damaged or not UTF-8"):
            owner = self.file[path or "/"]
            if attribute not in owner.attrs:
                return None
            stored = owner.attrs.get_id(attribute)
            space = stored.get_space()
            if space.get_simple_extent_type() == h5py.h5s.NULL:
                raise Failed(f"{what}: empty, strings expected")
            if space.get_simple_extent_npoints() > MAX_STRINGS:
                raise Failed(f"{what}: more than {MAX_STRINGS} strings")
            if stored.shape == (0,):
                return []  # Keras writes an empty list as numbers
            if not isinstance(stored.get_type(), h5py.h5t.TypeStringID):
                raise Failed(f"{what}: strings expected")
            texts = [i.decode("utf-8") if isinstance(i, bytes) else str(i) for i in numpy.atleast_1d(owner.attrs[attribute])]
            for text in texts:
                text.encode("utf-8")
            return texts


def _as_float32(values, what: str) -> numpy.ndarray:
    values = numpy.asarray(values)
    if values.dtype.kind == "f" and values.dtype.itemsize == 4:
        return values.astype("<f4", copy=False)
    with numpy.errstate(over="ignore", invalid="ignore"):
        result = values.astype("<f4")
    if values.dtype.kind != "f" and not _equal(result, values):
        raise Failed(f"{what}: {values.dtype} numbers that float32 cannot hold")
    if numpy.any(numpy.isinf(result) & numpy.isfinite(values)):
        raise Failed(f"{what}: {values.dtype} numbers beyond the range of float32")
    note(f"{what}: {values.dtype} converted to float32")
    return result


def _equal(result: numpy.ndarray, values: numpy.ndarray) -> bool:
    """Whether float32 numbers are the integers, or truth values, that they were made of."""
    if values.dtype.kind != "b" and numpy.any(result >= 2.0 ** (8 * values.dtype.itemsize - (values.dtype.kind == "i"))):
        return False  # rounded up to beyond the type, from where each processor comes back to another number
    return numpy.array_equal(result.astype(values.dtype), values)
