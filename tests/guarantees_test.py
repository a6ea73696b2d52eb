#!/usr/bin/env python3
"""Every test that docs/guarantees.md names exists.

usage: guarantees_test.py DOCUMENT CTEST BUILD
"""

import json
import re
import subprocess
import sys


def main():
    document, ctest, build = sys.argv[1:]
    listed = subprocess.run([ctest, "--show-only=json-v1", "--test-dir", build], capture_output=True, check=True)
    tests = [test["name"] for test in json.loads(listed.stdout)["tests"]]
    promised = []
    for line in open(document, encoding="utf-8"):
        cells = line.strip().strip("|").split(" | ")
        if line.startswith("|") and len(cells) == 2:
            promised += re.findall(r"`([^`]+)`", cells[1])
    absent = [name for name in promised if not any(name in test for test in tests)]
    if len(promised) < 30 or absent:
        sys.exit(f"{len(promised)} tests are named in {document}; not there: {absent}")
    print(f"{len(promised)} tests are named, all are there")


if __name__ == "__main__":
    main()
