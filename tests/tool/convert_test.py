"""Files written by Keras become safetensors with exactly Keras's weights."""

import json
import zipfile

import h5py

from convert_support import FORMS, MODELS, NETS, ConvertTest, safetensors_file, unittest, weights_of


def config_text(net, form):
    if form == ".h5":
        with h5py.File(MODELS / f"{net}.h5", "r") as file:
            return file.attrs["model_config"]
    return zipfile.ZipFile(MODELS / f"{net}.keras").read("config.json").decode()


class EveryFile(ConvertTest):
    def test_has_the_weights_that_keras_reported(self):
        count = 0
        for net in NETS:
            expected, _ = weights_of(net)
            for form in FORMS:
                with self.subTest(net=net, form=form):
                    out = self.folder / "out.safetensors"
                    config = ["--config", MODELS / f"{net}.keras"] if "weights" in form else []
                    self.convert(MODELS / (net + form), out, *config)
                    tensors, metadata = safetensors_file.read(str(out))
                    self.assert_same_tensors(tensors, expected)
                    self.assertEqual(list(tensors), list(expected) and [
                        "local_a/kernel", "local_a/bias", "local_b/kernel", "local_b/bias", "head/kernel", "head/bias"])
                    self.assertEqual(metadata["model_config"], config_text(net, form))
                    self.assertEqual(metadata["keras_version"], "2.21.0")
                    legacy = form in (".h5", "_weights.h5")
                    self.assertEqual(metadata.get("backend"), "tensorflow" if legacy else None)
                    self.assertEqual(set(metadata) - {"backend"}, {"model_config", "keras_version"})
                    count += 1
        self.assertEqual(count, 24)


class Config(ConvertTest):
    """The model's configuration comes from whatever file holds it."""

    def test_from_any_file(self):
        net = "net_i1_cf"
        expected, metadata = weights_of(net)
        text = self.folder / "config.json"
        text.write_text(metadata["model_config"])
        converted = self.folder / "converted.safetensors"
        self.convert(MODELS / f"{net}.h5", converted)
        for config in (text, converted, MODELS / f"{net}.h5", MODELS / f"{net}.keras"):
            for form in ("_weights.h5", ".weights.h5"):
                out = self.folder / "out.safetensors"
                self.assertEqual(self.convert(MODELS / (net + form), out, "--config", config), [])
                self.assert_same_tensors(self.tensors(out), expected)

    def test_is_not_needed_for_a_whole_model(self):
        lines = self.convert(MODELS / "net_i1_cf.h5", self.folder / "out.safetensors", "--config", __file__)
        self.assertEqual(len(lines), 1)
        self.assertIn("is not used", lines[0])

    def test_that_knows_its_versions_is_not_told_again(self):
        entry = json.loads(config_text("net_i1_cf", ".h5"))
        entry.update(keras_version="2.9.0", backend="theano")  # as to_json() writes it
        (self.folder / "c.json").write_text(json.dumps(entry))
        out = self.folder / "out.safetensors"
        self.convert(MODELS / "net_i1_cf.weights.h5", out, "--config", self.folder / "c.json")
        self.assertEqual(set(safetensors_file.read(str(out))[1]), {"model_config"})


class Skipped(ConvertTest):
    """What is not converted is said."""

    def test_the_state_of_a_compiled_model(self):
        expected = {
            ".h5": ["skipped training_config: loss, metrics and optimizer's settings",
                    "skipped optimizer_weights: 7 arrays of the optimizer's state"],
            ".weights.h5": ["skipped metrics: 2 arrays of the training's state",
                            "skipped optimizer: 7 arrays of the training's state"],
            "_weights.h5": [],
        }
        expected[".keras"] = expected[".weights.h5"]
        for form, lines in expected.items():
            config = ["--config", MODELS / "net_i1_cl.keras"] if "weights" in form else []
            self.assertEqual(self.convert(MODELS / f"net_i1_cl{form}", self.folder / "o.safetensors", *config), lines)

    def test_nothing_of_other_models(self):
        for form in (".h5", ".keras"):
            self.assertEqual(self.convert(MODELS / f"net_i3_cf{form}", self.folder / "o.safetensors"), [])


if __name__ == "__main__":
    unittest.main()
