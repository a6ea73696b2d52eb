"""What the converter refuses: one line that names the culprit, and no output."""

import json
import os
import pickle
import resource
import shutil
import signal
import zipfile

from convert_support import FORMS, MODELS, NET, Refusal, h5py, numpy, unittest, weights_of


class Kinds(Refusal):
    def test_files_that_are_something_else(self):
        cases = {
            "empty.h5": (b"", "unknown content: begins with nothing"),
            "text.h5": (b"Hello, this is text", "unknown content: begins with 48 65 6c"),
            "wrong_magic.h5": (b"\x88" + (MODELS / f"{NET}.h5").read_bytes()[1:], "unknown content"),
            "pickle.h5": (pickle.dumps({"a": 1}), "pickle, which is never read"),
            "array.npy": (b"\x93NUMPY\x01\x00", "a numpy array"),
            "packed.gz": (b"\x1f\x8b\x08\x00", "gzip"),
            "checkpoint": (b'model_checkpoint_path: "m"', "TensorFlow checkpoints; load it with TensorFlow"),
            "m.index": (b"\0" * 40 + bytes.fromhex("fb808b24754775db"), "TensorFlow checkpoint"),
            "m.data-00000-of-00001": (b"\1\2\3", "TensorFlow checkpoint"),
            "saved_model.pb": (b"\x08\x01", "a part of a SavedModel"),
            "config.json": (b'{"class_name": "Sequential"}', "given with --config"),
        }
        for name, (content, reason) in cases.items():
            with self.subTest(name):
                self.refuse(self.path(name, content), reason=[str(self.folder / name), reason])

    def test_folders_pipes_and_nothing(self):
        self.refuse(self.folder / "nothing.h5", reason="nothing.h5: No such file")
        (self.folder / "saved").mkdir()
        self.refuse(self.folder / "saved", reason="a folder, a file expected")
        self.path("saved/saved_model.pb")
        self.refuse(self.folder / "saved", reason=["a SavedModel folder", "save it as .h5"])
        (self.folder / "checkpoints").mkdir()
        self.path("checkpoints/m.index")
        self.refuse(self.folder / "checkpoints", reason="a folder with a TensorFlow checkpoint")
        os.mkfifo(self.folder / "pipe")
        self.refuse(self.folder / "pipe", reason="pipe: not a regular file")

    def test_archives_that_are_something_else(self):
        for name, member, reason in [("t.pt", "archive/data.pkl", "PyTorch file"), ("a.npz", "a.npy", "numpy archive"),
                                     ("z.keras", "x.txt", "without config.json")]:
            with zipfile.ZipFile(self.folder / name, "w") as archive:
                archive.writestr(member, b"")
            self.refuse(self.folder / name, reason=[name, reason])

    def test_every_truncation(self):
        for form in FORMS:
            whole = (MODELS / (NET + form)).read_bytes()
            for size in [*range(100, len(whole), len(whole) // 25), len(whole) - 1]:
                with self.subTest(form=form, size=size):
                    code, lines = self.run_converter(
                        self.path(f"m{form}", whole[:size]), self.folder / "o.safetensors",
                        "--config", MODELS / f"{NET}.io.safetensors")
                    self.assertEqual(code, 1, lines)
                    self.assertEqual(sorted(p.name for p in self.folder.iterdir())[-1], sorted(
                        f"m{f}" for f in FORMS if (self.folder / f"m{f}").exists())[-1])


class Usage(Refusal):
    def test_weights_without_a_configuration(self):
        for form in ("_weights.h5", ".weights.h5"):
            self.refuse(MODELS / (NET + form), code=2, reason="--config FILE")

    def test_configurations_that_are_none(self):
        weights = MODELS / f"{NET}.weights.h5"
        self.refuse(weights, "--config", MODELS / f"{NET}.weights.h5", reason=".weights.h5: holds no model_config")
        self.refuse(weights, "--config", self.folder / "none", reason="none: No such file")
        cases = {
            "[": "not valid JSON", "[1]": "a layer with class_name", '{"a": 1, "a": 2}': '"a" twice',
            "[" * 100 + "]" * 100: "nested deeper than 64", '{"a": ' * 100000: "nested deeper than 64",
            '{"class_name": "Den/se", "config": {"name": "d"}}': 'class_name "Den/se" is no name of a class',
            '{"class_name": "Dense", "config": {"name": "d"}}': 'must be Sequential or Functional, whose',
            '{"class_name": "Sequential", "config": {"name": "s"}}': "are not a list: null",
            '{"class_name": "Sequential", "config": {"name": "s", "layers": [7]}}': "expected, got 7",
            '{"class_name": "Sequential", "config": {"name": 3, "layers": []}}': "is not a string: 3",
            '{"a": NaN}': 'not valid JSON: "NaN" is no finite number', '[-Infinity]': '"-Infinity" is no finite number',
            "[1e999]": '"1e999" is no finite number',
        }
        for text, reason in cases.items():
            path = self.path("c.json", text.encode())
            self.refuse(weights, "--config", path, reason=["c.json", reason])
        self.refuse(weights, "--config", self.path("c.json", b'{"\xff": 1}'), reason="not UTF-8")

    def test_names_of_layers_that_are_too_long(self):
        """Each of their letters counts once for every other layer, each slash for every letter."""
        def dense(name):
            return {"class_name": "Dense", "config": {"name": name}}
        inner = {"class_name": "Sequential", "config": {"name": "a" * 256, "layers": [dense("b" * 256)]}}
        for layer in (dense("x" * 513), dense("a/" * 100_000 + "a"), inner):
            text = json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [dense("x" * 512), layer]}})
            self.refuse(MODELS / f"{NET}.weights.h5", "--config", self.path("c.json", text.encode()),
                        reason="has more than 512 bytes")

    def test_outputs(self):
        model = self.copy()
        self.refuse(model, out="o.txt", code=2, reason=['o.txt" must end in one of', "_weights.h5"])
        self.refuse(model, out="m.h5", code=2, reason="m.h5 is the same file as")
        self.refuse(model, out="none/o.h5", reason="none/o.h5: No such file")
        (self.folder / "folder.h5").mkdir()
        self.refuse(model, out="folder.h5", reason="folder.h5: not a regular file")
        os.link(model, self.folder / "link.h5")
        self.refuse(model, out="link.h5", code=2, reason="is the same file as")

    def test_a_full_disk_leaves_the_old_file(self):
        out = self.path("o.h5", b"old")
        middle = self.folder / "m.safetensors"
        self.convert(MODELS / f"{NET}.h5", middle)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            for form in (".h5", ".keras", ".safetensors"):
                code, lines = self.run_converter(MODELS / f"{NET}.h5", self.folder / f"o{form}")
                self.assertEqual((code, len(lines)), (1, 1), lines)
                self.assertIn(f"o{form}: File too large", lines[0])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)
        self.assertEqual(out.read_bytes(), b"old")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["m.safetensors", "o.h5"])


class Hdf5(Refusal):
    KERNEL = "model_weights/head/head/kernel:0"

    def test_links_out_of_the_tree(self):
        def replace(link):
            def change(file):
                del file[self.KERNEL]
                file[self.KERNEL] = link
            return self.changed(change)
        self.refuse(replace(h5py.SoftLink("/model_weights")), reason=['kernel:0" is a soft or external link'])
        shutil.copy(MODELS / f"{NET}.h5", self.folder / "other.h5")
        self.refuse(replace(h5py.ExternalLink("other.h5", "/" + self.KERNEL)), reason="is a soft or external link")

    def test_a_group_inside_itself(self):
        def change(file):
            file["model_weights/loop"] = file["model_weights"]
        self.refuse(self.changed(change), reason='"model_weights/loop" is another name of an object')

    def replaced(self, create):
        def change(file):
            del file[self.KERNEL]
            create(file)
        return self.changed(change)

    def test_data_in_other_files(self):
        secret = self.path("secret", b"x" * 3000)
        self.refuse(self.replaced(lambda file: file.create_dataset(
            self.KERNEL, (75, 10), "<f4", external=[(str(secret), 0, 3000)])), reason="lie in other files")
        layout = h5py.VirtualLayout((75, 10), "<f4")
        layout[:] = h5py.VirtualSource(str(MODELS / f"{NET}.h5"), self.KERNEL, (75, 10))
        self.refuse(self.replaced(lambda file: file.create_virtual_dataset(self.KERNEL, layout)),
                    reason="lie in other files")

    def test_shapes_that_the_file_cannot_hold(self):
        # The second could be in the file, but nothing was written.
        for shape, options in [((2**40, 2**20), {}), ((75, 10), {}), ((2**30, 10), {"chunks": (1024, 10)}),
                               ((2**22, 10), {"compression": "gzip"})]:
            path = self.replaced(lambda file: file.create_dataset(self.KERNEL, shape, "<f4", **options))
            self.refuse(path, reason=['kernel:0": shape', "more than the file can hold"])

    def test_data_that_are_no_numbers(self):
        for data in (b"text", numpy.zeros(3, "c8"), numpy.zeros(3, [("a", "f4")])):
            self.refuse(self.replaced(lambda file: file.create_dataset(self.KERNEL, data=data)),
                        reason='kernel:0": numbers expected')
        self.refuse(self.replaced(lambda file: file.create_dataset(self.KERNEL, data=h5py.Empty("f4"))),
                    reason='kernel:0": empty, numbers expected')

    def test_numbers_that_float32_cannot_hold(self):
        for value, reason in [(numpy.full((75, 10), 1e39), "beyond the range"),
                              (numpy.full((75, 10), 2**24 + 1), "cannot hold"),
                              (numpy.full((75, 10), 2**31 - 1, "i4"), "cannot hold"),
                              (numpy.full((75, 10), 2**64 - 1, "u8"), "cannot hold")]:
            self.refuse(self.replaced(lambda file: file.create_dataset(self.KERNEL, data=value)), reason=reason)

    def test_filters_that_are_not_known(self):
        self.refuse(self.replaced(lambda file: file.create_dataset(self.KERNEL, (75, 10), "<f4", compression="lzf")),
                    reason="uses the HDF5 filters [32000]")

    def test_attributes(self):
        def names(value):
            def change(file):
                file["model_weights"].attrs["layer_names"] = value
            return self.changed(change)
        self.refuse(names([1, 2]), reason='attribute "layer_names" of "/model_weights": strings expected')
        self.refuse(names(h5py.Empty("S5")), reason='attribute "layer_names" of "/model_weights": empty, strings expected')
        self.refuse(names([b"\xff"]), reason="not UTF-8")
        self.refuse(names([b"local_a", b"local_a"]), reason="lists a layer twice")
        self.refuse(names([b"local_a", b"nowhere"]), reason='lists "model_weights/nowhere"')

        def change(file):
            del file["model_weights/head"].attrs["weight_names"]
        self.refuse(self.changed(change), reason='group "model_weights/head" has no weight_names')

    def test_hdf5_that_is_not_of_keras(self):
        with h5py.File(self.folder / "x.h5", "w") as file:
            file["data"] = numpy.zeros(3)
        self.refuse(self.folder / "x.h5", reason="HDF5, but not Keras's")


class Fit(Refusal):
    """Weights and configuration that do not belong together."""

    def with_config(self, form, change):
        """Weights alone, with a configuration that was changed."""
        config = json.loads(weights_of(NET)[1]["model_config"])
        layers = config["config"]["layers"]
        change(layers, {entry["config"]["name"]: entry["config"] for entry in layers})
        path = self.path("c.json", json.dumps(config).encode())
        return [MODELS / (NET + form), "--config", path]

    def refuse_both(self, change, reason, reason_objects=None):
        self.refuse(*self.with_config("_weights.h5", change), reason=reason)
        self.refuse(*self.with_config(".weights.h5", change), reason=reason_objects or reason)

    def test_another_number_of_units(self):
        self.refuse_both(lambda layers, configs: configs["head"].update(units=7), [
            'layer "head" (Dense): kernel of shape [75, 10], the configuration asks for [75, 7]'])

    def test_another_number_of_filters(self):
        def change(layers, configs):
            configs["local_a"]["filters"] = 5
            for entry in layers:
                entry.pop("build_config", None)
        self.refuse_both(change, ['layer "local_a" (LocallyConnected2D): kernel of shape [4536]', "asks for [5670]"])

    def test_another_implementation(self):
        for implementation, shape in [(1, "[42, 27, 4]"), (2, "[3, 9, 8, 4, 7, 6]")]:
            self.refuse_both(lambda layers, configs: configs["local_a"].update(implementation=implementation),
                             f"kernel of shape [4536], the configuration asks for {shape}")

    def test_no_bias(self):
        self.refuse_both(lambda layers, configs: configs["local_b"].update(use_bias=False),
                         'layer "local_b" (LocallyConnected2D): 1 weights expected ["kernel"], the file has 2')

    def test_a_layer_too_many(self):
        def change(layers, configs):
            layers.append(json.loads(json.dumps(layers[-1]).replace('"head"', '"tail"')))
        self.refuse_both(change, 'layer "tail" (Dense): the file has no group')

    def test_a_layer_too_few(self):
        self.refuse_both(lambda layers, configs: layers.pop(), 'group "head": no layer of this name',
                         'group "layers/dense" holds weights and belongs to no layer')
        self.refuse_both(lambda layers, configs: layers.pop(2), 'group "local_b": no layer of this name',
                         'group "layers/locally_connected2d_1" holds weights, but the configuration has only 1 layers')

    def test_datasets_that_belong_to_nothing(self):
        for place in ("model_weights/head/extra", "elsewhere"):
            def change(file):
                file[place] = numpy.zeros(3, "f4")
            self.refuse(self.changed(change), reason=f'dataset "{place}"')
        path = self.copy(".weights.h5")
        for place in ("layers/dense/other/vars/0", "else/vars/0", "vars/0", "layers/dense/vars/x"):
            with h5py.File(path, "a") as file:
                file[place] = numpy.zeros(3, "f4")
            self.refuse(path, "--config", MODELS / f"{NET}.h5", reason=path.name)
            with h5py.File(path, "a") as file:
                del file[place]

    def test_two_layers_of_one_name(self):
        self.refuse_both(lambda layers, configs: configs["local_b"].update(name="local_a"),
                         'two layers are named "local_a"')


if __name__ == "__main__":
    unittest.main()
