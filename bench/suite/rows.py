"""The rows that a published result has, and their names."""

import dataclasses
import pathlib
import re

BENCH = pathlib.Path(__file__).parent.parent
OPERATIONS = ["forward", "backward_input", "backward_weights"]
NAME = re.compile(
    r"(?P<kind>scaling/|overhead/|)(?P<operation>forward|backward_input|backward_weights)/f32/(?P<shape>\w+)"
    r"/N(?P<batch>\d+)/(?P<target>\w+)/(?P<weights>cold|warm)/threads:(?P<threads>\d+)"
)


@dataclasses.dataclass(frozen=True)
class Layer:
    operation: str
    shape: str
    batch: int


def layers(shapes=BENCH / "shapes.h"):
    """Every layer, pass and batch of shapes.h, in its order."""
    found = []
    for line in shapes.read_text().splitlines():
        row = re.match(r'\s*\{"(\w+)",.*\{([\d, ]+)\}, *(trained|forward_only)\},', line)
        if row:
            operations = OPERATIONS if row[3] == "trained" else OPERATIONS[:1]
            batches = [int(batch) for batch in row[2].split(",")]
            found += [Layer(o, row[1], batch) for o in operations for batch in batches]
    return found


def fields(name):
    """The words of a row's name, numbers as such."""
    row = NAME.fullmatch(name).groupdict()
    del row["kind"]
    return {**row, "batch": int(row["batch"]), "threads": int(row["threads"])}


def missing(result):
    """The names, without the target, of what shapes.h asks for and a result lacks, with one thread and all."""
    threads = {1, result["machine"]["processors"]}
    present = {(Layer(row["operation"], row["shape"], row["batch"]), row["threads"]) for row in result["rows"]}
    return [
        f"{layer.operation}/f32/{layer.shape}/N{layer.batch} threads:{t}"
        for t in sorted(threads)
        for layer in layers()
        if (layer, t) not in present
    ]
