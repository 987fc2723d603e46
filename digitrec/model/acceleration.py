"""Train in less time, and learn the same: trace a step once, make several in a call, in bfloat16.

The last two are for training only. With several steps in a call, `predict` would be traced again
for each number of batches; and predictions, calibration and saved weights are in float32.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from digitrec.model._tensorflow import keras, tf

STEPS_AT_ONCE = 8  # in one call of TensorFlow; saves a tenth (`python -m benchmarks.speed train`)
PROCESSOR = Path("/proc/cpuinfo")  # on Linux


@contextmanager
def accelerated(model: keras.Model) -> Iterator[None]:
    """Make `model.fit` faster inside a `with` statement.

    Where the processor has instructions for bfloat16, layers multiply in it, with weights and
    sums in float32, which saves a third of the time; the last layer and the loss stay in float32.

    Args:
        model: A compiled model.

    Source:
        Micikevicius et al. (2018), "Mixed precision training", ICLR.
        Kalamkar et al. (2019), "A study of BFLOAT16 for deep learning training",
        arXiv:1905.12322.
    """
    steps = model.steps_per_execution
    inner = model.layers[:-1] if _has_bfloat16() else []
    policies = [layer.dtype_policy for layer in inner]
    if model.compiled:  # otherwise, `fit` says what to do
        _make_variables(model)
    try:
        if not _is_distributed(model):  # there, Keras 3.15 fails, or takes batches too early
            model.steps_per_execution = STEPS_AT_ONCE
        for layer, policy in zip(inner, policies, strict=True):
            if policy.name == "float32":
                layer.dtype_policy = "mixed_bfloat16"
        _forget_traces(model)
        yield
    finally:
        model.steps_per_execution = steps
        for layer, policy in zip(inner, policies, strict=True):
            layer.dtype_policy = policy
        _forget_traces(model)


def _is_distributed(model: keras.Model) -> bool:
    """Whether the model was built with a strategy, be it for a single device."""
    with model.distribute_strategy.scope():
        return tf.distribute.has_strategy()


def _make_variables(model: keras.Model) -> None:
    """Make those of optimizer and metrics: if the first step makes them, it is traced twice."""
    one = np.zeros([size or 1 for size in model.output_shape], np.float32)
    with model.distribute_strategy.scope():
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        model.compute_metrics(None, one, one)
    model.reset_metrics()


def _forget_traces(model: keras.Model) -> None:
    """Make Keras trace these functions again, with the present settings."""
    model.train_function = model.test_function = None


def _has_bfloat16() -> bool:
    """Whether bfloat16 is faster here: where it is emulated, it takes seven times as long."""
    if os.environ.get("TF_ENABLE_ONEDNN_OPTS") == "0" or tf.config.list_physical_devices("GPU"):
        return False
    return PROCESSOR.exists() and "avx512_bf16" in PROCESSOR.read_text()
