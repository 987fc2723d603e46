"""Teach a trained network your own hand, without letting it forget the others.

A network that learns from twenty new digits alone forgets what it knew. So it rehearses: most of
what it sees are MNIST's digits, as our recipe mixes them (`digitrec.data.training_mix`), and only
a fifth are yours.
"""

import numpy as np

from digitrec.data.mnist import load_mnist
from digitrec.data.samples import Samples
from digitrec.data.training_mix import mix, smooth
from digitrec.model._tensorflow import keras
from digitrec.model.calibration import calibrate, ends_with_softmax
from digitrec.model.inputs import scaled, to_examples
from digitrec.model.network import compile_model
from digitrec.model.training import (
    VALIDATION_SPLIT,
    Examples,
    check_trainable,
    distorted,
    fit_distorted,
    joined,
    repeated,
)

REHEARSE = 2000  # MNIST digits
EPOCHS = 5
PEAK = 1e-3  # highest learning rate; a third of that of a whole training
OWN = 0.2  # share of your digits in what is seen, where there are others
FEWEST = 500  # of your digits in an epoch; a sample comes often, each time distorted otherwise
VALIDATION = 1000  # MNIST digits that no training sees, for validation and calibration


def fine_tune(
    model: keras.Model,
    samples: Samples,
    rehearse: int = REHEARSE,
    *,
    epochs: int = EPOCHS,
    seed: int = 0,
) -> keras.Model:
    """Teach a copy of a model your hand.

    Every sample is seen many times, distorted differently each time. At the end the confidences
    are calibrated on MNIST digits that no training has seen.

    Args:
        model: A trained Keras model, which stays as it is.
        samples: Your labelled digits, as a pad or `load_samples` gives them.
        rehearse: How many of MNIST's training digits are learned again meanwhile, 0 to 54,000;
            without them the network forgets how others write.
        epochs: How often those are seen.
        seed: Of everything random. The same seed gives the same weights, as in `train`.

    Returns:
        The copy. Its `history.history` has loss, accuracy, val_loss and val_accuracy by epoch;
        the last two are of MNIST digits, and show what is forgotten.

    Raises:
        ValueError: If there is no sample, images or labels have the wrong shape or range, there
            are fewer MNIST digits, the model is none that can be trained, or epochs is not 1 or
            more.

    Source:
        Robins (1995), "Catastrophic forgetting, rehearsal and pseudorehearsal", Connection
        Science 7(2).
    """
    check_trainable(model, epochs)
    own = _own(samples)
    known, validation = _mnist(rehearse, seed)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    examples = _joined(own, known)
    fit_distorted(compile_model(copy), examples, validation, epochs, PEAK, seed)
    if ends_with_softmax(copy):
        calibrate(copy, distorted(validation[0], seed), validation[1])
    return copy


def _own(samples: Samples) -> Examples:
    if len(samples.labels) == 0:
        raise ValueError("there are no samples: draw some digits on the pad and label them")
    inputs, targets = to_examples(samples.images, samples.labels)
    return scaled(inputs), smooth(targets)


def _mnist(rehearse: int, seed: int) -> tuple[Examples | None, Examples]:
    """MNIST digits to rehearse, if any, and others for validation, from where `train` has its."""
    (images, labels), _ = load_mnist()
    count = len(images) - int(len(images) * VALIDATION_SPLIT)
    if not 0 <= rehearse <= count:
        raise ValueError(f"{rehearse:,} digits cannot be rehearsed: give 0 to {count:,}")
    inputs, targets = to_examples(images[count:][:VALIDATION], labels[count:][:VALIDATION])
    validation = scaled(inputs), targets
    if rehearse == 0:
        return None, validation
    chosen = np.random.default_rng(seed).permutation(count)[:rehearse]
    inputs, targets = mix(*to_examples(images[chosen], labels[chosen]), seed)
    return (scaled(inputs), targets), validation


def _joined(own: Examples, known: Examples | None) -> Examples:
    """Your digits, repeated until they are a fifth of all, and those that are rehearsed."""
    others = len(known[0]) if known else 0
    wanted = max(FEWEST, others * OWN / (1 - OWN))
    return joined(repeated(own, wanted), *([known] if known else []))
