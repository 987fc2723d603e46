"""What a model is given and what it must be: images, labels, and the shapes of its ends.

Never imports TensorFlow or Keras: reading a picture needs this module.
"""

from typing import TYPE_CHECKING, TypeAlias, Union

import numpy as np

from digitrec.data.mnist import CLASSES, add_channel, one_hot, scale
from digitrec.preprocess.normalize import SIDE

if TYPE_CHECKING:
    import keras

    from digitrec.model.lite import LiteModel

Model: TypeAlias = Union["keras.Model", "LiteModel"]

SHAPES = ((None, SIDE, SIDE, 1), (None, CLASSES))  # of input and output

TRAIN_AGAIN = "train it again, at a lower learning rate if its loss grew, or load another model"


def check_model(model: Model, name: str = "the model") -> None:
    """Check that a model turns (n, 28, 28, 1) into (n, 10).

    Args:
        model: The model to check.
        name: What an error calls it.

    Raises:
        ValueError: If it has other shapes, or is not a model.
    """
    if not hasattr(model, "input_shape"):
        raise ValueError(
            f"{name} is a {type(model).__name__}: give a model that `digitrec.build_model` or "
            "`digitrec.load_model` has made"
        )
    shapes = (model.input_shape, model.output_shape)
    if shapes != SHAPES:
        raise ValueError(
            f"{name} turns {shapes[0]} into {shapes[1]}; "
            f"digitrec needs {SHAPES[0]} into {SHAPES[1]}"
        )


def check_weights(model: Model, name: str = "the model") -> None:
    """Check that all weights of a model are numbers; after a training that diverged, they are not.

    Args:
        model: The model to check.
        name: What an error calls it.

    Raises:
        ValueError: If a weight is NaN or infinite.
    """
    if not all(np.isfinite(weights).all() for weights in model.get_weights()):
        raise ValueError(f"{name} has weights that are NaN or infinite: {TRAIN_AGAIN}")


def infer(model: Model, inputs: np.ndarray) -> np.ndarray:
    """Give the probabilities of the ten digits.

    Args:
        model: A Keras model or a LiteModel.
        inputs: Shape (n, 28, 28, 1), float32 in [0, 1].

    Returns:
        Shape (n, 10), float32, finite.

    Raises:
        ValueError: If a probability is NaN or infinite.
    """
    # A Keras model on several devices gives the probabilities of all images once for each device.
    probabilities = model.predict_on_batch(inputs)[: len(inputs)]
    if not np.isfinite(probabilities).all():
        raise ValueError(f"the model gives probabilities that are NaN or infinite: {TRAIN_AGAIN}")
    return probabilities


def to_examples(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Check images and labels, and give them the shapes that training needs.

    Args:
        images: Shape (n, 28, 28) or (n, 28, 28, 1), uint8, or any float in [0, 1].
        labels: Shape (n,), integers 0 to 9; or one-hot, (n, 10).

    Returns:
        Inputs of shape (n, 28, 28, 1), uint8 or float32 in [0, 1], and targets of shape
        (n, 10), float32.

    Raises:
        ValueError: If they have other shapes or ranges, or there are not as many of both.
    """
    inputs, targets = to_inputs(images), _to_targets(labels)
    if len(inputs) != len(targets):
        raise ValueError(
            f"{len(inputs)} images but {len(targets)} labels: give one label for each image"
        )
    return inputs, targets


def to_inputs(images: np.ndarray) -> np.ndarray:
    """Check images, and give them a channel axis; as for `to_examples`."""
    images = np.asarray(images)
    if images.shape[1:] == (SIDE, SIDE):
        images = add_channel(images)
    if images.shape[1:] != (SIDE, SIDE, 1) or len(images) == 0:
        raise ValueError(f"images have shape {images.shape}: expected (n, {SIDE}, {SIDE})")
    if images.dtype == np.uint8:
        return images
    if not (images.min() >= 0 and images.max() <= 1):  # so that NaN fails too
        raise ValueError("images are neither uint8 nor within 0 to 1: scale them first")
    return images.astype(np.float32, copy=False)


def scaled(inputs: np.ndarray) -> np.ndarray:
    """Scale uint8 to float32 in [0, 1]; what is float32 already stays as it is."""
    return scale(inputs) if inputs.dtype == np.uint8 else inputs


def _to_targets(labels: np.ndarray) -> np.ndarray:
    labels = np.asarray(labels)
    if labels.shape[1:] == (CLASSES,):
        return labels.astype(np.float32, copy=False)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels are {labels.dtype} of shape {labels.shape}: expected integers (n,)"
        )
    if len(labels) and not (labels.min() >= 0 and labels.max() < CLASSES):
        raise ValueError(f"labels run from {labels.min()} to {labels.max()}: expected 0 to 9")
    return one_hot(labels)
