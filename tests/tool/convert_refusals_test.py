"""What the converter refuses: one line that names the culprit, and no output."""

import json
import os
import pickle
import resource
import shutil
import signal
import struct
import time
import tracemalloc
import zipfile

from convert_support import FORMS, MODELS, ConvertTest, h5py, numpy, safetensors_file, unittest, weights_of
import json_text  # of the folder that convert_support added to the path

NET = "net_i3_cf"


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


class Safetensors(Refusal):
    def write(self, tensors, metadata, name="m.safetensors"):
        with open(self.folder / name, "wb") as file:
            safetensors_file.write(file, tensors, metadata)
        return self.folder / name

    def test_tensors_that_do_not_fit(self):
        weights, metadata = weights_of(NET)
        metadata = {"model_config": metadata["model_config"]}
        missing = {name: data for name, data in weights.items() if name != "head/bias"}
        extra = {**weights, "body/bias": weights["head/bias"]}
        wrong = {**weights, "head/bias": weights["head/bias"][:9]}
        for form in FORMS:
            out = f"o{form}"
            self.refuse(self.write(missing, metadata), out=out, reason='tensor "head/bias" is missing')
            self.refuse(self.write(extra, metadata), out=out, reason='tensor "body/bias" belongs to no layer')
            self.refuse(self.write(wrong, metadata), out=out,
                        reason="bias of shape [9], the configuration asks for [10]")
        self.refuse(self.write(weights, {}), out="o.h5", code=2, reason="--config FILE")
        self.refuse(self.write(weights, {**metadata, "weight_names": "[]"}), out="o.h5", reason="weight_names is not")
        for name in ("/head/bias", "head//bias", "../bias", "head/kernel:0"):
            names = json.dumps({"head": ["head/kernel:0", name]})
            self.refuse(self.write(weights, {**metadata, "weight_names": names}), out="o.h5",
                        reason=f'"{name}" is not a name for one of its weights')
        names = json.dumps({"head": ["head/kernel:0", "x" * 1025]})
        self.refuse(self.write(weights, {**metadata, "weight_names": names}), out="o.h5",
                    reason="weight_names: a name of more than 1024 bytes")

    def test_headers(self):
        def tensor(**other):
            return json.dumps({"t": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], **other}})
        cases = [
            ("{" + " " * 9, "not valid JSON"), ('{"t": 1}', "expected dtype, shape"),
            (tensor(dtype="F64"), "must be F32"),
            (tensor(shape=[-1]), "not a list of at most 8 sizes"), (tensor(shape=[1] * 9), "at most 8"),
            (tensor(shape=[True]), "not a list of at most 8 sizes"), (tensor(shape=[2]), "do not fit F32"),
            (tensor(shape=[2**62, 4]), "do not fit F32"), (tensor(data_offsets=[0, 8]), "not inside the 4 bytes"),
            (tensor(data_offsets=[4, 0]), "not inside"), (tensor(shape=[0], data_offsets=[0, 0]), "4 bytes follow"),
            (tensor(shape=[0], data_offsets=[4, 4]), "leave a hole"),
            ('{"__metadata__": {"a": 1}}', "object of strings"),
            ('{"t": {}, "t": {}}', '"t" twice'), ('{"t":' + "[" * 99 + "]" * 99 + "}", "nested deeper"),
            ('{"%s": 1}' % ("x" * 600), "more than 512 bytes"),
        ]
        for text, reason in cases:
            with self.subTest(text[:80]):
                content = struct.pack("<Q", len(text)) + text.encode() + bytes(4)
                self.refuse(self.path("m.safetensors", content), out="o.h5", reason=reason)
        for header_bytes in (3000, 2**40, 2**55):
            self.refuse(self.path("m.safetensors", struct.pack("<Q", header_bytes) + b"{}"), out="o.h5",
                        reason=f"a header of {header_bytes} bytes in a file of 10")


class Json(Refusal):
    def test_long_strings_take_little_memory(self):
        text = json.dumps({"x" * 10**6: '\\"' * 10**6})
        tracemalloc.start()
        try:
            self.assertEqual(json_text.parse(text, "a text"), json.loads(text))
            self.assertLess(tracemalloc.get_traced_memory()[1], 8 * len(text))
        finally:
            tracemalloc.stop()

    def test_time_is_that_of_one_reading(self):
        start = time.process_time()
        names = "".join(f'"{k}": 0, ' for k in range(30_000))
        for text, reason in [('{"' + '\\"' * 50_000, "not valid JSON"),
                             ("{" + names + '"last": 0, "last": 0}', '"last" twice')]:
            with self.assertRaisesRegex(json_text.Failed, reason):
                json_text.parse(text, "a text")
        self.assertLess(time.process_time() - start, 5)

    def test_brackets_in_strings_do_not_nest(self):
        for text in (json.dumps("[" * 100), json.dumps(['"' + "[" * 100, "\\", "{" * 100]), '"\\\\' + "[" * 100 + '"'):
            self.assertEqual(json_text.parse(text, "a text"), json.loads(text))
        with self.assertRaisesRegex(json_text.Failed, "nested deeper"):
            json_text.parse(r'["\\", ' + "[" * 64 + "]" * 65, "a text")


class Archives(Refusal):
    def archive(self, method=zipfile.ZIP_DEFLATED, **members):
        with zipfile.ZipFile(MODELS / f"{NET}.keras") as source:
            names = {name: source.read(name) for name in source.namelist()}
        names.update({name.replace("_", "."): data for name, data in members.items()})
        with zipfile.ZipFile(self.folder / "m.keras", "w", method) as archive:
            for name, data in names.items():
                if data is not None:
                    archive.writestr(name, data)
        return self.folder / "m.keras"

    def test_deflated_members_are_read(self):
        self.assertEqual(self.convert(self.archive(), self.folder / "o.safetensors"), [])
        self.assert_same_tensors(self.tensors(self.folder / "o.safetensors"), weights_of(NET)[0])

    def test_other_members_are_said(self):
        lines = self.convert(self.archive(assets_txt=b"x"), self.folder / "o.safetensors")
        self.assertEqual(lines, ['skipped 1 other members of the archive: ["assets.txt"]'])

    def test_a_bomb(self):
        self.refuse(self.archive(model_weights_h5=bytes(2**25)), reason=["33554432 bytes out of", "100 times as many"])
        self.refuse(self.archive(config_json=b" " * (2**26 + 1)), reason="67108865 bytes, at most 67108864")

    def test_a_bomb_that_says_it_is_none(self):
        path = self.archive(model_weights_h5=bytes(2**25))
        content = bytearray(path.read_bytes())
        struct.pack_into("<I", content, content.rindex(b"PK\1\2") + 20, 2**29)  # the size of the last member in the archive
        self.refuse(self.path("m.keras", content), reason=[f"33554432 bytes out of {len(content)},", "100 times as many"])

    def test_members(self):
        self.refuse(self.archive(model_weights_h5=None), reason="no member model.weights.h5")
        self.refuse(self.archive(config_json=None), reason="without config.json")
        self.refuse(self.archive(model_weights_h5=b"\x80pickle"), reason="model.weights.h5: damaged HDF5 file")
        self.refuse(self.archive(config_json=b"\xff"), reason="config.json is not UTF-8")
        self.refuse(self.archive(zipfile.ZIP_BZIP2), reason="compression method 12, only 0 and 8")
        self.refuse(self.archive(config_json=b'{"a":' * 1000), reason="nested deeper than 64")

    def test_damaged_members(self):
        whole = (MODELS / f"{NET}.keras").read_bytes()
        at = whole.index(b'"class_name"')
        self.refuse(self.path("m.keras", whole[:at] + b"X" + whole[at + 1:]), reason="member config.json: damaged")

    def test_two_members_of_one_name(self):
        path = self.copy(".keras")
        with self.assertWarns(UserWarning), zipfile.ZipFile(path, "a") as archive:
            archive.writestr("config.json", b"{}")
        self.refuse(path, reason="two of the same name")


if __name__ == "__main__":
    unittest.main()
