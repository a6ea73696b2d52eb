"""embed_python.py SOURCE.cpp NAME FILE...: writes Python files as a C++ array NAME that holds a zip archive, which Python
runs as it is."""

import io
import os
import sys
import zipfile

source, name, *files = sys.argv[1:]
buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
    for path in files:
        member = zipfile.ZipInfo(os.path.basename(path))  # without a date: the same files, the same bytes
        member.compress_type = zipfile.ZIP_DEFLATED
        with open(path, "rb") as file:
            archive.writestr(member, file.read())
data = buffer.getvalue()
rows = [", ".join(map(str, data[k : k + 20])) for k in range(0, len(data), 20)]
with open(source, "w") as file:
    file.write("#include <cstddef>\n\n"
               f"extern const unsigned char {name}[] = {{\n    " + ",\n    ".join(rows) + "};\n"
               f"extern const size_t {name}_bytes = {len(data)};\n")
