"""The network: build, train, evaluate, look inside.

A small convolutional network in the line of LeNet-5: 93,322 parameters that turn a
28x28 picture of a digit into ten probabilities.
"""

from contextlib import nullcontext
from dataclasses import dataclass

from digitrec.quiet import tf  # first: TensorFlow without its noise

# isort: split
import keras
import numpy as np
from keras import layers
from sklearn.metrics import confusion_matrix

from digitrec.acceleration import accelerated
from digitrec.batches import batches, distort
from digitrec.calibration import calibrate
from digitrec.data import CLASSES, SIDE, add_channel, one_hot, scale
from digitrec.lite import LiteModel, answers, check_model
from digitrec.mixture import mix
from digitrec.progress import progress, verbosity

LEARNING_RATE = 1e-3
BATCH_SIZE = 128
VALIDATION_SPLIT = 0.1  # the last tenth, as `keras.Model.fit` takes it

DISTORTED = 0.85  # share of the training in which images are distorted; at last they are clean
PEAK = 3e-3  # highest learning rate of the one-cycle schedule
WARM_UP = 0.3  # share of the training during which it rises


def build_model(seed: int = 0, strategy: tf.distribute.Strategy | None = None) -> keras.Sequential:
    """Build the untrained network, compiled with Adam and categorical cross-entropy.

    Args:
        seed: Of the initial weights and of dropout. The same seed gives the same network.
        strategy: `tf.distribute.MirroredStrategy()` trains it on all GPUs of this machine, each
            of which gets its part of every batch; None is a single device.

    Returns:
        Input (n, 28, 28, 1), float32 in [0, 1]; output (n, 10), float32 probabilities.
    """
    with strategy.scope() if strategy else nullcontext():
        return compile_model(_network(seed))


def _network(seed: int) -> keras.Sequential:
    seeds = iter(np.random.SeedSequence(seed).generate_state(6).tolist())

    def weights() -> keras.Initializer:
        return keras.initializers.GlorotUniform(next(seeds))

    return keras.Sequential(
        [
            layers.Input((SIDE, SIDE, 1)),
            layers.Conv2D(32, 3, activation="relu", kernel_initializer=weights()),  # 26, 26, 32
            layers.MaxPooling2D(2),  # 13, 13, 32
            layers.Conv2D(64, 3, activation="relu", kernel_initializer=weights()),  # 11, 11, 64
            layers.MaxPooling2D(2),  # 5, 5, 64
            layers.Conv2D(64, 3, activation="relu", kernel_initializer=weights()),  # 3, 3, 64
            layers.Flatten(),  # 576
            layers.Dense(64, activation="relu", kernel_initializer=weights()),
            layers.Dropout(0.5, seed=next(seeds)),
            layers.Dense(CLASSES, activation="softmax", kernel_initializer=weights()),
        ],
        name="digitrec",
    )


def compile_model(model: keras.Model) -> keras.Model:
    """Compile a model for the classic recipe; it is given back."""
    model.compile(
        optimizer=keras.optimizers.Adam(LEARNING_RATE, beta_1=0.9, beta_2=0.999),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


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
    the network learns to doubt (`digitrec.mixture`). It distorts each image anew in each epoch,
    lets the learning rate rise and fall once, so that the last epoch is the one to keep, and in
    the end calibrates the confidences on distorted validation digits (`digitrec.calibration`).

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
            `digitrec.acceleration`.

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
    inputs, targets = _examples(x_train, y_train)
    count = len(inputs) - int(len(inputs) * VALIDATION_SPLIT)
    validation = (_scaled(inputs[count:]), targets[count:]) if count < len(inputs) else None
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


@dataclass(frozen=True)
class Evaluation:
    """What a network makes of labelled images, computed once.

    Attributes:
        accuracy: Share of right answers, 0 to 1.
        loss: Mean categorical cross-entropy, in nats.
        confusion: Shape (10, 10), int: counts, true digits down and predicted across.
        accuracy_by_digit: Shape (10,), float: NaN for a digit that does not occur.
        predicted: Shape (n,), int: the likeliest digit of each image.
        probabilities: Shape (n, 10), float32.
        mistakes: Indices of the images misread, the most confident mistake first.
    """

    accuracy: float
    loss: float
    confusion: np.ndarray
    accuracy_by_digit: np.ndarray
    predicted: np.ndarray
    probabilities: np.ndarray
    mistakes: np.ndarray


def evaluate(model: keras.Model | LiteModel, x_test: np.ndarray, y_test: np.ndarray) -> Evaluation:
    """Compare the model's answers with the labels; images and labels as for `train`.

    Raises:
        ValueError: If model, images or labels have the wrong shape or range.
    """
    check_model(model)
    inputs, targets = _examples(x_test, y_test)
    truth = targets.argmax(axis=1)
    probabilities = _answers(model, inputs)
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != truth)
    confusion = confusion_matrix(truth, predicted, labels=range(CLASSES))
    with np.errstate(invalid="ignore"):  # no image of a digit: 0 / 0
        accuracy_by_digit = confusion.diagonal() / confusion.sum(axis=1)
    return Evaluation(
        accuracy=float(np.mean(predicted == truth)),
        loss=float(np.mean(keras.losses.categorical_crossentropy(targets, probabilities))),
        confusion=confusion,
        accuracy_by_digit=accuracy_by_digit,
        predicted=predicted,
        probabilities=probabilities,
        mistakes=wrong[np.argsort(-probabilities[wrong].max(axis=1))],
    )


def describe(model: keras.Model) -> list[tuple[str, tuple[int, ...], int]]:
    """List input and layers: kind, shape it gives without the batch, number of parameters."""
    rows = [("Input", model.input_shape[1:], 0)]
    for layer in model.layers:
        rows.append((type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params()))
    return rows


def feature_maps(model: keras.Model, image: np.ndarray) -> list[np.ndarray]:
    """What each convolution makes of one image, for looking inside.

    Args:
        model: A network from `build_model`.
        image: Shape (28, 28), uint8 or float32 in [0, 1].

    Returns:
        Arrays of shapes (26, 26, 32), (11, 11, 64) and (3, 3, 64), float32, 0 or more.
    """
    convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    inner = keras.Model(model.inputs, [layer.output for layer in convolutions])
    return [maps[0] for maps in inner.predict_on_batch(_scaled(_inputs(image[np.newaxis])))]


def _examples(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inputs, targets = _inputs(images), _targets(labels)
    if len(inputs) != len(targets):
        raise ValueError(f"{len(inputs)} images but {len(targets)} labels: give one label an image")
    return inputs, targets


def _inputs(images: np.ndarray) -> np.ndarray:
    images = np.asarray(images)
    if images.shape[1:] == (SIDE, SIDE):
        images = add_channel(images)
    if images.shape[1:] != (SIDE, SIDE, 1) or len(images) == 0:
        raise ValueError(f"images have shape {images.shape}: expected (n, {SIDE}, {SIDE})")
    if images.dtype == np.uint8:
        return images
    if not (images.min() >= 0 and images.max() <= 1):  # so that NaN fails too
        raise ValueError("images are neither uint8 nor within 0 to 1: scale them first")
    return images.astype(np.float32, copy=False)


def _answers(model: keras.Model | LiteModel, inputs: np.ndarray) -> np.ndarray:
    parts = [inputs[start : start + 500] for start in range(0, len(inputs), 500)]
    return np.concatenate([answers(model, _scaled(part)) for part in parts])


def _scaled(images: np.ndarray) -> np.ndarray:
    return scale(images) if images.dtype == np.uint8 else images


def _targets(labels: np.ndarray) -> np.ndarray:
    labels = np.asarray(labels)
    if labels.shape[1:] == (CLASSES,):
        return labels.astype(np.float32, copy=False)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels are {labels.dtype} of shape {labels.shape}: expected integers (n,)"
        )
    if len(labels) and not (labels.min() >= 0 and labels.max() < CLASSES):
        raise ValueError(f"labels run from {labels.min()} to {labels.max()}: expected 0 to 9")
    return one_hot(labels)
