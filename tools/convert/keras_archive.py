"""The .keras file: a zip archive of metadata.json, config.json and model.weights.h5. Read in memory, never unpacked."""

import datetime
import io
import json
import os
import zipfile
import zlib

from messages import Failed, show, skipped

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
MAX_MEMBERS, MAX_TEXT_BYTES = 10_000, 64 * 2**20
# Weights hardly shrink, and deflate reaches 1032. What is small may be all zeros.
MAX_EXPANSION, ALWAYS_BYTES = 100, 16 * 2**20
ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class KerasArchive:
    def __init__(self, path: str):
        self.path = path
        try:
            self.archive = zipfile.ZipFile(path)
            self.bytes = os.path.getsize(path)
        except ERRORS as e:
            raise Failed(f"{path}: damaged zip archive: {e}") from None
        members = self.archive.infolist()
        self.members = {member.filename: member for member in members}
        if len(self.members) != len(members) or len(members) > MAX_MEMBERS:
            raise Failed(f"{path}: more than {MAX_MEMBERS} members, or two of the same name")
        if CONFIG not in self.members:
            raise Failed(f"{path}: a zip archive without {CONFIG}, so not a .keras file; its members are "
                         f"{show(list(self.members))}")

    def text(self, name: str) -> str:
        if name not in self.members:
            return "{}"
        try:
            return self._read(name, MAX_TEXT_BYTES).decode("utf-8")
        except UnicodeDecodeError:
            raise Failed(f"{self.path}: {name} is not UTF-8") from None

    def weights(self) -> io.BytesIO:
        if WEIGHTS not in self.members:
            raise Failed(f"{self.path}: no member {WEIGHTS}; its members are {show(list(self.members))}")
        others = [name for name in self.members if name not in (METADATA, CONFIG, WEIGHTS)]
        if others:
            skipped(f"{len(others)} other members of the archive: {show(others)}")
        return io.BytesIO(self._read(WEIGHTS, None))

    def _read(self, name: str, limit) -> bytes:
        member, what = self.members[name], f"{self.path}: member {name}"
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Failed(f"{what}: compression method {member.compress_type}, only 0 and 8 are read")
        if limit is not None and member.file_size > limit:
            raise Failed(f"{what}: {member.file_size} bytes, at most {limit} are read")
        stored = min(member.compress_size, self.bytes)  # what the archive says, no more than it has
        if member.file_size > max(ALWAYS_BYTES, MAX_EXPANSION * stored):
            raise Failed(f"{what}: {member.file_size} bytes out of {stored}, more than {MAX_EXPANSION} times as many")
        try:
            with self.archive.open(member) as file:
                data = file.read(member.file_size + 1)
        except ERRORS as e:
            raise Failed(f"{what}: damaged: {e}") from None
        if len(data) != member.file_size:
            raise Failed(f"{what}: {len(data)} bytes, its header says {member.file_size}")
        return data


def write(file, config_text: str, keras_version: str, weights: bytes) -> None:
    """Members stored, in Keras's order."""
    date = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in [(METADATA, json.dumps({"keras_version": keras_version, "date_saved": date})),
                           (CONFIG, config_text)]:
            with archive.open(name, "w") as member:
                member.write(text.encode())
        archive.writestr(WEIGHTS, weights)
