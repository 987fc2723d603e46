"""The network: build it, describe it.

A small convolutional network in the line of LeNet-5: 93,322 parameters that turn a
28x28 picture of a digit into ten probabilities.
"""

from contextlib import nullcontext

import numpy as np

from digitrec.data.mnist import CLASSES
from digitrec.model._tensorflow import keras, tf
from digitrec.preprocess.normalize import SIDE

layers = keras.layers

DROPOUT = 0.5  # share of the last features that are dropped in each step of training
LEARNING_RATE = 1e-3  # Adam's own default, and that of most MNIST tutorials


def build_model(
    seed: int = 0,
    strategy: tf.distribute.Strategy | None = None,
    *,
    dropout: float = DROPOUT,
) -> keras.Sequential:
    """Build the untrained network, compiled with Adam and categorical cross-entropy.

    Args:
        seed: Of the initial weights and of dropout. The same seed gives the same network.
        strategy: `tf.distribute.MirroredStrategy()` trains it on all GPUs of this machine, each
            of which gets its part of every batch; None is a single device.
        dropout: The share of the 64 last features that are dropped in each step of training, 0 or
            more and less than 1. The layer has no parameters, whatever the share.

    Returns:
        Input (n, 28, 28, 1), float32 in [0, 1]; output (n, 10), float32 probabilities.

    Raises:
        ValueError: If the share is out of range.

    Source:
        Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov (2014), "Dropout: a simple way
        to prevent neural networks from overfitting", JMLR 15.
    """
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout is {dropout}: give a share of 0 or more and less than 1")
    with strategy.scope() if strategy else nullcontext():
        return compile_model(_network(seed, dropout))


def _network(seed: int, dropout: float) -> keras.Sequential:
    seeds = iter(np.random.SeedSequence(seed).generate_state(6).tolist())

    def weights() -> keras.Initializer:
        return keras.initializers.GlorotUniform(next(seeds))

    return keras.Sequential(
        [
            layers.Input((SIDE, SIDE, 1)),
            layers.Conv2D(32, 3, activation="relu", kernel_initializer=weights()),  # 26, 26, 32
            layers.MaxPooling2D(2),  # 13, 13, 32
            layers.Conv2D(64, 3, activation="relu", kernel_initializer=weights()),  # 11, 11, 64
            layers.MaxPooling2D(2),  # 5, 5, 64
            layers.Conv2D(64, 3, activation="relu", kernel_initializer=weights()),  # 3, 3, 64
            layers.Flatten(),  # 576
            layers.Dense(64, activation="relu", kernel_initializer=weights()),
            layers.Dropout(dropout, seed=next(seeds)),
            layers.Dense(CLASSES, activation="softmax", kernel_initializer=weights()),
        ],
        name="digitrec",
    )


def compile_model(model: keras.Model) -> keras.Model:
    """Compile a model for the classic recipe, and give it back."""
    model.compile(
        optimizer=keras.optimizers.Adam(LEARNING_RATE, beta_1=0.9, beta_2=0.999),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def describe(model: keras.Model) -> list[tuple[str, tuple[int, ...], int]]:
    """List the input and the layers: kind, output shape without the batch, parameters."""
    stages = [("Input", model.input_shape[1:], 0)]
    for layer in model.layers:
        stages.append((type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params()))
    return stages
