"""Digits that the network has learned from, with what it makes of them, to compare others with."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from digitrec.data.mnist import load_mnist
from digitrec.data.scripts import draw_script, script_of
from digitrec.model._tensorflow import keras
from digitrec.model.features import features
from digitrec.model.fingerprint import fingerprint
from digitrec.model.lead import KEPT

# All 60,000 would take five seconds on two cores; these take 0.8.
COUNT = 10_000  # MNIST's first training digits
DRAWN = 2_000  # of another script, whose digits are drawn in 1.3 s


class KnownDigits(NamedTuple):
    """Training digits as a network sees them.

    Attributes:
        images: Shape (n, 28, 28), uint8.
        labels: Shape (n,), uint8.
        features: Shape (n, 64) for a network from `build_model`, float32: as `features`
            gives them.
    """

    images: np.ndarray
    labels: np.ndarray
    features: np.ndarray


def known_digits(model: keras.Model) -> KnownDigits:
    """Give MNIST's first COUNT training digits with their features; or drawn ones of its script.

    They are kept, for two networks at a time, until a network's weights change.

    Args:
        model: As for `features`.

    Raises:
        ValueError: As for `features`.
    """
    return _known_digits(model, fingerprint(model))


@lru_cache(KEPT)
def _known_digits(model: keras.Model, _: str) -> KnownDigits:
    images, labels = _training_digits(model.name if script_of(model) else "")
    return KnownDigits(images, labels, features(model, images))


@lru_cache(KEPT)
def _training_digits(script: str) -> tuple[np.ndarray, np.ndarray]:
    if script:
        return draw_script(DRAWN, 0, script)
    (images, labels), _ = load_mnist()
    return images[:COUNT].copy(), labels[:COUNT].copy()  # so that the others can go
