"""Decodes a PNG file with Python's zlib; fails unless it is a picture of the size and colours it should have."""

import struct
import sys
import zlib

data = open(sys.argv[1], "rb").read()
assert data[:8] == b"\x89PNG\r\n\x1a\n", "signature"
chunks, at = {}, 8
while at < len(data):
    length, kind = struct.unpack(">I4s", data[at : at + 8])
    body = data[at + 8 : at + 8 + length]
    (crc,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
    assert crc == zlib.crc32(kind + body), f"crc of {kind}"
    chunks[kind] = body
    at += 12 + length
assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"], list(chunks)

width, height, *form = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
assert form == [8, 3, 0, 0, 0], form
rows = zlib.decompress(chunks[b"IDAT"])  # checks adler32
assert len(rows) == height * (width + 1), (len(rows), width, height)

above, used = bytes(width), set()
for y in range(height):
    kind, *row = rows[y * (width + 1) : (y + 1) * (width + 1)]
    assert kind == 2, f"filter {kind} of row {y}"
    above = bytes((a + b) % 256 for a, b in zip(above, row))
    used.update(above)
assert max(used) < len(chunks[b"PLTE"]) // 3, "a pixel is not in the palette"
assert len(used) > 50, f"only {len(used)} colours"
print(f"{width} x {height}, {len(used)} colours, {len(data)} bytes")
