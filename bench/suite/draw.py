"""The pictures of published results."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy

import peers as peer_results
from rows import OPERATIONS

COLOURS = dict(zip(OPERATIONS, ["tab:blue", "tab:orange", "tab:green"]))


def probe(result, name, threads):
    """The median of a probe's readings."""
    return numpy.median([run[f"{name}_threads_{threads}"] for run in result["probes"]])


def roofs(axes, result, threads, intensities):
    peaks = [name.rsplit("_threads_", 1)[0] for name in result["probes"][0] if name.startswith("multiply_add")]
    peak = max(probe(result, name, threads) for name in peaks)
    for name, style in {"read": "-", "fill": "--"}.items():
        rate = probe(result, f"{name}_GBps", threads)
        label = f"{name} {rate:.0f} GB/s, peak {peak:.0f} GFLOP/s"
        axes.plot(intensities, numpy.minimum(peak, rate * intensities), style, color="black", lw=1, label=label)


def panel(axes, result, threads):
    rows = [row for row in result["rows"] if row["threads"] == threads and "skipped" not in row]
    intensity = {row["name"]: row["GFLOPS"] / row["GBps"] for row in rows}
    edges = min(intensity.values()) / 1.5, max(intensity.values()) * 1.5
    roofs(axes, result, threads, numpy.geomspace(*edges, 200))
    for operation, colour in COLOURS.items():
        for dirty, face in (0, colour), (1, "none"):
            some = [row for row in rows if row["operation"] == operation and row["dirty"] == dirty]
            points = [intensity[row["name"]] for row in some], [row["GFLOPS"] for row in some]
            label = None if dirty else operation
            axes.scatter(*points, s=16, facecolors=face, edgecolors=colour, label=label)
    axes.set(xscale="log", yscale="log", xlim=edges, xlabel="flop per byte", ylabel="GFLOP/s",
             title=f"threads: {threads}")  # fmt: skip
    axes.grid(True, which="both", alpha=0.2)
    axes.legend(fontsize=7, loc="lower right")


def roofline(result, path):
    threads = sorted({row["threads"] for row in result["rows"]})
    figure, axes = plt.subplots(1, len(threads), figsize=(6.5 * len(threads), 5), squeeze=False)
    for each, t in zip(axes[0], threads):
        panel(each, result, t)
    target = result["rows"][0]["target"]
    figure.suptitle(f"{result['machine']['processor']}, {target}, cold weights; hollow: the machine changed its speed")
    save(figure, path)


def bars(axes, cases, which):
    """One bar for each shape and batch, and number of threads, from 1 to the right where lcn is faster."""
    names = list(dict.fromkeys(case[2:] for case, *_ in cases))
    threads = sorted({case[1] for case, *_ in cases})
    height = 0.8 / len(threads)
    for k, t in enumerate(threads):
        some = [(names.index(case[2:]), best["peer"], ratio) for case, _, best, ratio in cases if case[1] == t]
        at = [y + k * height for y, _, _ in some]
        axes.barh(at, [ratio - 1 for *_, ratio in some], height, left=1, label=f"threads: {t}", color=f"C{k}")
        for y, (_, peer, ratio) in zip(at, some):
            axes.text(max(ratio, 1) * 1.05, y, f"{ratio:.1f} {peer}", fontsize=5, va="center")
    axes.set_yticks([k + 0.4 - height / 2 for k in range(len(names))], [f"{s} N{n}" for s, n in names], fontsize=6)
    axes.set(xscale="log", title=which, xlabel="lcn's speed / the best peer's", ylim=(len(names), -0.5))
    axes.set_xlim(right=axes.get_xlim()[1] * 2)
    axes.axvline(1, color="black", lw=1)
    axes.legend(fontsize=7)


def peers(value, path):
    cases = list(peer_results.compared(value))
    passes = [which for which in peer_results.PASSES if any(case[0] == which for case, *_ in cases)]
    longest = max(len({case[2:] for case, *_ in cases if case[0] == which}) for which in passes)
    figure, axes = plt.subplots(1, len(passes), figsize=(6.5 * len(passes), 2 + 0.22 * longest), squeeze=False)
    for each, which in zip(axes[0], passes):
        bars(each, [case for case in cases if case[0][0] == which], which)
    save(figure, path)


def save(figure, path):
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
