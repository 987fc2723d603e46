"""How far a digit leads in what a network reads, and which change of the image would sway it."""

from functools import lru_cache
from typing import Any

import numpy as np

from digitrec.model._tensorflow import keras, tf
from digitrec.model.calibration import ends_with_softmax
from digitrec.model.inputs import check_model

KEPT = 2  # networks that stay ready; two are often compared with each other


def lead(model: keras.Model, views: np.ndarray, digit: int) -> tuple[float, np.ndarray]:
    """Measure how far a digit leads the likeliest other one, and what would change that.

    Args:
        model: A Keras model that ends with a dense softmax layer, as from `build_model`.
        views: Shape (n, 28, 28), float32 in [0, 1]: the same digit in one or more ways. Its
            probabilities are the means over them.
        digit: Whose lead.

    Returns:
        The logarithm of its probability divided by the highest other one; below 0 if it is
        behind. And the slope along each pixel, shape (n, 28, 28), float32, of the logarithm of
        its odds against all others: unlike the highest one, these do not change on the way.

    Raises:
        ValueError: If it is another kind of model.
    """
    amount, slopes = _traced_lead(model)(views[..., np.newaxis], tf.constant(digit))
    return float(amount), slopes.numpy()[..., 0]


def last_layer(model: keras.Model) -> keras.layers.Dense:
    """Give the layer that turns the last features into probabilities.

    Raises:
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10), is from a .tflite file,
            or does not end with a dense softmax layer.
    """
    check_model(model)
    if not isinstance(model, keras.Model):
        raise ValueError(
            "a .tflite network shows only its answer: give a Keras model, as "
            "`digitrec.build_model()` or `digitrec.load_model()` gives it"
        )
    if not ends_with_softmax(model):
        raise ValueError(
            "the network does not end with a dense softmax layer: give one that does, such as "
            "one of an ensemble's members"
        )
    return model.layers[-1]


@lru_cache(KEPT)
def _traced_lead(model: keras.Model) -> Any:
    """Traced once: a call takes a tenth of the time, and follows further training all the same."""
    last = last_layer(model)
    inner = keras.Model(model.inputs[0], last.input)

    @tf.function
    def traced(views: tf.Tensor, digit: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(views)
            sums = tf.matmul(inner(views, training=False), last.kernel) + last.bias
            # Logarithms of the mean probabilities; the probabilities themselves may round to 0.
            chances = tf.reduce_logsumexp(tf.nn.log_softmax(sums), axis=0)
            others = tf.where(tf.one_hot(digit, len(chances)) > 0, chances.dtype.min, chances)
            odds = chances[digit] - tf.reduce_logsumexp(others)
        return chances[digit] - tf.reduce_max(others), tape.gradient(odds, views)

    return traced
