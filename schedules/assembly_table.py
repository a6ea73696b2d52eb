"""Tables of main loops, in Markdown."""

import re
import sys

BEGIN, END = "<!-- written by ./run assembly --write -->", "<!-- end -->"


def render(header, rows):
    """Columns as wide as their widest cell; all but the first to the right."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]

    def line(cells):
        return "| " + " | ".join(cell.rjust(width) if column else cell.ljust(width)
                                 for column, (cell, width) in enumerate(zip(cells, widths))) + " |"

    rule = "|" + "|".join("-" * (width + 1) + (":" if column else "-") for column, width in enumerate(widths)) + "|"
    return "\n".join([line(header), rule, *map(line, rows)])


def models_of(kernels):
    return list(dict.fromkeys(model for kernel in kernels for model in kernel.rates))


def per_multiply_add(kernel):
    return len(kernel.loop.instructions) / kernel.loop.multiply_adds


def each(kernels):
    """One row per kernel. Of loops without multiply-adds only what they contain."""
    models = models_of(kernels)
    rows = []
    for kernel in kernels:
        loop = kernel.loop
        rows.append([kernel.symbol, *map(str, (len(loop.instructions), loop.multiply_adds, loop.loads, loop.stores, loop.stack)),
                     f"{per_multiply_add(kernel):.2f}" if loop.multiply_adds else "",
                     *(f"{kernel.rates[model]:.2f}" if model in kernel.rates else "" for model in models)])
    return render(["kernel", "instructions", "multiply-adds", "loads", "stores", "stack", "per multiply-add", *models], rows)


def summary(kernels):
    """One row per tile that the floor holds for, and one per number of rows for the others: the worst of its kernels."""
    models = models_of(kernels)
    groups = {}
    for kernel in kernels:
        if kernel.loop.multiply_adds:
            scalar = " scalar" if kernel.lanes == 1 else ""
            key = (kernel.held, f"{kernel.operation} {kernel.rows}x" + (str(kernel.vectors) if kernel.held else "*") + scalar)
            if not kernel.rows:
                key = (False, kernel.operation + scalar)
            groups.setdefault(key, []).append(kernel)
    rows = [[name + (" †" if held else ""), str(len(group)), str(max(kernel.loop.stack for kernel in group)),
             f"{max(map(per_multiply_add, group)):.2f}",
             *(f"{min(kernel.rates[model] for kernel in group):.2f}" for model in models)]
            for (held, name), group in sorted(groups.items(), key=lambda item: (not item[0][0], item[0][1]))]
    return render(["tile", "kernels", "stack", "per multiply-add", *models], rows)


def write(readme, kernels):
    text = readme.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f"{readme}: needs the lines '{BEGIN}' and '{END}', once each")
    table = f"{BEGIN}\n{summary(kernels)}\n{END}"
    readme.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: table, text, flags=re.DOTALL), encoding="utf-8")
