"""The line network: where the digits of a line are, and which, without cutting it first.

A convolutional network slides over the ink of a whole line and says at every second pixel which
digit stands there, if any. So it reads digits that touch, which nobody can cut without knowing
what they are.
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from digitrec.data.drawn_lines import LONGEST
from digitrec.data.manner import CALM, WILD
from digitrec.model._tensorflow import keras, tf
from digitrec.model.acceleration import accelerated
from digitrec.model.line_batches import AHEAD, Lines, line_batches
from digitrec.model.progress import showing_progress
from digitrec.model.training import PEAK, OneCycle
from digitrec.preprocess.digit_line import LINE_HEIGHT

layers = keras.layers

SYMBOLS = 12  # that the network tells apart: no digit, the digits 0 to 9, a letter
DROPOUT = 0.1  # of what the last layers add

EPOCH = 96  # steps
CALM_PEAK = 1e-3  # highest learning rate on calm lines


def build_line_model(seed: int = 0) -> keras.Model:
    """Build the untrained line network, compiled with Adam and the CTC loss.

    Args:
        seed: Of the initial weights and of dropout. The same seed gives the same network.

    Returns:
        Input (n, 32, width, 1), float32 in [0, 1]: the ink of lines; output
        (n, width // 2, 12), float32 logits: of no digit, of the digits 0 to 9, and of a letter.

    Source:
        Graves, Fernández, Gomez and Schmidhuber (2006), "Connectionist temporal classification",
        ICML.
        Shi, Bai and Yao (2017), "An end-to-end trainable neural network for image-based sequence
        recognition", IEEE TPAMI 39(11), for reducing height and not width; theirs is recurrent.
        He, Zhang, Ren and Sun (2016), "Deep residual learning for image recognition", CVPR.
    """
    keras.utils.set_random_seed(seed)
    inputs = layers.Input((LINE_HEIGHT, None, 1))
    x = layers.MaxPooling2D(2)(_convolution(inputs, 32, 3))  # 16, width / 2, 32
    for filters, kernel in ((48, 3), (64, 3), (96, 3), (128, (2, 3))):
        x = layers.MaxPooling2D((2, 1))(
            _convolution(x, filters, kernel)
        )  # in the end 1, w / 2, 128
    for _ in range(3):
        x = layers.Add()([x, layers.Dropout(DROPOUT)(_convolution(x, 128, (1, 5)))])
    outputs = layers.Dense(SYMBOLS)(layers.Reshape((-1, 128))(x))
    model = keras.Model(inputs, outputs, name="digitrec_lines")
    _compile(model)
    return model


def _compile(model: keras.Model) -> None:
    # One line that is all wrong must not undo what the others have taught.
    model.compile(keras.optimizers.Adam(clipnorm=5.0), loss=keras.losses.CTC())


def _convolution(x: keras.KerasTensor, filters: int, kernel: int | tuple) -> keras.KerasTensor:
    x = layers.Conv2D(filters, kernel, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.95)(x))


def train_line_model(
    model: keras.Model, epochs: int = 90, calm_epochs: int = 12, *, seed: int = 0
) -> keras.callbacks.History:
    """Train the line network in place on lines that are drawn meanwhile, each seen once.

    At first the lines are wilder than most that people write. In the end, at a lower learning
    rate, they are calmer, so that what is written clearly is read without doubt. Another process
    draws them, so a script must call this below `if __name__ == "__main__":`.

    Args:
        model: As `build_line_model` gives it.
        epochs: On wild lines; each is of 96 steps of 48 lines.
        calm_epochs: On calm lines.
        seed: Of the lines. The same seed gives a freshly built network the same weights, on the
            same kind of processor.

    Returns:
        Keras's history: `.history` has the loss by epoch.
    """
    history = _fit(model, epochs, Lines(seed, WILD), PEAK)
    _compile(model)
    calm = _fit(model, calm_epochs, Lines(seed + 1, CALM), CALM_PEAK)
    history.history["loss"] += calm.history["loss"]
    return history


def _fit(model: keras.Model, epochs: int, lines: Lines, peak: float) -> keras.callbacks.History:
    signature = (
        tf.TensorSpec((None, LINE_HEIGHT, None, 1), tf.float32),
        tf.TensorSpec((None, LONGEST), tf.int32),
    )
    # A process of its own draws the lines: drawing in a thread would hold up the training.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        dataset = tf.data.Dataset.from_generator(
            lambda: line_batches(pool, lines, epochs * EPOCH), output_signature=signature
        )
        with accelerated(model):
            return model.fit(
                dataset.prefetch(AHEAD),
                epochs=epochs,
                steps_per_epoch=EPOCH,
                shuffle=False,
                **showing_progress([OneCycle(EPOCH, epochs, peak)]),
            )
