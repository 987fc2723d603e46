"""Make the figures of README.md: `python -m images.make`.

Draws `samples.png`, `architecture.png`, `steps.png`, `hard_photo.jpg` and `results.png` with the
shipped network.
`demo.png` is a screenshot of the pad in a browser: `python -m tests.browser`. `app-laptop.png` and
`app-phone.png` are of the web application: `python -m tests.webpage`. `camera.png` is of the live
camera: `python -m tests.camera`.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import digitrec
from digitrec import viz
from digitrec.preprocess.picture import open_picture

FOLDER = Path(__file__).parent


def main() -> None:
    (x_train, y_train), (x_test, y_test) = digitrec.load_mnist()
    model = digitrec.load_model()
    evaluation = digitrec.evaluate(model, x_test, y_test)

    save(viz.plot_digits(x_train[:40], y_train[:40]).figure, "samples.png")
    save(viz.plot_architecture(digitrec.describe(model)).figure, "architecture.png")
    photo = digitrec.predict_digit(FOLDER.parent / "test_images" / "photo_5.jpg")
    save(viz.plot_steps(photo.steps), "steps.png")
    page = open_picture(FOLDER.parent / "test_images" / "ruled_2048-1795.jpg")
    save(viz.plot_reading(page, digitrec.read_digits(page).predictions), "hard_photo.jpg")

    figure, (left, right) = plt.subplots(
        1, 2, figsize=(11, 4.6), layout="constrained", width_ratios=[1, 1.1]
    )
    viz.plot_confusion(evaluation.confusion, ax=left)
    left.set_title(f"{len(y_test):,} test digits, {evaluation.accuracy:.2%} read correctly")
    worst = evaluation.mistakes[:18]
    viz.plot_predictions(
        x_test[worst], y_test[worst], evaluation.probabilities[worst], columns=6, ax=right
    )
    right.set_title(f"The {len(worst)} most confident of {len(evaluation.mistakes)} mistakes")
    save(figure, "results.png")


def save(figure: plt.Figure, name: str) -> None:
    figure.savefig(FOLDER / name, dpi=100, facecolor="white")


if __name__ == "__main__":
    main()
