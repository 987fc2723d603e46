"""Teach a trained network the digits of another script, from a few labelled pictures of each.

Its convolutions have learned how people draw strokes, bends and crossings, of which every script
is made. Only the last layer, which says what is which digit, starts anew: from what the network
makes of the pictures on average, digit by digit. Ten pictures of each digit are soon known by
heart, so they are distorted more than MNIST's; and pictures of no digit are mixed in, so that the
network goes on to doubt.
"""

import numpy as np

from digitrec.data.mnist import add_channel, scale
from digitrec.data.outliers import draw_outliers
from digitrec.data.training_mix import smooth, undecided
from digitrec.model._tensorflow import keras
from digitrec.model.calibration import calibrate
from digitrec.model.features import features
from digitrec.model.inputs import scaled, to_examples
from digitrec.model.lead import last_layer
from digitrec.model.network import compile_model
from digitrec.model.training import (
    Examples,
    check_trainable,
    distorted,
    fit_distorted,
    joined,
    repeated,
)

# Chosen by `python -m benchmarks.adapt` with Kannada and Bangla digits.
EPOCHS = 20
SEEN = 6400  # pictures in an epoch, or all, if there are more; one comes often
BATCH_SIZE = 64
PEAK = 2e-3  # highest learning rate
STRENGTH = 1.5  # of the distortion
PROTOTYPE = 0.3  # length of a digit's weights in the last layer, to start with
FREEZE = 1  # convolutions that stay as they are
OUTLIERS = 0.1  # pictures of no digit, as a share of what is seen
# To calibrate on. Those distorted less are known by heart; these are read no better than others.
HARDER = 2.5  # strength of their distortion
FEWEST = 1000  # pictures

EPSILON = 1e-6


def adapt(
    model: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    epochs: int = EPOCHS,
    freeze: int = FREEZE,
    seed: int = 0,
) -> keras.Model:
    """Teach a copy of a trained model the digits of another script, and calibrate it.

    Args:
        model: A trained Keras model that ends with a dense softmax layer, such as
            `digitrec.load_model()` gives. It stays as it is.
        images: Shape (n, 28, 28), uint8, as `load_labelled_folder` or `load_samples` gives them;
            ten or more of each digit, by several people if possible.
        labels: Shape (n,), integers 0 to 9. A digit that is missing is not learned.
        epochs: How often 6,400 distorted pictures are seen; all, if there are more.
        freeze: How many of the first layers with weights stay as they are, 0 or more; the last
            one always starts anew.
        seed: Of everything random. The same seed gives the same weights, as in `train`.

    Returns:
        The copy. Its `history.history` has loss and accuracy by epoch, on distorted pictures.

    Raises:
        ValueError: If there are fewer than two different digits, an image is blank, images or
            labels have the wrong shape or range, the model is none that can be trained, it has no
            more layers than are to be frozen, or epochs is not 1 or more.

    Source:
        Yosinski, Clune, Bengio and Lipson (2014), "How transferable are features in deep neural
        networks?", NeurIPS.
        Qi, Brown and Lowe (2018), "Low-shot learning with imprinted weights", CVPR, for the start
        of the last layer.
    """
    check_trainable(model, epochs)
    own = _own(images, labels)
    copy = _started_from(model, own, freeze)
    fit_distorted(
        compile_model(copy),
        _seen(own, seed),
        None,
        epochs,
        PEAK,
        seed,
        batch_size=BATCH_SIZE,
        strength=STRENGTH,
    )
    for layer, before in zip(copy.layers, model.layers, strict=True):
        layer.trainable = before.trainable
    compile_model(copy).optimizer.build(copy.trainable_variables)  # of all layers again
    calibrate(copy, *_hard(own, seed))
    return copy


def _own(images: np.ndarray, labels: np.ndarray) -> Examples:
    inputs, targets = to_examples(images, labels)
    if np.count_nonzero(targets.any(axis=0)) < 2:
        raise ValueError("all pictures are of the same digit: give some of each")
    blank = np.flatnonzero(~inputs.any(axis=(1, 2, 3)))
    if len(blank):
        raise ValueError(f"images[{blank[0]}] is blank: leave out what shows no digit")
    return scaled(inputs), targets


def _started_from(model: keras.Model, own: Examples, freeze: int) -> keras.Model:
    """A copy whose last layer knows your digits a little, and whose first layers learn nothing."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    last = last_layer(copy)
    start = _prototypes(features(copy, own[0]), own[1])
    last.set_weights(start[: len(last.get_weights())])  # it may have no bias
    layers = [layer for layer in copy.layers if layer.count_params()]
    if not 0 <= freeze < len(layers):
        raise ValueError(f"{freeze} layers cannot be frozen: give 0 to {len(layers) - 1}")
    for layer in layers[:freeze]:
        layer.trainable = False
    return copy


def _prototypes(known: np.ndarray, targets: np.ndarray) -> list[np.ndarray]:
    """Kernel and bias that find the digit to whose mean features a picture's lean most."""
    middle = known.mean(axis=0)
    leans = targets.T @ (known - middle)  # a digit that is missing leans nowhere
    kernel = PROTOTYPE * leans.T / np.maximum(np.linalg.norm(leans, axis=1), EPSILON)
    return [kernel, -middle @ kernel]


def _seen(own: Examples, seed: int) -> Examples:
    """What an epoch shows: your digits again and again, and pictures of no digit."""
    inputs, targets = own
    count = max(SEEN, len(inputs))
    images = np.rint(inputs[..., 0] * 255).astype(np.uint8)
    outliers = draw_outliers(round(OUTLIERS * count), images, seed)
    known = repeated((inputs, smooth(targets)), count - len(outliers))
    return joined(known, (scale(add_channel(outliers)), undecided(len(outliers))))


def _hard(own: Examples, seed: int) -> Examples:
    inputs, targets = repeated(own, FEWEST)
    return distorted(inputs, seed, HARDER), targets
