"""Look inside a trained network: what each of its layers makes of one digit."""

from typing import NamedTuple

import numpy as np

from digitrec.model._tensorflow import keras
from digitrec.model.inputs import scaled, to_inputs
from digitrec.model.lead import last_layer

layers = keras.layers


class Activations(NamedTuple):
    """What the layers of a network make of one digit.

    Attributes:
        maps: The output of each convolution after ReLU, shapes (26, 26, 32), (11, 11, 64) and
            (3, 3, 64), float32, 0 or more.
        features: What the last layer is given, shape (64,), float32, 0 or more.
        sums: What the last layer adds up for each digit, before softmax, shape (10,), float32.
        probabilities: What softmax makes of the sums, shape (10,), float32.
    """

    maps: list[np.ndarray]
    features: np.ndarray
    sums: np.ndarray
    probabilities: np.ndarray


class InnerView:
    """A network with a window in it: fast enough to look into it while someone draws.

    Training the network further changes what is seen.

    Args:
        model: A Keras model as `build_model` gives it.

    Raises:
        ValueError: If it is another kind of model, or does not end with a dense softmax layer.
    """

    def __init__(self, model: keras.Model):
        self._last = last_layer(model)
        convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
        maps = [layer.output for layer in convolutions]
        # Built once, since a new model's first answer takes a hundred times as long as the next.
        self._inner = keras.Model(model.inputs, [*maps, self._last.input, *model.outputs])

    def __call__(self, image: np.ndarray) -> Activations:
        """Show one image, shape (28, 28), uint8 or float32 in [0, 1], to the network."""
        inputs = scaled(to_inputs(image[np.newaxis]))
        *maps, features, probabilities = (
            layer[0] for layer in self._inner.predict_on_batch(inputs)
        )
        kernel, bias = self._last.get_weights()
        return Activations(maps, features, features @ kernel + bias, probabilities)


def look_inside(model: keras.Model, image: np.ndarray) -> Activations:
    """Give what the layers of a network make of one image.

    Args:
        model: A Keras model as `build_model` gives it.
        image: Shape (28, 28), uint8 or float32 in [0, 1].

    Returns:
        The maps of its convolutions, its last features, the sums and the probabilities.

    Raises:
        ValueError: If it is another kind of model, or does not end with a dense softmax layer.
    """
    return InnerView(model)(image)
