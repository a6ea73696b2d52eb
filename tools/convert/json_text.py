"""JSON out of files that anybody may have written."""

import collections
import json
import math
import re

from messages import Failed, show

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 64  # a nested model adds four

# Never tried again in another way, which would take memory for each character, and, for a string without an end, time for
# each pair of quotes.
_TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]', re.DOTALL)


def parse(text: str, what: str, max_bytes: int = MAX_BYTES):
    """The value of a JSON text; `what` names the text in errors."""
    if len(text) > max_bytes:
        raise Failed(f"{what}: {len(text)} bytes of JSON, at most {max_bytes} are read")
    _check_depth(text, what)
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, what),
                          parse_float=lambda number: _float(number, what), parse_constant=lambda name: _float(name, what))
    except (ValueError, RecursionError) as e:
        raise Failed(f"{what}: not valid JSON: {e}") from None


def _check_depth(text: str, what: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(text):
        first = text[token.start()]
        depth += (first in "[{") - (first in "]}")
        if depth > MAX_DEPTH:
            raise Failed(f"{what}: JSON is nested deeper than {MAX_DEPTH}")


def _object(pairs, what: str) -> dict:
    result = dict(pairs)
    if len(result) != len(pairs):
        counts = collections.Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise Failed(f"{what}: JSON names {show(twice)} twice")
    return result


def _float(text: str, what: str) -> float:
    """Not one that JSON has no text for: NaN and Infinity, which Python reads and writes, and what Python takes for infinite."""
    value = float(text)
    if not math.isfinite(value):
        raise Failed(f"{what}: not valid JSON: {show(text)} is no finite number")
    return value
