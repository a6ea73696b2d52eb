"""size_test.py AR ARCHIVE PAGE: what the page says of the size of devices' kernels, as "`opencl` is 9.6 MB", is what the archive has,
to a tenth."""

import re
import subprocess
import sys


def megabytes(ar, archive, target):
    """Of the kernels of a target."""
    members = subprocess.run([ar, "tv", archive], capture_output=True, text=True, check=True).stdout.splitlines()
    return sum(int(line.split()[2]) for line in members if re.search(rf" lcn_\w+_{target}_\w+\.o$", line)) / 1e6


def main():
    ar, archive, page = sys.argv[1:]
    said = {target: float(number) for target, number in re.findall(r"`(\w+)` is ([\d.]+) MB", open(page, encoding="utf-8").read())}
    found = {target: megabytes(ar, archive, target) for target in ("cuda", "opencl")}
    print("said:", said, "found:", found)
    if said.keys() != found.keys() or any(abs(found[target] / said[target] - 1) > 0.1 for target in said):
        sys.exit(f"{page} does not say so")


if __name__ == "__main__":
    main()
