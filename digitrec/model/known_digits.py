"""Digits that the network has learned from, with what it makes of them, to compare others with."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from digitrec.data.mnist import load_mnist
from digitrec.model._tensorflow import keras
from digitrec.model.features import features
from digitrec.model.fingerprint import fingerprint
from digitrec.model.lead import KEPT

# All 60,000 would take five seconds on two cores; these take 0.8.
COUNT = 10_000  # MNIST's first training digits


class KnownDigits(NamedTuple):
    """Training digits as a network sees them.

    Attributes:
        images: Shape (COUNT, 28, 28), uint8.
        labels: Shape (COUNT,), uint8.
        features: Shape (COUNT, 64) for a network from `build_model`, float32: as `features`
            gives them.
    """

    images: np.ndarray
    labels: np.ndarray
    features: np.ndarray


def known_digits(model: keras.Model) -> KnownDigits:
    """Give MNIST's first COUNT training digits with their features.

    They are kept, for two networks at a time, until a network's weights change.

    Args:
        model: As for `features`.

    Raises:
        ValueError: As for `features`.
    """
    return _known_digits(model, fingerprint(model))


@lru_cache(KEPT)
def _known_digits(model: keras.Model, _: str) -> KnownDigits:
    images, labels = _training_digits()
    return KnownDigits(images, labels, features(model, images))


@lru_cache(1)
def _training_digits() -> tuple[np.ndarray, np.ndarray]:
    (images, labels), _ = load_mnist()
    return images[:COUNT].copy(), labels[:COUNT].copy()  # so that the others can go
