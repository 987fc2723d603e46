"""Make confidences mean what they say: of the predictions made at 90 %, nine in ten are correct."""

import numpy as np

from digitrec.model._tensorflow import keras

TEMPERATURES = np.geomspace(0.4, 2.5, 100)  # tried in turn, 2 % apart


def calibrate(model: keras.Model, inputs: np.ndarray, targets: np.ndarray) -> float:
    """Find the temperature that fits the model's confidences, and build it into the last layer.

    The sums that softmax turns into probabilities are divided by one number, so that no
    predicted digit changes, only its confidence. Dividing the last layer's weights does that.

    Args:
        model: Ends with a dense softmax layer, whose weights are changed in place.
        inputs: Shape (n, 28, 28, 1), float32 in [0, 1]: digits that it was not trained on,
            about as hard as those it will have to read.
        targets: Shape (n, 10), one-hot.

    Returns:
        The temperature: above 1 if the model was too confident.

    Source:
        Guo, Pleiss, Sun and Weinberger (2017), "On calibration of modern neural networks", ICML.
    """
    probabilities = model.predict(inputs, batch_size=500, verbose=0).astype(np.float64)
    logarithms = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
    temperature = min(TEMPERATURES, key=lambda t: _cross_entropy(logarithms / t, targets))
    last = model.layers[-1]
    last.set_weights([weights / temperature for weights in last.get_weights()])
    return float(temperature)


def ends_with_softmax(model: keras.Model) -> bool:
    """Whether a model ends with a dense softmax layer, as those of `build_model` do."""
    last = model.layers[-1]
    return isinstance(last, keras.layers.Dense) and last.activation is keras.activations.softmax


def _cross_entropy(sums: np.ndarray, targets: np.ndarray) -> float:
    sums = sums - sums.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(sums).sum(axis=1)) - (sums * targets).sum(axis=1)))
