"""Whether a peer's answers are lcn's."""

import numpy as np

import calls


def bounds(shape, tensors, threads):
    """What two float32 sums of the same products may differ by, whatever their order: each is within
    terms * 2^-24 * sum of |terms| of the truth, and lcn itself computes the sums of |terms|."""
    magnitudes = {name: np.abs(tensor) for name, tensor in tensors.items()}
    lcn = calls.Peer("lcn_calls", "", shape, magnitudes, threads)
    lcn.function("forward_and_gradients" if shape.trained else "forward")()
    terms = {
        "output": shape.taps,
        "input_gradient": shape.kernel[0] * shape.kernel[1] * shape.filters,
        "kernel_gradient": len(tensors["input"]),
    }
    for name, sums in lcn.results.items():
        sums *= 2 * (terms[name] + 1) * 2.0**-24
    return lcn.results


def difference(answers, expected, bound):
    """What is wrong, in words, or None. NaN is wrong."""
    for name, answer in answers.items():
        if answer.shape != expected[name].shape:
            return f"{name} has the shape {answer.shape}, not {expected[name].shape}"
        count, worst = 0, 0.0
        for parts in zip(answer, expected[name], bound[name]):  # piece by piece: tensors may be large
            off = np.abs(parts[0] - parts[1])
            count += int((~(off <= parts[2])).sum())
            worst = np.maximum(worst, off.max())
        if count:
            return f"{count} of {answer.size} elements of {name} differ from lcn's, by up to {worst:.2g}"
    return None
