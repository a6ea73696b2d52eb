"""What the converter refuses of safetensors files, JSON and .keras archives."""

import json
import struct
import time
import tracemalloc
import zipfile

from convert_support import FORMS, MODELS, NET, Refusal, safetensors_file, unittest, weights_of
import json_text  # of the folder that convert_support added to the path


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
