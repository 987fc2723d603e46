"""Train a network, by the classic recipe or by ours."""

from digitrec.model._tensorflow import tf  # first: TensorFlow without its noise

# isort: split
import keras
import numpy as np
from keras import layers

from digitrec.data.training_mix import mix
from digitrec.model.acceleration import accelerated
from digitrec.model.batches import batches, distort
from digitrec.model.calibration import calibrate
from digitrec.model.inputs import check_model, scaled, to_examples
from digitrec.model.lite import LiteModel
from digitrec.model.progress import progress, verbosity

BATCH_SIZE = 128
VALIDATION_SPLIT = 0.1  # the last tenth, as `keras.Model.fit` takes it

DISTORTED = 0.85  # share of the training in which images are distorted; at last they are clean
PEAK = 3e-3  # highest learning rate of the one-cycle schedule
WARM_UP = 0.3  # share of the training during which it rises


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

    The classic recipe keeps the learning rate that the model was compiled with, and in the
    end the weights of the epoch with the best validation accuracy. Ours (`augment=True`)
    adds digits drawn as people outside the USA write them, and pictures of no digit, on which
    the network learns to doubt (`digitrec.data.training_mix`). It distorts each image anew in
    each epoch, lets the learning rate rise and fall once, so that the last epoch is the one to
    keep, and in the end calibrates the confidences on distorted validation digits
    (`digitrec.model.calibration`).

    Args:
        model: As `build_model` gives it, or any with its input and output shapes.
        x_train: Shape (n, 28, 28), uint8, as `load_mnist` gives it; or already prepared,
            (n, 28, 28, 1), float32 in [0, 1].
        y_train: Shape (n,), integers 0 to 9; or one-hot, (n, 10).
        epochs: How many images are seen, in multiples of those given for training. In our
            recipe, what is added takes the place of as many of them, of others each time.
        augment: Our own recipe instead of the classic one.
        seed: Of the order of the images and of their distortion. With the same seed a
            freshly built model ends with the same weights, on the same kind of processor; see
            `digitrec.model.acceleration`.

    Returns:
        Keras's history: `.history` has loss, accuracy, val_loss and val_accuracy by epoch.

    Raises:
        ValueError: If model, images or labels have the wrong shape or range.

    Source:
        Kingma and Ba (2015), "Adam: a method for stochastic optimization", ICLR.
        Smith (2018), "A disciplined approach to neural network hyper-parameters: part 1",
        arXiv:1803.09820, for the one-cycle learning rate.
    """
    check_model(model)
    if isinstance(model, LiteModel):
        raise ValueError("a model from a .tflite file cannot be trained: train the one it is from")
    inputs, targets = to_examples(x_train, y_train)
    count = len(inputs) - int(len(inputs) * VALIDATION_SPLIT)
    validation = (scaled(inputs[count:]), targets[count:]) if count < len(inputs) else None
    inputs, targets = inputs[:count], targets[:count]
    steps = -(-count // BATCH_SIZE)
    epoch = tf.Variable(0, dtype=tf.int64)
    count_epochs = keras.callbacks.LambdaCallback(lambda number, _: epoch.assign(number))
    callbacks = [*progress(), count_epochs]
    if augment:
        inputs, targets = mix(inputs, targets, seed)
        callbacks.append(OneCycle(steps, epochs))
    elif validation:
        callbacks.append(_best_epoch(epochs))
    dataset = batches(
        inputs,
        targets,
        size=count,
        batch_size=BATCH_SIZE,
        epoch=epoch,
        seed=seed,
        distorted=round(DISTORTED * steps * epochs) if augment else 0,
    )
    with accelerated(model):
        history = model.fit(
            dataset,
            epochs=epochs,
            validation_data=validation,
            shuffle=False,  # the pipeline has done it
            callbacks=callbacks,
            verbose=verbosity(),
        )
    if augment and validation and _ends_with_softmax(model):
        calibrate(model, _distorted(validation[0], seed), validation[1])
    return history


def _ends_with_softmax(model: keras.Model) -> bool:
    last = model.layers[-1]
    return isinstance(last, layers.Dense) and last.activation is keras.activations.softmax


def _distorted(inputs: np.ndarray, seed: int) -> np.ndarray:
    """As in training: about as hard to read as what people write."""
    parts = np.array_split(inputs, -(-len(inputs) // BATCH_SIZE))
    return np.concatenate([distort(part, (seed, number)) for number, part in enumerate(parts)])


def _best_epoch(epochs: int) -> keras.callbacks.Callback:
    """At a constant learning rate the epochs waver; in the end, go back to the best of them."""
    return keras.callbacks.EarlyStopping(
        "val_accuracy", mode="max", patience=epochs, restore_best_weights=True
    )


class OneCycle(keras.callbacks.Callback):
    """Let the learning rate rise to PEAK and fall to nothing, along half cosines."""

    def __init__(self, steps: int, epochs: int):
        super().__init__()
        every = np.arange(epochs * steps)
        rates = np.interp(every, [0, WARM_UP * len(every), len(every)], [0, 1, 2])
        self.rates = (PEAK * (1 - np.cos(np.pi * rates)) / 2).reshape(epochs, steps)

    def on_train_begin(self, logs: dict | None = None) -> None:
        rate = self.model.optimizer.learning_rate  # on several devices there is one on each
        self.before = float(keras.ops.convert_to_numpy(rate))

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        """Called once for several steps, with the first of them."""
        self.model.optimizer.learning_rate = self.rates[self.epoch, batch]

    def on_train_end(self, logs: dict | None = None) -> None:
        self.model.optimizer.learning_rate = self.before
