"""Make what is shipped: `python -m models.make digits`, or `map`, `lines` or a script.

`digits` trains and writes `mnist_cnn_model` as `.keras`, as `.h5`, as `.tflite` and as a
SavedModel folder, and then the map that fits it. `map` writes that alone, `digit_map.npz`.
`lines` trains and writes `line_model.tflite`. `arabic`, `chinese` and `devanagari` train copies of
the network of `digits`, in files of these names. All print what README.md in this folder says.
"""

import argparse
import platform
from functools import partial

import keras
import numpy as np
import tensorflow as tf

import digitrec
from digitrec.data.manner import CALM, WILD
from digitrec.data.scripts import SCRIPTS, draw_script
from digitrec.model.features import MAPPED, save_map, tsne
from digitrec.model.script_training import train_script
from digitrec.model.storage import SHIPPED, SHIPPED_LINES, SHIPPED_MAP, shipped_for
from digitrec.recognize.ctc import likeliest_symbols
from digitrec.recognize.lines import look

SEED = 0
EPOCHS = 60  # six times the notebook's: it need not be waited for
MAP_STEPS = 1_000  # of t-SNE
TEST_LINES = 2_000
TEST_DIGITS = 5_000
TEST_SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    makers = {"digits": make_digits, "map": make_map, "lines": make_lines}
    makers |= {script: partial(make_script, script) for script in SCRIPTS}
    parser.add_argument("what", choices=makers)
    makers[parser.parse_args().what]()
    versions = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    print(f"seed {SEED}, Python {platform.python_version()}, {versions}")


def make_digits() -> None:
    (x_train, y_train), (x_test, y_test) = digitrec.load_mnist()
    model = digitrec.build_model(seed=SEED)
    digitrec.train(model, x_train, y_train, epochs=EPOCHS, augment=True, seed=SEED)
    evaluation = digitrec.evaluate(model, x_test, y_test)
    for ending in (".keras", ".h5", ".tflite", ""):
        digitrec.save_model(model, SHIPPED.with_suffix(ending))
    print(
        f"{EPOCHS} epochs; MNIST test: accuracy {evaluation.accuracy:.2%}, "
        f"{len(evaluation.mistakes)} mistakes, loss {evaluation.loss:.4f}"
    )
    make_map()


def make_map() -> None:
    model, images = digitrec.load_model(), digitrec.load_mnist()[1][0][:MAPPED]
    save_map(model, images, tsne(digitrec.features(model, images), MAP_STEPS))
    print(f"a map of {MAPPED:,} digits, {SHIPPED_MAP.stat().st_size / 1000:.0f} kB")


def make_lines() -> None:
    model = digitrec.build_line_model(seed=SEED)
    digitrec.train_line_model(model, seed=SEED)
    digitrec.save_model(model, SHIPPED_LINES)
    _, (images, labels) = digitrec.load_mnist()
    print(f"{TEST_LINES:,} lines of MNIST's test digits, every digit correct:")
    for name, manner in (("wild", WILD), ("calm", CALM)):
        lines = digitrec.draw_lines(TEST_LINES, images, labels, TEST_SEED, manner)
        print(f"{name} {np.mean([read(line.ink) == line.digits for line in lines]):.1%}")


def make_script(script: str) -> None:
    model = train_script(digitrec.load_model(), script, SEED)
    bare = type(model).from_config(model.get_config())  # without the state of the optimizer
    bare.set_weights(model.get_weights())
    for ending in (".keras", ".tflite"):
        digitrec.save_model(bare, shipped_for(script).with_suffix(ending))
    images, labels = draw_script(TEST_DIGITS, SEED + 2, script)
    evaluation = digitrec.evaluate(model, images, labels)
    print(f"{TEST_DIGITS:,} digits drawn by other hands: accuracy {evaluation.accuracy:.1%}")


def read(ink: np.ndarray) -> tuple[int, ...]:
    """The line network's own word on a line, without the digit network's."""
    return tuple(symbol - 1 for symbol in likeliest_symbols(look(ink))[0].symbols)


if __name__ == "__main__":
    main()
