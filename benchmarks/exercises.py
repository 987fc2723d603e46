"""Measure the answers to the notebook's exercises: `python -m benchmarks.exercises`.

Exercise 2 trains on a tenth of the digits by both recipes, exercise 5 networks without
convolutions on all of them; one run each, 10 epochs, seed 0. Takes about 2 minutes on two cores.
The answer to exercise 6 is measured by `python -m benchmarks.accuracy`.
"""

import keras
import numpy as np

import digitrec

Digits = tuple[np.ndarray, np.ndarray]

TENTH = slice(None, None, 10)
HIDDEN = (32, 64, 128, 512)  # numbers that the only hidden layer gives
EPOCHS = 10
SEED = 0


def main() -> None:
    train, test = digitrec.load_mnist()
    rows = [*train_on_a_tenth(train), *train_without_convolutions(train)]
    print("\n| exercise | network | parameters | MNIST test accuracy |")
    print("|---|---|---|---|")
    for exercise, name, model in rows:
        accuracy = digitrec.evaluate(model, *test).accuracy
        print(f"| {exercise} | {name} | {model.count_params():,} | {100 * accuracy:.1f} % |")


def train_on_a_tenth(train: Digits) -> list[tuple[int, str, keras.Model]]:
    images, labels = train
    rows = []
    for name, augment in {"classic": False, "ours": True}.items():
        model = digitrec.build_model(seed=SEED)
        fit(model, (images[TENTH], labels[TENTH]), augment)
        rows.append((2, f"a tenth of the digits, {name}", model))
    return rows


def train_without_convolutions(train: Digits) -> list[tuple[int, str, keras.Model]]:
    rows = []
    for hidden in HIDDEN:
        model = dense(hidden)
        fit(model, train, augment=False)
        rows.append((5, f"one hidden layer of {hidden}", model))
    return rows


def dense(hidden: int) -> keras.Model:
    """A network without convolutions, compiled as `build_model` compiles its own."""
    keras.utils.set_random_seed(SEED)
    layers = [
        keras.layers.Input((28, 28, 1)),
        keras.layers.Flatten(),
        keras.layers.Dense(hidden, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
    model = keras.Sequential(layers)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model: keras.Model, digits: Digits, augment: bool) -> None:
    digitrec.train(model, *digits, epochs=EPOCHS, augment=augment, seed=SEED)


if __name__ == "__main__":
    main()
