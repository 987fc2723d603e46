"""A Keras model's copy for LiteRT, for where each millisecond counts.

Keras hands its work to TensorFlow's threads and waits for them: on a busy computer for 10 ms, where
LiteRT computes for a fraction of one, in the thread that asks.
"""

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from digitrec.model.inputs import Model
from digitrec.model.lite import LiteModel
from digitrec.model.storage import to_lite

if TYPE_CHECKING:
    import keras


class _Made(NamedTuple):
    model: "keras.Model"
    weights: list[np.ndarray]
    copy: LiteModel

    def fits(self, model: object) -> bool:
        is_same = model is self.model
        return is_same and all(map(np.array_equal, self.weights, self.model.get_weights()))


_made: deque[_Made] = deque(maxlen=4)


def make_lite_copy(model: Model | None) -> None:
    """Let `fastest` give a copy of a Keras model, which takes a second; others need none.

    Raises:
        ValueError: If a weight is NaN or infinite.
    """
    if model is not None and not isinstance(model, LiteModel) and not _copies_of(model):
        _made.append(_Made(model, model.get_weights(), to_lite(model)))


def fastest(model: Model | None) -> Model | None:
    """Give what answers for a model in the least time, and as the model does.

    Returns:
        The copy that `make_lite_copy` made; the model itself if there is none, or its weights have
        changed since.
    """
    return next(iter(_copies_of(model)), model)


def _copies_of(model: Model | None) -> list[LiteModel]:
    return [made.copy for made in tuple(_made) if made.fits(model)]  # other threads may add one
