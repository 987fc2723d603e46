"""What a network is given and what it must be: images, labels, and the shapes of a model."""

import numpy as np

from digitrec.data.mnist import CLASSES, SIDE, add_channel, one_hot, scale


def to_examples(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inputs, targets = to_inputs(images), _to_targets(labels)
    if len(inputs) != len(targets):
        raise ValueError(f"{len(inputs)} images but {len(targets)} labels: give one label an image")
    return inputs, targets


def to_inputs(images: np.ndarray) -> np.ndarray:
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


def scaled(images: np.ndarray) -> np.ndarray:
    return scale(images) if images.dtype == np.uint8 else images


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


def check_model(model, name: str = "the model") -> None:
    """Raise ValueError unless the model, of Keras or LiteRT, turns (n, 28, 28, 1) into (n, 10)."""
    if not hasattr(model, "input_shape"):
        raise ValueError(
            f"{name} is a {type(model).__name__}: give a model that `digitrec.build_model` or "
            "`digitrec.load_model` has made"
        )
    shapes = (model.input_shape, model.output_shape)
    if shapes != ((None, SIDE, SIDE, 1), (None, CLASSES)):
        raise ValueError(
            f"{name} turns {shapes[0]} into {shapes[1]}; "
            f"digitrec needs (None, {SIDE}, {SIDE}, 1) into (None, {CLASSES})"
        )


def answers(model, images: np.ndarray) -> np.ndarray:
    """What a model, of Keras or LiteRT, makes of (n, 28, 28, 1): shape (n, 10), float32.

    A Keras model on several devices answers as often, each time to all images.
    """
    return model.predict_on_batch(images)[: len(images)]
