"""PyTorch: unfold and bmm, as its users write the layer."""

import numpy as np
import torch
import torch.nn.functional as F


class Peer:
    def __init__(self, _, shape, tensors, threads):
        torch.set_num_threads(threads)
        torch.set_num_interop_threads(threads)
        self.settings = f"torch {torch.__version__}, MKL, unfold + bmm, NCHW, threads within and between operations set"
        self.take(shape, tensors)

    def take(self, shape, tensors, device="cpu"):
        self.shape = shape
        # Images with channels first; the kernel's taps are in the order of unfold: channel, row, column.
        kernel = tensors["kernel"].transpose(0, 1, 4, 2, 3, 5).reshape(shape.positions, shape.taps, shape.filters)
        images = [tensors[name].transpose(0, 3, 1, 2) for name in ("input", "output_gradient")]
        contiguous = [torch.from_numpy(np.ascontiguousarray(array)).to(device) for array in (*images, kernel)]
        self.input, self.output_gradient, self.kernel = contiguous

    def layer(self, x):
        shape = self.shape
        (top, bottom), (left, right) = shape.pads
        if (top, left) == (bottom, right):
            patches = F.unfold(x, shape.kernel, padding=(top, left), stride=shape.strides)
        else:
            patches = F.unfold(F.pad(x, (left, right, top, bottom)), shape.kernel, stride=shape.strides)
        y = torch.bmm(patches.permute(2, 0, 1), self.kernel)  # position, image, filter
        return y.permute(1, 2, 0).reshape(len(x), shape.filters, *shape.output)

    def function(self, name):
        def forward():
            with torch.inference_mode():
                self.last = (self.layer(self.input),)

        def forward_and_gradients():
            y = self.layer(self.input)
            self.last = (y, *torch.autograd.grad(y, (self.input, self.kernel), self.output_gradient))

        if name == "forward_and_gradients":
            self.input.requires_grad_()
            self.kernel.requires_grad_()
        return forward if name == "forward" else forward_and_gradients

    def answers(self, name):
        shape = self.shape
        output, *gradients = [tensor.detach().numpy() for tensor in self.last]
        found = {"output": output.transpose(0, 2, 3, 1)}
        if gradients:
            kernel = gradients[1].reshape(*shape.output, shape.channels, *shape.kernel, shape.filters)
            found |= {
                "input_gradient": gradients[0].transpose(0, 2, 3, 1),
                "kernel_gradient": kernel.transpose(0, 1, 3, 4, 2, 5),
            }
        return found
