"""The forms of Keras files that other versions and other models have, made by hand."""

import io
import json
import time

from convert_support import FORMS, MODELS, ConvertTest, h5py, numpy, safetensors_file, unittest, weights_of
import hdf5_writer  # these of the folder that convert_support added to the path
import layer_shapes
import model_config
import tensors as checks

NET = "net_i1_cl"
LAYERS = ["local_a", "local_b", "flat", "head"]


def array(*shape):
    return numpy.random.default_rng(sum(shape)).standard_normal(shape).astype("<f4")


def layer(class_name, name, **config):
    return {"class_name": class_name, "config": {"name": name, **config}}


def sequential(name, *layers):
    return {"class_name": "Sequential", "config": {"name": name, "layers": list(layers)}}


INPUT = layer("InputLayer", "in", batch_input_shape=[None, 4])


class Variant(ConvertTest):
    def write_legacy(self, groups, config=None, name="m.h5", strings=list, dtype=None):
        """`groups`: {layer: {weight name: array}}. `strings` makes a list of names what is given to h5py."""
        with h5py.File(self.folder / name, "w") as file:
            root = file
            if config is not None:
                file.attrs["model_config"] = json.dumps(config).encode()
                file.attrs["keras_version"] = "2.4.0"
                root = file.create_group("model_weights")
            root.attrs["layer_names"] = strings([group.encode() for group in groups])
            for group, weights in groups.items():
                root.create_group(group).attrs["weight_names"] = strings([weight.encode() for weight in weights])
                for weight, data in weights.items():
                    root[group].create_dataset(weight, data=data, dtype=dtype)
        return self.folder / name

    def write_objects(self, arrays, name="m.weights.h5"):
        with h5py.File(self.folder / name, "w") as file:
            file.create_group("vars")
            for path, data in arrays.items():
                if data is None:
                    file.create_group(path)
                else:
                    file.create_dataset(path, data=data)
        return self.folder / name

    def write_config(self, config):
        (self.folder / "c.json").write_text(json.dumps(config))
        return self.folder / "c.json"

    def converted(self, *arguments):
        """The tensors, and what was said."""
        lines = self.convert(arguments[0], self.folder / "o.safetensors", *arguments[1:])
        return self.tensors(self.folder / "o.safetensors"), lines

    def assert_goes_round(self, expected, forms=FORMS):
        """o.safetensors, through each form and back."""
        for form in forms:
            self.convert(self.folder / "o.safetensors", self.folder / f"r{form}")
            config = ["--config", self.folder / "o.safetensors"] if "weights" in form else []
            self.convert(self.folder / f"r{form}", self.folder / "r.safetensors", *config)
            self.assert_same_tensors(self.tensors(self.folder / "r.safetensors"), expected)


def legacy_groups(weights, ending=":0"):
    return {name: {f"{name}/{w}{ending}": weights[f"{name}/{w}"] for w in ("kernel", "bias") if name != "flat"}
            for name in LAYERS}


class Legacy(Variant):
    def setUp(self):
        super().setUp()
        self.weights, metadata = weights_of(NET)
        self.config = json.loads(metadata["model_config"])

    def test_strings_of_fixed_length(self):
        path = self.write_legacy(legacy_groups(self.weights), self.config, strings=lambda names: numpy.array(
            names, "S") if names else numpy.zeros(0))
        with h5py.File(path) as file:
            self.assertEqual(file["model_weights"].attrs["layer_names"].dtype.kind, "S")
        self.assert_same_tensors(self.converted(path)[0], self.weights)

    def test_layer_names_in_several_attributes(self):
        path = self.write_legacy(legacy_groups(self.weights), self.config)
        with h5py.File(path, "a") as file:
            owner = file["model_weights"].attrs
            names = owner["layer_names"]
            del owner["layer_names"]
            owner["layer_names0"], owner["layer_names1"] = names[:3].astype("S"), names[3:].astype("S")
        self.assert_same_tensors(self.converted(path)[0], self.weights)

    def test_many_layers_are_written_in_several_attributes(self):
        names = [f"layer_{k}_{'x' * 120}" for k in range(600)]
        config = sequential("many", INPUT, *(layer("Dropout", name) for name in names))
        path = self.write_legacy({}, config, strings=lambda n: numpy.zeros(0) if not n else n)
        self.converted(path)
        self.convert(self.folder / "o.safetensors", self.folder / "back.h5")
        with h5py.File(self.folder / "back.h5") as file:
            owner = file["model_weights"].attrs
            parts = [owner[f"layer_names{k}"] for k in range(2)]
            self.assertNotIn("layer_names", owner)
            self.assertEqual(parts[0].dtype.kind, "S")
            self.assertEqual([name.decode() for part in parts for name in part], names)
        self.assertEqual(self.converted(self.folder / "back.h5")[0], {})

    def test_any_number_of_names(self):
        """Up to the limits of HDF5 in one attribute, and as Keras writes them where Keras can."""
        cases = [(1, 1, "O"), (4091, 1, "O"), (4092, 1, "S"), (5000, 1, "S"), (10752, 1, "S"), (10753, 2, "S"),
                 (50000, 5, "S")]
        for count, parts, kind in cases:
            names = [f"a{k:05}" for k in range(count)]
            image = hdf5_writer.image(lambda file: hdf5_writer.write_names(file, "layer_names", names))
            with h5py.File(io.BytesIO(image)) as file:
                attributes = ["layer_names"] if parts == 1 else [f"layer_names{k}" for k in range(parts)]
                self.assertEqual(sorted(file.attrs), attributes)
                self.assertEqual({file.attrs[a].dtype.kind for a in attributes}, {kind})
                found = [name if isinstance(name, str) else name.decode() for a in attributes for name in file.attrs[a]]
                self.assertEqual(found, names)

    def test_names_of_any_length(self):
        for length in (1023, 1024):  # 63 fit
            names = [b"x" * length, *[b"y"] * 63]
            image = hdf5_writer.image(lambda file: hdf5_writer.write_names(file, "n", [n.decode() for n in names]))
            with h5py.File(io.BytesIO(image)) as file:
                self.assertEqual([file.attrs[name].tolist() for name in ("n0", "n1")], [names[:32], names[32:]])
        with self.assertRaisesRegex(hdf5_writer.Failed, "n: a name of more than 1024 bytes"):
            hdf5_writer.image(lambda file: hdf5_writer.write_names(file, "n", ["x" * 1025, "y"]))

    def test_names_without_numbers_come_back_without(self):
        path = self.write_legacy(legacy_groups(self.weights, ""), self.config)
        self.assert_same_tensors(self.converted(path)[0], self.weights)
        self.convert(self.folder / "o.safetensors", self.folder / "back.h5")
        with h5py.File(self.folder / "back.h5") as file:
            self.assertEqual(list(file["model_weights/head"].attrs["weight_names"]), ["head/kernel", "head/bias"])
            self.assertEqual(file.attrs["keras_version"], "2.4.0")

    def test_names_of_keras_1(self):
        groups = {name: {f"{name}_{w[0]}": data for w, data in zip("Wb", weights.values())}
                  for name, weights in legacy_groups(self.weights).items()}
        tensors, lines = self.converted(self.write_legacy(groups, self.config))
        self.assert_same_tensors(tensors, self.weights)
        self.assertIn('note: layer "head": "head_W" is taken as head/kernel, by position', lines)

    def test_other_layer_names_match_by_position(self):
        groups = {"x_" + name: weights for name, weights in legacy_groups(self.weights).items()}
        tensors, lines = self.converted(self.write_legacy(groups), "--config", self.write_config(self.config))
        self.assert_same_tensors(tensors, self.weights)
        self.assertEqual(lines[0], 'note: layer "local_a": gets the weights of "x_local_a", by position')

    def test_a_sequential_that_is_a_bare_list(self):
        self.config["config"] = self.config["config"]["layers"][1:]
        tensors, _ = self.converted(self.write_legacy(legacy_groups(self.weights), self.config))
        self.assert_same_tensors(tensors, self.weights)
        self.assert_goes_round(self.weights)

    def test_other_types_become_float32(self):
        for dtype in (">f4", "f2", "f8", "i4"):
            weights = {name: numpy.round(data * 8) for name, data in self.weights.items()}
            path = self.write_legacy(legacy_groups(weights), self.config, dtype=dtype)
            tensors, lines = self.converted(path)
            self.assert_same_tensors(tensors, {n: (w + 0 if dtype == "i4" else w) for n, w in weights.items()})
            self.assertEqual(len(lines), 0 if dtype == ">f4" else 6)
            self.assertTrue(all("converted to float32" in line for line in lines), lines)

    def test_integers_at_the_ends_of_their_type(self):
        for dtype, ends in [("i4", [-2**31, 2**31 - 128]), ("u8", [0, 2**64 - 2**40]), ("i1", [-128, 127]), ("?", [0, 1])]:
            weights = {**self.weights, "head/bias": numpy.array(ends * 5, dtype)}
            tensors, _ = self.converted(self.write_legacy(legacy_groups(weights), self.config))
            self.assert_same_tensors(tensors, {**self.weights, "head/bias": numpy.array(ends * 5, "<f4")})

    def test_compressed_datasets_are_read(self):
        path = self.write_legacy(legacy_groups(self.weights), self.config)
        with h5py.File(path, "a") as file:
            del file["model_weights/head/head/kernel:0"]
            file.create_dataset("model_weights/head/head/kernel:0", data=self.weights["head/kernel"],
                                compression="gzip", shuffle=True)
        self.assert_same_tensors(self.converted(path)[0], self.weights)


class Objects(Variant):
    def check(self, paths):
        """`paths`: those of the two locally connected layers and of the dense one."""
        weights, metadata = weights_of(NET)
        arrays = {f"{path}/vars/{k}": weights[f"{name}/{w}"]
                  for path, name in zip(paths, ("local_a", "local_b", "head"))
                  for k, w in enumerate(("kernel", "bias"))}
        config = self.write_config(json.loads(metadata["model_config"]))
        self.assert_same_tensors(self.converted(self.write_objects(arrays), "--config", config)[0], weights)

    def test_of_keras_2_14(self):
        self.check([f"_layer_checkpoint_dependencies/{name}"
                    for name in ("locally_connected2d", "locally_connected2d_1", "dense")])

    def test_of_keras_2_12_which_skips_numbers(self):
        self.check([f"_layer_checkpoint_dependencies/{name}"
                    for name in ("locally_connected2d", "locally_connected2d_2", "dense")])

    def test_are_sorted_by_number_not_by_name(self):
        count = 12
        config = sequential("deep", layer("InputLayer", "in", batch_input_shape=[None, 3]),
                            *(layer("Dense", f"d{k}", units=3) for k in range(count)))
        expected, arrays = {}, {}
        for k in range(count):
            place = "layers/dense" + (f"_{k}" if k else "")
            for number, (name, data) in enumerate([("kernel", array(3, 3) + k), ("bias", array(3) + k)]):
                expected[f"d{k}/{name}"] = arrays[f"{place}/vars/{number}"] = data
        tensors, _ = self.converted(self.write_objects(arrays), "--config", self.write_config(config))
        self.assert_same_tensors(tensors, expected)
        self.assert_goes_round(expected)


class Shapes(unittest.TestCase):
    """Shapes that Keras's own tests use: input (8, 6, 10, 4) whatever the format, 3 filters of 3 x 3."""

    def test_of_locally_connected_layers(self):
        rows = [  # data_format, padding, stride: output, kernel of implementation 1, 2 and 3
            ("channels_last", "valid", 1, (4, 8), (32, 36, 3), (6, 10, 4, 4, 8, 3), 3456),
            ("channels_last", "valid", 2, (2, 4), (8, 36, 3), (6, 10, 4, 2, 4, 3), 864),
            ("channels_last", "same", 1, (6, 10), None, (6, 10, 4, 6, 10, 3), 5376),
            ("channels_first", "valid", 1, (8, 2), (16, 54, 3), (6, 10, 4, 3, 8, 2), 2592),
            ("channels_first", "valid", 2, (4, 1), (4, 54, 3), (6, 10, 4, 3, 4, 1), 648),
            ("channels_first", "same", 1, (10, 4), None, (6, 10, 4, 3, 10, 4), 5040),
        ]
        for data_format, padding, stride, output, *kernels in rows:
            for implementation, kernel in enumerate(kernels, 1):
                config = {"filters": 3, "kernel_size": [3, 3], "strides": [stride, stride], "padding": padding,
                          "data_format": data_format, "implementation": implementation}
                with self.subTest(**config):
                    shapes = layer_shapes.weight_shapes("LocallyConnected2D", config, (8, 6, 10, 4))
                    kernel = (kernel,) if implementation == 3 else kernel
                    if kernel:
                        self.assertEqual(shapes, {"kernel": kernel, "bias": (*output, 3)})
                    expected = (8, 3, *output) if data_format == "channels_first" else (8, *output, 3)
                    self.assertEqual(layer_shapes.output_shape("LocallyConnected2D", config, (8, 6, 10, 4)), expected)


class OtherLayers(Variant):
    """Weights of layers that lcn does not run come through as well."""

    def test_an_activation_with_a_weight(self):
        prelu = layer("PReLU", "p_re_lu", shared_axes=None)
        config = sequential("m", INPUT, layer("Dense", "d", units=3, activation=prelu))
        weights = {"d/kernel": array(4, 3), "d/bias": array(3), "d/p_re_lu/alpha": array(3) + 1}
        legacy = {"d": {f"{name}:0": data for name, data in weights.items()}}
        self.assert_same_tensors(self.converted(self.write_legacy(legacy, config))[0], weights)
        self.assert_goes_round(weights)
        with h5py.File(self.folder / "r.weights.h5") as file:
            self.assertEqual(file["layers/dense/activation/vars/0"][()].tobytes(), weights["d/p_re_lu/alpha"].tobytes())

    def test_batch_normalization_and_convolution(self):
        config = sequential(
            "m", layer("InputLayer", "in", batch_input_shape=[None, 5, 5, 2]),
            layer("Conv2D", "c", filters=3, kernel_size=[3, 3], strides=[1, 1], padding="valid", use_bias=False),
            layer("BatchNormalization", "b", axis=[3], scale=False, center=True),
            layer("MaxPooling2D", "p", pool_size=[3, 3], strides=[3, 3]), layer("Flatten", "f"),
            layer("Dense", "d", units=2))
        weights = {"c/kernel": array(3, 3, 2, 3), "b/beta": array(3), "b/moving_mean": array(3) + 1,
                   "b/moving_variance": array(3) + 2, "d/kernel": array(3, 2), "d/bias": array(2)}
        groups = {name: {f"{w}:0": data for w, data in weights.items() if w[0] == name} for name in "cbpfd"}
        self.assert_same_tensors(self.converted(self.write_legacy(groups, config))[0], weights)
        self.assert_goes_round(weights)

    def test_a_nested_model(self):
        inner = sequential("inner", layer("InputLayer", "i", batch_input_shape=[None, 3]),
                           layer("BatchNormalization", "b", axis=[1]), layer("Dense", "d", units=2))
        config = sequential("m", INPUT, layer("Dense", "d", units=3), inner)
        weights = {"d/kernel": array(4, 3), "d/bias": array(3), "inner/b/gamma": array(3) + 1,
                   "inner/b/beta": array(3) + 2, "inner/b/moving_mean": array(3) + 3,
                   "inner/b/moving_variance": array(3) + 4, "inner/d/kernel": array(3, 2), "inner/d/bias": array(2)}
        # The trainable ones first, and without the name of the model around them.
        order = ["b/gamma", "b/beta", "d/kernel", "d/bias", "b/moving_mean", "b/moving_variance"]
        legacy = {"d": {f"d/{w}:0": weights[f"d/{w}"] for w in ("kernel", "bias")},
                  "inner": {f"{w}:0": weights[f"inner/{w}"] for w in order}}
        tensors, lines = self.converted(self.write_legacy(legacy, config))
        self.assert_same_tensors(tensors, weights)
        self.assertEqual(lines, [])
        self.assert_goes_round(weights)
        with h5py.File(self.folder / "r.h5") as file:
            self.assertEqual(list(file["model_weights/inner"].attrs["weight_names"]), [w + ":0" for w in order])
        with h5py.File(self.folder / "r.weights.h5") as file:
            self.assertEqual(file["layers/sequential/layers/dense/vars/1"][()].tobytes(),
                             weights["inner/d/bias"].tobytes())
        # Keras leaves the inner configuration in the newer form when it writes a .h5 file.
        self.convert(self.folder / "r.keras", self.folder / "newer.safetensors")
        self.convert(self.folder / "newer.safetensors", self.folder / "newer.h5")
        with h5py.File(self.folder / "newer.h5") as file:
            layers = json.loads(file.attrs["model_config"])["config"]["layers"]
        self.assertEqual([sorted(entry) for entry in layers], [["class_name", "config"]] * 3)
        self.assertEqual([entry["module"] for entry in layers[2]["config"]["layers"]], ["keras.layers"] * 3)

    def test_a_name_that_begins_another(self):
        config = sequential("m", INPUT, layer("Dense", "a/b", units=3), layer("Dense", "a", units=2))
        weights = {"a/b/kernel": array(4, 3), "a/b/bias": array(3), "a/kernel": array(3, 2), "a/bias": array(2)}
        arrays = {f"layers/dense{n}/vars/{k}": weights[f"{name}/{w}"] for n, name in [("", "a/b"), ("_1", "a")]
                  for k, w in enumerate(("kernel", "bias"))}
        tensors, _ = self.converted(self.write_objects(arrays), "--config", self.write_config(config))
        self.assert_same_tensors(tensors, weights)
        self.assert_goes_round(weights)

    def test_weights_that_are_not_trained_come_last(self):
        inner = sequential("inner", layer("Dense", "d", units=3, trainable=False), layer("Dense", "e", units=2))
        config = sequential("m", INPUT, inner)
        weights = {"inner/d/kernel": array(4, 3), "inner/d/bias": array(3), "inner/e/kernel": array(3, 2),
                   "inner/e/bias": array(2)}
        order = ["e/kernel", "e/bias", "d/kernel", "d/bias"]
        legacy = {"inner": {f"{w}:0": weights[f"inner/{w}"] for w in order}}
        self.assert_same_tensors(self.converted(self.write_legacy(legacy, config))[0], weights)
        self.assert_goes_round(weights)

    def test_a_functional_model(self):
        def node(name):
            return [[[name, 0, 0, {}]]]
        config = {"class_name": "Functional", "config": {
            "name": "m", "input_layers": [["in", 0, 0]], "output_layers": [["sum", 0, 0]],
            "layers": [{**INPUT, "name": "in", "inbound_nodes": []},
                       {**layer("Dense", "a", units=4), "name": "a", "inbound_nodes": node("in")},
                       {**layer("Add", "sum"), "name": "sum", "inbound_nodes": [[["in", 0, 0, {}], ["a", 0, 0, {}]]]}]}}
        weights = {"a/kernel": array(4, 4), "a/bias": array(4)}
        legacy = {"in": {}, "a": {f"{name}:0": data for name, data in weights.items()}, "sum": {}}
        self.assert_same_tensors(self.converted(self.write_legacy(legacy, config))[0], weights)
        self.assert_goes_round(weights)
        with h5py.File(self.folder / "r.h5") as file:
            self.assertEqual(json.loads(file.attrs["model_config"]), config)
            self.assertEqual(list(file["model_weights"].attrs["layer_names"]), ["in", "a", "sum"])
        with h5py.File(self.folder / "r.weights.h5") as file:
            self.assertEqual(sorted(file["layers"]), ["add", "dense", "input_layer"])

    def test_classes_that_are_not_known(self):
        config = sequential("m", INPUT, layer("GRU", "g", units=2), layer("Odd", "o"))
        legacy = {"g": {"g/gru_cell/kernel:0": array(4, 6), "g/gru_cell/bias:0": array(6)}, "o": {"o/z:0": array(2)}}
        tensors, lines = self.converted(self.write_legacy(legacy, config))
        expected = {"g/gru_cell/kernel": array(4, 6), "g/gru_cell/bias": array(6), "o/z": array(2)}
        self.assert_same_tensors(tensors, expected)
        self.assertEqual(lines[0], 'note: layer "g": class GRU is not known, its weights keep Keras\'s names')
        self.assert_goes_round(expected, [".h5", "_weights.h5"])
        self.refuse(self.folder / "o.safetensors", out="x.keras", reason=['layer "g"', "class GRU"])

    def test_numbers_of_classes_that_are_not_known(self):
        config = sequential("m", INPUT, layer("GRU", "g", units=2), layer("Odd", "o"))
        arrays = {"layers/gru/vars": None, "layers/gru/cell/vars/0": array(4, 6), "layers/gru/cell/vars/1": array(6),
                  "layers/odd/vars/0": array(2), "layers/odd/vars/1": array(3)}
        path = self.write_objects(arrays)
        tensors, lines = self.converted(path, "--config", self.write_config(config))
        expected = {"g/cell/0": array(4, 6), "g/cell/1": array(6), "o/0": array(2), "o/1": array(3)}
        self.assert_same_tensors(tensors, expected)
        self.assertIn('note: layer "o": class Odd is not known, its weights keep Keras\'s numbers', lines)
        self.assert_goes_round(expected, [".weights.h5", ".keras"])
        self.refuse(self.folder / "o.safetensors", out="x.h5", reason=['layer "g"', "class GRU"])

    def test_many_of_them(self):
        """Each tensor is looked at once, not once for every layer."""
        count, start = 20_000, time.process_time()
        layers = [layer("Mine", f"m{k}") for k in range(count)]
        model = model_config.parse(sequential("s", *layers), "")
        tensors = {f"m{k}/{n}": None for k in range(count) for n in range(2)}
        unknown = checks.by_layer(tensors, model)
        self.assertEqual(unknown["m7"], ["m7/0", "m7/1"])
        self.assertEqual(unknown["s"], [])
        checks.check_all_used(tensors, {name for names in unknown.values() for name in names})
        self.assertLess(time.process_time() - start, 5)

    def test_empty_weights(self):
        config = sequential("m", INPUT, layer("Dense", "d", units=0))
        weights = {"d/kernel": array(4, 0), "d/bias": array(0)}
        legacy = {"d": {f"{name}:0": data for name, data in weights.items()}}
        self.assert_same_tensors(self.converted(self.write_legacy(legacy, config))[0], weights)
        self.assert_goes_round(weights)


if __name__ == "__main__":
    unittest.main()
