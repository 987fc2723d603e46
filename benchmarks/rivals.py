"""Our network, with the same weights, in ONNX Runtime and PyTorch; and a plain PyTorch training.

Both want the channels first, Keras has them last.
"""

import numpy as np

SIDE_BEFORE_FLATTEN, CHANNELS_BEFORE_FLATTEN = 3, 64


def channels_first(weights: list[np.ndarray]) -> list[np.ndarray]:
    """Kernels and biases by turns: (out, in, height, width), (out, in) and (out,), float32."""
    arrays = [array.T if array.ndim == 2 else array for array in weights]
    arrays = [array.transpose(3, 2, 0, 1) if array.ndim == 4 else array for array in arrays]
    side, channels = SIDE_BEFORE_FLATTEN, CHANNELS_BEFORE_FLATTEN
    flat = arrays[6].reshape(-1, side, side, channels).transpose(0, 3, 1, 2)
    arrays[6] = flat.reshape(len(flat), -1)
    return [np.ascontiguousarray(array) for array in arrays]


def onnx_session(weights: list[np.ndarray]):
    """An ONNX Runtime session: give it {"images": (n, 1, 28, 28)}."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    weights = channels_first(weights)
    tensors = [numpy_helper.from_array(array, f"w{n}") for n, array in enumerate(weights)]
    chain = [("Conv", 0), "Relu", "MaxPool", ("Conv", 2), "Relu", "MaxPool", ("Conv", 4), "Relu"]
    chain += ["Flatten", ("Gemm", 6), "Relu", ("Gemm", 8), "Softmax"]
    settings = {"MaxPool": {"kernel_shape": [2, 2], "strides": [2, 2]}, "Gemm": {"transB": 1}}
    nodes, before = [], "images"
    for number, step in enumerate(chain):
        kind, first = step if isinstance(step, tuple) else (step, None)
        inputs = [before] if first is None else [before, f"w{first}", f"w{first + 1}"]
        before = "probabilities" if number == len(chain) - 1 else f"x{number}"
        nodes.append(helper.make_node(kind, inputs, [before], **settings.get(kind, {})))
    images, probabilities = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("images", ["n", 1, 28, 28]), ("probabilities", ["n", 10]))
    )
    graph = helper.make_graph(nodes, "digitrec", [images], [probabilities], tensors)
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=9)
    onnx.checker.check_model(model)
    return onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )


def torch_network(weights: list[np.ndarray] | None = None):
    """A PyTorch module that ends before softmax; None leaves PyTorch's own initial weights."""
    import torch
    from torch import nn

    module = nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten()),
        *(nn.Linear(576, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 10)),
    )
    if weights is not None:
        with torch.no_grad():
            for parameter, array in zip(module.parameters(), channels_first(weights), strict=True):
                parameter.copy_(torch.from_numpy(array))
    return module.eval()


def train_torch(inputs: np.ndarray, labels: np.ndarray, validation: int, epochs: int) -> None:
    """Train by the loop of most tutorials; the last `validation` images are for validation."""
    import torch

    images = torch.from_numpy(inputs.transpose(0, 3, 1, 2).copy())
    targets = torch.from_numpy(labels.astype(np.int64))
    count = len(images) - validation
    module, loss = torch_network(), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-3)
    for _ in range(epochs):
        module.train()
        for indices in torch.randperm(count).split(128):
            optimizer.zero_grad()
            loss(module(images[indices]), targets[indices]).backward()
            optimizer.step()
        module.eval()
        with torch.no_grad():
            for part in range(count, len(images), 128):
                module(images[part : part + 128]).argmax(1)
