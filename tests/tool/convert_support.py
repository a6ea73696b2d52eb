"""What the tests of `lcn convert` share: running the converter in this process, and comparing HDF5 files strictly."""

import contextlib
import importlib.util
import io
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "tests/cases/models"
CONVERTER = ROOT / "tools/convert"
sys.path.insert(0, str(CONVERTER))

try:
    import h5py
    import numpy
except ImportError as e:
    sys.exit(f"{sys.executable} lacks {e.name}, which requirements.txt provides: these tests cannot run")
import safetensors_file  # noqa: E402

NETS = [f"net_i{implementation}_{data_format}" for implementation in (1, 2, 3) for data_format in ("cl", "cf")]
NET = "net_i3_cf"  # the one that tests of refusals change
FORMS = [".h5", "_weights.h5", ".weights.h5", ".keras"]

_spec = importlib.util.spec_from_file_location("lcn_convert", CONVERTER / "__main__.py")
_converter = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_converter)


class ConvertTest(unittest.TestCase):
    """Has an empty folder, and fails on any file that a test leaves there beside those it names."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lcn_test_")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_converter(self, *arguments):
        """The exit code, and the lines on standard error without their "lcn: "."""
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            code = _converter.main([str(a) for a in arguments])
        lines = errors.getvalue().splitlines()
        self.assertTrue(all(line.startswith("lcn: ") for line in lines), lines)
        return code, [line.removeprefix("lcn: ") for line in lines]

    def convert(self, *arguments):
        """Expects success; returns the lines on standard error."""
        code, lines = self.run_converter(*arguments)
        self.assertEqual(code, 0, lines)
        return lines

    def refuse(self, *arguments, code=1, reason, out="out.safetensors"):
        """Expects the exit code, one line with every string of `reason` at the end, and no output."""
        before = sorted(self.folder.iterdir())
        actual, lines = self.run_converter(arguments[0], self.folder / out, *arguments[1:])
        self.assertEqual(actual, code, lines)
        for text in [reason] if isinstance(reason, str) else reason:
            self.assertIn(text, lines[-1])
        self.assertNotIn("cannot be converted", lines[-1])  # the net under everything
        self.assertEqual(sorted(self.folder.iterdir()), before)

    def tensors(self, path):
        return safetensors_file.read(str(path))[0]

    def assert_same_tensors(self, actual, expected):
        self.assertEqual(sorted(actual), sorted(expected))
        for name, tensor in expected.items():
            self.assertEqual(actual[name].shape, tensor.shape, name)
            self.assertEqual(actual[name].tobytes(), tensor.tobytes(), name)


def weights_of(net):
    """The weights that Keras itself gave when it wrote the files of a net."""
    recorded, metadata = safetensors_file.read(str(MODELS / f"{net}.io.safetensors"))
    weights = {name: tensor for name, tensor in recorded.items() if "/" in name}
    assert len(weights) == 6, list(weights)
    return weights, metadata


def describe(source):
    """Everything about an HDF5 file that a reader could see, by path."""
    with h5py.File(source, "r") as file:
        result = {"superblock": file.id.get_create_plist().get_version()[0]}
        _describe(file, result)
        return result


def _describe(group, result):
    result[group.name] = ("group", _attributes(group))
    for name in group:
        link, item = group.get(name, getlink=True), group[name]
        assert isinstance(link, h5py.HardLink), item.name
        if isinstance(item, h5py.Group):
            _describe(item, result)
        else:
            plan = item.id.get_create_plist()
            result[item.name] = ("dataset", item.id.get_type().encode(), item.shape, item.maxshape,
                                 plan.get_layout(), plan.get_nfilters(), plan.get_external_count(),
                                 plan.get_fill_time(), plan.get_alloc_time(), plan.fill_value_defined(),
                                 plan.get_obj_track_times(), _attributes(item), item[()].tobytes())


def _attributes(owner):
    result = {}
    for name in owner.attrs:
        stored = owner.attrs.get_id(name)
        kind, space = stored.get_type(), stored.get_space()
        strings = ()
        if isinstance(kind, h5py.h5t.TypeStringID):
            strings = (kind.is_variable_str(), kind.get_cset(), kind.get_strpad())
        value = owner.attrs[name]
        result[name] = (type(kind).__name__, kind.get_size(), strings, space.get_simple_extent_type(), stored.shape,
                        value.tolist() if isinstance(value, numpy.ndarray) else value)
    return result


class Refusal(ConvertTest):
    def path(self, name, content=b""):
        (self.folder / name).write_bytes(content)
        return self.folder / name

    def copy(self, form=".h5"):
        return self.path(f"m{form}", (MODELS / (NET + form)).read_bytes())

    def changed(self, change):
        """A whole model's file with a change made by h5py."""
        path = self.copy()
        with h5py.File(path, "a") as file:
            change(file)
        return path
