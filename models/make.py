"""Train the shipped network by our own recipe, but longer: `python -m models.make`.

Writes `mnist_cnn_model` as `.keras`, as `.h5`, as `.tflite` and as a SavedModel folder, and
prints what README.md in this folder says of it.
"""

import platform

import keras
import tensorflow as tf

import digitrec
from digitrec.model.storage import SHIPPED

SEED = 0
EPOCHS = 30  # three times the notebook's: it need not be waited for


def main() -> None:
    (x_train, y_train), (x_test, y_test) = digitrec.load_mnist()
    model = digitrec.build_model(seed=SEED)
    digitrec.train(model, x_train, y_train, epochs=EPOCHS, augment=True, seed=SEED)
    evaluation = digitrec.evaluate(model, x_test, y_test)
    for ending in (".keras", ".h5", ".tflite", ""):
        digitrec.save_model(model, SHIPPED.with_suffix(ending))
    print(f"seed {SEED}, {EPOCHS} epochs")
    versions = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    print(f"Python {platform.python_version()}, {versions}")
    print(
        f"MNIST test: accuracy {evaluation.accuracy:.2%}, {len(evaluation.mistakes)} mistakes, "
        f"loss {evaluation.loss:.4f}"
    )


if __name__ == "__main__":
    main()
