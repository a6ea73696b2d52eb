"""What is written equals what Keras wrote, object by object."""

import io
import json
import re
import zipfile

from convert_support import FORMS, MODELS, NETS, ConvertTest, describe, numpy, safetensors_file, unittest, weights_of

# All that may differ: the state of training, which is not kept.
STATE = {".h5": "/optimizer_weights", ".weights.h5": ("/optimizer", "/metrics"), "_weights.h5": ()}


def without_state(form, objects):
    kept = {path: what for path, what in objects.items() if not path.startswith(STATE[form] or "//")}
    if form == ".h5":
        kept["/"][1].pop("training_config", None)
    return kept


class EveryPair(ConvertTest):
    """From each form of a net, by way of safetensors, to each form."""

    def test_gives_what_keras_wrote(self):
        count = 0
        for net in NETS:
            for source in FORMS:
                middle = self.folder / "middle.safetensors"
                config = ["--config", MODELS / f"{net}.h5"] if "weights" in source else []
                self.convert(MODELS / (net + source), middle, *config)
                for form in FORMS:
                    with self.subTest(net=net, source=source, form=form):
                        out = self.folder / f"out{form}"
                        self.convert(middle, out)
                        if form == ".keras":
                            self.compare_archives(out, MODELS / f"{net}.keras", source == ".keras")
                        else:
                            self.assertEqual(describe(out), without_state(form, describe(MODELS / (net + form))))
                        count += 1
        self.assertEqual(count, 96)

    def compare_archives(self, actual_path, expected_path, compiled):
        actual, expected = zipfile.ZipFile(actual_path), zipfile.ZipFile(expected_path)
        self.assertEqual(actual.namelist(), expected.namelist())
        for a, e in zip(actual.infolist(), expected.infolist()):
            for what in ("compress_type", "create_system", "create_version", "extract_version", "flag_bits",
                         "external_attr", "extra", "comment"):
                self.assertEqual(getattr(a, what), getattr(e, what), (a.filename, what))
        date = re.compile(rb'(?<="date_saved": ")\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d(?="})')
        metadata = [date.sub(b"", archive.read("metadata.json")) for archive in (actual, expected)]
        self.assertEqual(*metadata)
        self.assertRegex(actual.read("metadata.json"), date)
        config = json.loads(expected.read("config.json"))
        if not compiled:
            config.pop("compile_config", None)
        self.assertEqual(actual.read("config.json").decode(), json.dumps(config))
        images = [describe(io.BytesIO(archive.read("model.weights.h5"))) for archive in (actual, expected)]
        self.assertEqual(images[0], without_state(".weights.h5", images[1]))


class Notes(ConvertTest):
    def test_a_compiled_model_is_said_to_lose_its_state(self):
        middle = self.folder / "middle.safetensors"
        self.convert(MODELS / "net_i1_cl.keras", middle)
        self.assertEqual(self.convert(middle, self.folder / "a.keras"),
                         ["note: the optimizer's state is not in the file: Keras starts with a fresh one"])
        self.assertEqual(self.convert(middle, self.folder / "a.h5"),
                         ["note: compile_config is not written: the model is to be compiled again"])

    def test_an_unknown_version_is_said(self):
        weights, metadata = weights_of("net_i1_cl")
        with open(self.folder / "m.safetensors", "wb") as file:
            entry = json.loads(metadata["model_config"])
            text = json.dumps({key: entry[key] for key in ("class_name", "config")})
            safetensors_file.write(file, weights, {"model_config": text})
        self.assertEqual(self.convert(self.folder / "m.safetensors", self.folder / "a.h5"),
                         ["note: keras_version is not known, 2.15.0 is written"])


class ChangedWeights(ConvertTest):
    def test_are_written(self):
        middle, again = self.folder / "middle.safetensors", self.folder / "again.safetensors"
        self.convert(MODELS / "net_i2_cf.h5", middle)
        tensors, metadata = safetensors_file.read(str(middle))
        special = numpy.array([numpy.nan, numpy.inf, -0.0, 1e-45], "<f4")
        tensors = {name: tensor + numpy.float32(1) for name, tensor in sorted(tensors.items())}  # as others order them
        tensors["head/bias"][:4] = special
        with open(middle, "wb") as file:
            safetensors_file.write(file, tensors, metadata)
        for form in FORMS:
            self.convert(middle, self.folder / f"out{form}")
            self.convert(self.folder / f"out{form}", again, *["--config", middle][: 2 * ("weights" in form)])
            self.assert_same_tensors(self.tensors(again), tensors)
        with zipfile.ZipFile(self.folder / "out.keras") as archive:
            self.assertIn(special.tobytes(), archive.read("model.weights.h5"))


if __name__ == "__main__":
    unittest.main()
