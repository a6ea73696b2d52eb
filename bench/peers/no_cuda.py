#!/usr/bin/env python3
"""Lets PyPI's PyTorch for Linux run on processors alone, without 2 GB of NVIDIA's libraries.

usage: no_cuda.py FOLDER_OF_TORCH

The loader wants those libraries though a program that names no CUDA device calls none of them. Builds one library with
every function that PyTorch imports from them, each of which only returns an error, and links it under all their names
into PyTorch's own folder, where the loader looks first.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

LIBRARY = re.compile(r"lib(cu|nccl|nv)\w*\.so\.\d+")
FUNCTION = re.compile(r"(__cuda|cu|nccl|nv)\w*")
NO_DEVICE = 100  # cudaErrorNoDevice


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def needed(library):
    names = re.findall(r"NEEDED.*\[(.*)\]", output_of("readelf", "-d", library))
    return {name for name in names if LIBRARY.fullmatch(name)}


def imports(library):
    """{(function, its version or "")} that `library` wants from NVIDIA's."""
    words = [line.split()[-1] for line in output_of("nm", "-D", "--undefined-only", library).splitlines()]
    parts = [word.replace("@@", "@").partition("@") for word in words]
    return {(name, version) for name, _, version in parts if FUNCTION.fullmatch(name)}


def build(path, functions):
    """The loader checks that a library has the versions that others want of it."""
    versions = {}
    for name, version in functions:
        versions.setdefault(version or "NONE", set()).add(name)
    with tempfile.TemporaryDirectory() as folder:
        source, script = pathlib.Path(folder, "source.c"), pathlib.Path(folder, "versions")
        names = sorted({name for name, _ in functions})
        source.write_text("".join(f"int {name}(void) {{ return {NO_DEVICE}; }}\n" for name in names))
        script.write_text("".join(f"{v} {{ global: {'; '.join(sorted(f))}; }};\n" for v, f in versions.items()))
        command = ["gcc", "-shared", "-fPIC", "-O1", "-fno-builtin", f"-Wl,--version-script={script}"]
        subprocess.run([*command, "-o", path, source], check=True)


def main():
    folder = pathlib.Path(sys.argv[1], "lib")
    libraries = sorted(folder.glob("libtorch*.so")) + sorted(folder.glob("libc10*.so"))
    stand_in = folder / "libno_cuda.so"
    build(stand_in, set().union(*map(imports, libraries)))
    for name in set().union(*map(needed, libraries)):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(stand_in.name)


if __name__ == "__main__":
    main()
