#!/usr/bin/env python3
"""The converter of Keras's files: any bytes are a model's file, or a part of one. Refused with a reason, or what was read is written in
another form and read again alike. With atheris libFuzzer drives it (`./run test --long fuzz converter`); with --replay it runs on
files, without.

An input's first byte says what the others are (PARTS). The HDF5 library loops and crashes over some damaged files. A process of its own
reads those first; what ends that process is kept in the folder LCN_ENDED, and when replayed given to the program LCN_TOOL, which must say
so in one line."""
import contextlib
import hashlib
import io
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import zipfile

CONVERTER = pathlib.Path(__file__).resolve().parents[2] / "tools" / "convert"
sys.path.insert(0, str(CONVERTER))
REPLAY = "--replay" in sys.argv

if REPLAY:
    import messages
    import model_file
    import writers
else:
    import atheris

    with atheris.instrument_imports(include=["zipfile", *(path.stem for path in CONVERTER.glob("*.py"))]):
        import messages
        import model_file
        import writers

import numpy  # noqa: E402

# A layer of each kind that has weights.
CONFIG = """{"class_name": "Sequential", "config": {"name": "s", "layers": [
 {"class_name": "LocallyConnected1D", "config": {"name": "l", "batch_input_shape": [null, 2, 1], "filters": 1, "kernel_size": [2],
  "implementation": 1}},
 {"class_name": "Flatten", "config": {"name": "f"}},
 {"class_name": "Dense", "config": {"name": "d", "units": 2, "use_bias": false}}]}}"""
TENSORS = {"l/kernel": numpy.ones((1, 2, 1), "f4"), "l/bias": numpy.zeros((1, 1), "f4"), "d/kernel": numpy.ones((1, 2), "f4")}
FORMS = [".safetensors", ".weights.h5", "_weights.h5", ".h5", ".keras"]


SECONDS = 0.5  # of reading, which takes milliseconds


class Wrong(Exception):
    """A promise is broken."""


@contextlib.contextmanager
def files(data, config=None):
    """Their paths. In memory, but not memfd_create's: HDF5 wants a name that it can resolve."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        paths = [pathlib.Path(folder, name) for name in ("model", "config")]
        for path, content in zip(paths, (data, config or b"")):
            path.write_bytes(content)
        yield str(paths[0]), None if config is None else str(paths[1])


def read(*contents):
    with files(*contents) as paths:
        return model_file.read(*paths)


def written(model, form):
    file = io.BytesIO()
    writers.for_name("model" + form)(model, file)
    return file.getvalue()


def archive(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for name, data in members.items():
            out.writestr(name.replace("_", "."), data)
    return file.getvalue()


def header(text):
    """A safetensors file of 16 bytes of data with this header."""
    return struct.pack("<Q", len(text)) + text + bytes(16)


def small_model():
    """In every form."""
    model = model_file.Model(CONFIG, model_file.model_config.parse(model_file.json_text.parse(CONFIG, ""), ""), None, None, TENSORS)
    model_file.shapes.infer(model.root)
    return {form: written(model, form) for form in FORMS}


WHOLE = small_model()
PARTS = [
    lambda data: (data, CONFIG.encode()),  # a file of weights or of a model
    lambda data: (archive(config_json=data, model_weights_h5=WHOLE[".weights.h5"]),),
    lambda data: (archive(config_json=CONFIG, model_weights_h5=data),),
    lambda data: (header(data), CONFIG.encode()),
    lambda data: (WHOLE["_weights.h5"], data),  # of --config
    lambda data: (WHOLE[".weights.h5"], data),
]


def alike(form, tensors, others):
    """Weights of classes that are not known are numbered where Keras numbers them."""
    names = form in (".weights.h5", ".keras") or list(tensors) == list(others)
    found, wanted = (sorted((t.shape, t.tobytes()) for t in both.values()) for both in (tensors, others))
    return names and found == wanted


def ends(contents):
    """Whether reading ends the process that does it, or takes longer than SECONDS."""
    process = os.fork()
    if process == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            read(*contents)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(process, 0)[1])


def ended(data, contents):
    if not REPLAY:
        pathlib.Path(os.environ["LCN_ENDED"], hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
        return
    with files(*contents) as (model, config), tempfile.TemporaryDirectory() as folder:
        options = [f"--config={config}"] if config else []
        ran = subprocess.run([os.environ["LCN_TOOL"], "convert", *options, model, f"{folder}/out.safetensors"],
                             stderr=subprocess.PIPE, text=True)
        refused = ran.returncode == 1 and ran.stderr.splitlines()[-1].startswith("lcn: ") and not os.listdir(folder)
        if ran.returncode != 0 and not refused:
            raise Wrong(f"no clear error: {ran.returncode} {ran.stderr}")


def one_input(data):
    if not data:
        return
    contents = PARTS[data[0] % len(PARTS)](data[1:])
    if b"\x89HDF" in data and ends(contents):
        ended(data, contents)
        return
    try:
        model = read(*contents)
    except messages.Failed as e:
        if not str(e):
            raise Wrong("a refusal without a reason") from None
        return
    for form in FORMS if REPLAY else [FORMS[len(data) % len(FORMS)]]:
        try:
            again = written(model, form)
        except messages.Failed:
            continue
        if not alike(form, model.tensors, read(again, model.config_text.encode()).tensors):
            raise Wrong(f"other tensors come back out of {form}")


def replay(places):
    """Files, and what lies in folders."""
    paths = sorted(path for place in map(pathlib.Path, places) for path in (place.iterdir() if place.is_dir() else [place]))
    for path in paths:
        print(path, file=sys.stderr, flush=True)  # the last one is the one that failed
        one_input(path.read_bytes())
    print(f"{len(paths)} inputs")
    return 0 if paths else 1


def main():
    messages.say = lambda text: None
    if REPLAY:
        sys.exit(replay(sys.argv[2:]))
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
