"""Run a network from a .tflite file: in microseconds, and without TensorFlow.

`digitrec.save_model` exports such files from Keras models. LiteRT runs them, with the same
probabilities but for rounding, and loads in a twentieth of the time that TensorFlow takes. This
module must never import Keras or TensorFlow.
"""

import os
import re
from contextlib import nullcontext, suppress
from functools import lru_cache
from multiprocessing import parent_process
from threading import Event, Lock

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from digitrec.model._silence import silence


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# A process that another one has started is one of several, and has one processor to itself. A
# network as small as ours is not worth dividing among more than a few.
THREADS = 1 if parent_process() else min(4, processors())

_has_logged = Event()


class LiteModel:
    """A network exported for LiteRT: it predicts, but cannot be trained.

    Several threads may use it, and it may be sent to another process.

    Args:
        content: The bytes of its file.

    Attributes:
        content: The same.
        name: That of the Keras model which was exported; a script's network is named after it.
        input_shape: Like a Keras model's: (None, 28, 28, 1) for ours.
        output_shape: Like a Keras model's: (None, 10) for ours.

    Raises:
        ValueError: If it is not such a file, or is damaged.
    """

    def __init__(self, content: bytes):
        self.content = content
        self._interpreter = _interpreter(content)
        self._input, self.input_shape = _only(self._interpreter.get_input_details())
        self._output, self.output_shape = _only(self._interpreter.get_output_details())
        self.name = _name_in(self._interpreter)
        self._shape: tuple[int, ...] | None = None
        self._lock = Lock()

    def __reduce__(self) -> tuple:
        return _load_once, (self.content,)

    def get_weights(self) -> list[np.ndarray]:
        """Give the weights of all layers, like the method of a Keras model, in the file's order."""
        # Before it has room for what it computes, an interpreter holds only what is in the file.
        interpreter = Interpreter(
            model_content=self.content,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        weights = []
        for tensor in interpreter.get_tensor_details():
            if np.issubdtype(tensor["dtype"], np.floating):
                with suppress(ValueError):  # it is to be computed
                    weights.append(interpreter.get_tensor(tensor["index"]))
        return weights

    def predict_on_batch(self, inputs: np.ndarray) -> np.ndarray:
        """Give what the network makes of its inputs, like the method of a Keras model.

        Args:
            inputs: Shape (n, 28, 28, 1), float32 in [0, 1], for a digit network; (n, 32, width, 1)
                for the line network.

        Returns:
            Float32: the probabilities of the ten digits, shape (n, 10); or the logits of the line
            network, shape (n, width // 2, 12).
        """
        with self._lock:  # an interpreter has one input and one output
            if inputs.shape != self._shape:
                self._interpreter.resize_tensor_input(self._input, inputs.shape)
                self._interpreter.allocate_tensors()
                self._shape = inputs.shape
            self._interpreter.set_tensor(self._input, inputs)
            self._interpreter.invoke()
            return self._interpreter.get_tensor(self._output)


@lru_cache(maxsize=4)
def _load_once(content: bytes) -> LiteModel:
    """A model that comes from another process comes again and again."""
    return LiteModel(content)


def _interpreter(content: bytes) -> Interpreter:
    # LiteRT logs a line about its first interpreter, and none about those that follow.
    with nullcontext() if _has_logged.is_set() else silence():
        interpreter = Interpreter(model_content=content, num_threads=THREADS)
        interpreter.allocate_tensors()
    _has_logged.set()
    return interpreter


def _name_in(interpreter: Interpreter) -> str:
    """What tensors are called before a slash, without the numbers that Keras adds."""
    names = [tensor["name"].split("/") for tensor in interpreter.get_tensor_details()]
    return next((re.sub(r"(_\d+)+$", "", first) for first, *rest in names if rest), "")


def _only(tensors: list[dict]) -> tuple[int, tuple[int | None, ...]]:
    """The index and the shape of the only input or output; a length that may vary is None."""
    if len(tensors) != 1 or tensors[0]["dtype"] != np.float32:
        raise ValueError("it has several inputs or outputs, or they are not float32")
    shape = tensors[0]["shape_signature"].tolist()
    return tensors[0]["index"], tuple(None if length == -1 else length for length in shape)
