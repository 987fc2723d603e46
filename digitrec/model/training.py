"""Train a network, by the classic recipe or by ours."""

from numbers import Integral

import numpy as np

from digitrec.data.training_mix import mix
from digitrec.model._tensorflow import keras, tf
from digitrec.model.acceleration import accelerated
from digitrec.model.batches import batches, by_epoch, distort, in_order
from digitrec.model.calibration import calibrate, ends_with_softmax
from digitrec.model.inputs import Model, check_model, scaled, to_examples
from digitrec.model.lite import LiteModel
from digitrec.model.progress import showing_progress

BATCH_SIZE = 128
VALIDATION_SPLIT = 0.1  # the last tenth, as `keras.Model.fit` takes it

# Of our recipe; chosen by `python -m benchmarks.accuracy`.
DISTORTED = 0.85  # share of the training in which images are distorted; the last of it is clean
SEEN = 10  # epochs in which a picture that is added is seen once each; then others come
PEAK = 3e-3  # highest learning rate of the one-cycle schedule
WARM_UP = 0.3  # share of the training during which the learning rate rises

Examples = tuple[np.ndarray, np.ndarray]  # inputs and targets


def train(
    model: keras.Model,
    x_train: np.ndarray,
    y_train: np.ndarray,
    epochs: int = 10,
    *,
    augment: bool = False,
    seed: int = 0,
) -> keras.callbacks.History:
    """Train the model in place, from the weights it has; the last tenth is for validation.

    The classic recipe keeps the learning rate that the model was compiled with and, at the end,
    the weights of the epoch with the best validation accuracy. Ours (`augment=True`) adds digits
    drawn as people outside the USA write them, and pictures of no digit, on which the network
    learns to doubt (`digitrec.data.training_mix`). It distorts each image differently in each
    epoch and lets the learning rate rise and fall once, so that the last epoch is the one to
    keep. At the end it calibrates the confidences on distorted validation digits
    (`digitrec.model.calibration`).

    Args:
        model: As `build_model` gives it, or any with its input and output shapes.
        x_train: Shape (n, 28, 28), uint8, as `load_mnist` gives it; or already prepared,
            (n, 28, 28, 1), float32 in [0, 1].
        y_train: Shape (n,), integers 0 to 9; or one-hot, (n, 10).
        epochs: How often each image is seen. In our recipe, each epoch also has the pictures
            that are added, in a longer training different ones each time.
        augment: Our own recipe instead of the classic one.
        seed: Of the order of the images and of their distortion. The same seed gives a freshly
            built model the same weights, on the same kind of processor; see
            `digitrec.model.acceleration`.

    Returns:
        Keras's history: `.history` has loss, accuracy, val_loss and val_accuracy by epoch.

    Raises:
        ValueError: If model, images or labels have the wrong shape or range, or epochs is not 1
            or more.

    Source:
        Kingma and Ba (2015), "Adam: a method for stochastic optimization", ICLR.
        Smith (2018), "A disciplined approach to neural network hyper-parameters: part 1",
        arXiv:1803.09820, for the one-cycle learning rate.
    """
    check_trainable(model, epochs)
    examples, validation = _split(*to_examples(x_train, y_train))
    dataset = _dataset(examples, epochs, augment, seed)
    steps = int(dataset.cardinality()) // epochs
    recipe = _recipe(steps, epochs, augment, validation)
    history = fit(model, dataset, steps, epochs, validation, recipe)
    if augment and validation and ends_with_softmax(model):
        calibrate(model, distorted(validation[0], seed), validation[1])
    return history


def check_trainable(model: Model, epochs: int = 1) -> None:
    """Refuse other shapes than those of `build_model`, a .tflite file, and fewer than one epoch."""
    check_model(model)
    if isinstance(model, LiteModel):
        raise ValueError("a model from a .tflite file cannot be trained: train the one it is from")
    if not isinstance(epochs, Integral) or epochs < 1:
        raise ValueError(f"epochs must be a whole number, 1 or more, not {epochs}")


def fit(
    model: keras.Model,
    dataset: tf.data.Dataset,
    steps: int,
    epochs: int,
    validation: Examples | None,
    callbacks: list[keras.callbacks.Callback],
) -> keras.callbacks.History:
    """Fit a model to what `batches` gives, so many steps an epoch."""
    with accelerated(model):
        if model.steps_per_execution > 1:  # the last call of an epoch would take from the next one
            dataset = by_epoch(dataset, steps)
        return model.fit(
            dataset,
            epochs=epochs,
            steps_per_epoch=steps,
            validation_data=in_order(validation, BATCH_SIZE) if validation else None,
            shuffle=False,  # the pipeline has done it
            **showing_progress(callbacks),
        )


def fit_distorted(
    model: keras.Model,
    examples: Examples,
    validation: Examples | None,
    epochs: int,
    peak: float,
    seed: int,
    *,
    batch_size: int = BATCH_SIZE,
    strength: float = 1,
) -> None:
    """Fit a model to a few examples, distorted differently each time, in one cycle up to `peak`."""
    size = len(examples[0])
    steps = -(-size // batch_size)
    dataset = batches(
        *examples,
        size=size,
        batch_size=batch_size,
        epochs=epochs,
        seed=seed,
        distorted=steps * epochs,
        strength=strength,
    )
    fit(model, dataset, steps, epochs, validation, [OneCycle(steps, epochs, peak)])


def repeated(examples: Examples, count: float) -> Examples:
    """The same examples over and over, about `count` in all, and each at least once."""
    return joined(*[examples] * max(1, round(count / len(examples[0]))))


def joined(*parts: Examples) -> Examples:
    """The examples of all parts, one after the other."""
    inputs, targets = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return inputs, targets


def _split(inputs: np.ndarray, targets: np.ndarray) -> tuple[Examples, Examples | None]:
    """The examples to train on, and those for validation, if there are any."""
    count = len(inputs) - int(len(inputs) * VALIDATION_SPLIT)
    validation = (scaled(inputs[count:]), targets[count:]) if count < len(inputs) else None
    return (inputs[:count], targets[:count]), validation


def _dataset(examples: Examples, epochs: int, augment: bool, seed: int) -> tf.data.Dataset:
    count = size = len(examples[0])
    if augment:
        sets = -(-epochs // SEEN)
        examples = mix(*examples, seed, sets)
        size += (len(examples[0]) - count) // sets
    return batches(
        *examples,
        size=size,
        always=count,
        batch_size=BATCH_SIZE,
        epochs=epochs,
        seed=seed,
        distorted=round(DISTORTED * epochs * -(-size // BATCH_SIZE)) if augment else 0,
    )


def _recipe(
    steps: int, epochs: int, augment: bool, validation: Examples | None
) -> list[keras.callbacks.Callback]:
    if augment:
        return [OneCycle(steps, epochs)]
    if not validation:
        return []
    # At a constant learning rate the epochs waver; at the end, go back to the best of them.
    best_epoch = keras.callbacks.EarlyStopping(
        "val_accuracy", mode="max", patience=epochs, restore_best_weights=True
    )
    return [best_epoch]


def one_cycle(steps: int, peak: float = PEAK) -> np.ndarray:
    """The learning rate of each step of a training: up to its peak, and down to nothing.

    Args:
        steps: How many there are; 10 epochs of our recipe on MNIST are 5,150.
        peak: The highest rate.

    Returns:
        Shape (steps,), float: it rises during the first 30 %, both ways along half a cosine.

    Source:
        Smith (2018), "A disciplined approach to neural network hyper-parameters: part 1",
        arXiv:1803.09820.
    """
    phases = np.interp(np.arange(steps), [0, WARM_UP * steps, steps], [0, 1, 2])
    return peak * (1 - np.cos(np.pi * phases)) / 2


class OneCycle(keras.callbacks.Callback):
    """Set the learning rate of each step as `one_cycle` gives it."""

    def __init__(self, steps: int, epochs: int, peak: float = PEAK):
        super().__init__()
        self.rates = one_cycle(epochs * steps, peak).reshape(epochs, steps)

    def on_train_begin(self, logs: dict | None = None) -> None:
        rate = self.model.optimizer.learning_rate  # one for each device, if there are several
        self.before = float(keras.ops.convert_to_numpy(rate))

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        """Called once for several steps, with the first of them."""
        self.model.optimizer.learning_rate = self.rates[self.epoch, batch]

    def on_train_end(self, logs: dict | None = None) -> None:
        self.model.optimizer.learning_rate = self.before


def distorted(inputs: np.ndarray, seed: int, strength: float = 1) -> np.ndarray:
    """Distort inputs as in training: they are about as hard to read as what people write."""
    parts = np.array_split(inputs, -(-len(inputs) // BATCH_SIZE))
    return np.concatenate(
        [distort(part, (seed, number), strength) for number, part in enumerate(parts)]
    )
