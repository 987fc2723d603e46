"""Several networks that answer as one, beside each alone: `python -m benchmarks.ensemble FOLDER`.

Trains a member with each seed as `models.make` does, ten minutes each on two cores, or for fewer
epochs: `--epochs 10`. Members are kept in the folder and taken from there the next time. Prints
what each network reads of MNIST's test digits, and how large and fast it is.
"""

import argparse
import statistics
import time
from pathlib import Path

import keras

import digitrec
from digitrec.model.lite import LiteModel
from digitrec.model.storage import to_lite
from digitrec.recognize.classify import classify
from models.make import EPOCHS

SEEDS = range(5)
TIMED = 300  # images, one at a time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()
    models = {
        f"seed {seed}": member(options.folder, seed, options.epochs) for seed in options.seeds
    }
    models[f"ensemble of these {len(models)}"] = digitrec.ensemble([*models.values()])
    columns = ["network", "parameters", "file", "time an image"]
    columns += ["MNIST test, one view", "MNIST test, `predict_digit`"]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for name, model in models.items():
        print(f"| {name} | {' | '.join(measured(model))} |", flush=True)


def member(folder: Path, seed: int, epochs: int) -> keras.Model:
    """A network trained by our recipe, from its file if there is one."""
    path = folder / f"{epochs}_epochs_seed_{seed}.keras"
    if not path.exists():
        images, labels = digitrec.load_mnist()[0]
        model = digitrec.build_model(seed=seed)
        digitrec.train(model, images, labels, epochs=epochs, augment=True, seed=seed)
        digitrec.save_model(model, path)
    return digitrec.load_model(path)


def measured(model: keras.Model) -> list[str]:
    _, (images, labels) = digitrec.load_mnist()
    one_view = digitrec.evaluate(model, images, labels).accuracy
    lite = to_lite(model)
    three_views = (classify(digitrec.scale(images), lite).argmax(axis=1) == labels).mean()
    return [
        f"{model.count_params():,}",
        f"{len(lite.content) / 1e6:.2f} MB",
        f"{milliseconds(lite):.2f} ms",
        f"{one_view:.2%}",
        f"{three_views:.2%}",
    ]


def milliseconds(lite: LiteModel) -> float:
    """How long an image in memory takes, as the median."""
    _, (images, _) = digitrec.load_mnist()
    times = []
    for image in digitrec.scale(images[:TIMED]):
        start = time.perf_counter()
        classify(image[None], lite)
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


if __name__ == "__main__":
    main()
