"""Train the network of another script, from the Western one and from nothing but drawings.

What the Western network has learned of strokes, bends and crossings stays its start; only the last
layer, which says what is which digit, starts anew.
"""

import numpy as np

from digitrec.data.mnist import add_channel, one_hot, scale
from digitrec.data.scripts import draw_script, draw_script_outliers
from digitrec.data.training_mix import smooth, undecided
from digitrec.model._tensorflow import keras
from digitrec.model.lead import last_layer
from digitrec.model.network import compile_model
from digitrec.model.training import Examples, check_trainable, fit_distorted

# Chosen by drawing Bangla likewise, and reading real Bangla by a network that saw only that.
DRAWN = 20_000  # digits; distorted differently in each epoch
OUTLIERS = 4_000  # pictures of no digit
EPOCHS = 10
PEAK = 2e-3  # highest learning rate
STRENGTH = 1.5  # of the distortion
VALIDATION = 1_000  # digits, drawn by other hands


def train_script(model: keras.Model, script: str, seed: int = 0) -> keras.Model:
    """Train a copy of a trained model to read the digits of a script.

    Args:
        model: A trained Keras model, which stays as it is.
        script: One of `digitrec.data.scripts.SCRIPTS`; the copy is named after it, so that what
            it reads is written in that script.
        seed: Of everything random.

    Returns:
        The copy. Its `history.history` has loss and accuracy by epoch. Its confidences are as they
        come: calibrated on drawings, which are easier than handwriting, it would be too sure.

    Raises:
        ValueError: If the model is none that can be trained.

    Source:
        Yosinski, Clune, Bengio and Lipson (2014), "How transferable are features in deep neural
        networks?", NeurIPS.
    """
    check_trainable(model)
    copy = _named(model, script, seed)
    images, labels = draw_script(VALIDATION, seed + 1, script)
    validation = scale(add_channel(images)), one_hot(labels)
    examples = _examples(seed, script)
    fit_distorted(compile_model(copy), examples, validation, EPOCHS, PEAK, seed, strength=STRENGTH)
    return copy


def _named(model: keras.Model, script: str, seed: int) -> keras.Model:
    """A copy of another name, whose last layer knows nothing."""
    copy = type(model).from_config({**model.get_config(), "name": script})
    copy.set_weights(model.get_weights())
    last = last_layer(copy)
    kernel, bias = last.get_weights()
    last.set_weights([np.asarray(keras.initializers.GlorotUniform(seed)(kernel.shape)), 0 * bias])
    return copy


def _examples(seed: int, script: str) -> Examples:
    images, labels = draw_script(DRAWN, seed, script)
    outliers = draw_script_outliers(OUTLIERS, images, seed, script)
    inputs = scale(add_channel(np.concatenate([images, outliers])))
    return inputs, np.concatenate([smooth(one_hot(labels)), undecided(OUTLIERS)])
