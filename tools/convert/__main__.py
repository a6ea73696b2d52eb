"""`lcn convert MODEL OUT [--config FILE]`: Keras's model files to safetensors and back. Data only: nothing in a file is
run, unpickled or unpacked to disk."""

import argparse
import mmap
import os
import signal
import sys

from messages import Failed, WrongUsage, say, tell

IMPORT_BYTES = 96 * 2**20  # what numpy and h5py take, at least


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise WrongUsage(message)


def convert(model_path: str, out_path: str, config_path) -> None:  # nothing in this file that an old Python does not know
    _prepare_imports()
    import model_file
    import writers
    import limits
    from partial_file import partial_file

    write = writers.for_name(out_path)
    paths = [path for path in (model_path, config_path) if path]
    for path in paths:
        if os.path.exists(out_path) and os.path.exists(path) and os.path.samefile(path, out_path):
            raise WrongUsage(f"OUT: {out_path} is the same file as {path}")
    with limits.computing(limits.READING, *paths):
        model = model_file.read(model_path, config_path)
    tell("r")
    with partial_file(out_path) as file, limits.computing(limits.WRITING, *paths):
        write(model, file)


def _prepare_imports() -> None:
    """numpy's OpenBLAS has lines of its own to say when it lacks memory, also that of threads which nobody needs here."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    try:
        mmap.mmap(-1, IMPORT_BYTES).close()
    except OSError:
        raise MemoryError from None


def main(arguments: list) -> int:
    try:
        parser = Parser(prog="lcn convert")
        parser.add_argument("MODEL")
        parser.add_argument("OUT")
        parser.add_argument("--config")
        options = parser.parse_args(arguments)
        convert(options.MODEL, options.OUT, options.config)
        return 0
    except Failed as e:
        say(str(e))
        return 2 if isinstance(e, WrongUsage) else 1
    except ImportError as e:
        say(f"convert needs the Python package {e.name or 'h5py'}, which {sys.executable} cannot load ({e}); install "
            "requirements.txt, or set LCN_PYTHON to an interpreter that has it")
    except MemoryError:
        say("out of memory")
    except OSError as e:
        say(f"{e.filename or options.MODEL}: {e.strerror or e}")
    except Exception as e:  # what h5py raises over a damaged file
        say(f"{options.MODEL}: cannot be converted: {type(e).__name__}: {e}")
    return 1


def _main_of_this_python() -> int:
    if sys.version_info < (3, 11):
        say(f"convert needs Python 3.11 or later, {sys.executable} is {sys.version.split()[0]}; set LCN_PYTHON to "
            "another")
        return 1
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # it raises an exception, which can be lost
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return main(sys.argv[1:])


if __name__ == "__main__":
    code = _main_of_this_python()
    tell(str(code))
    sys.exit(code)
