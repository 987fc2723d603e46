"""How well it reads another script after a few examples: `python -m benchmarks.adapt DATA`.

DATA is a folder as `digitrec.load_labelled_folder` takes it, or a `.npz` file with `images`,
(n, height, width), uint8, bright ink on black, and `labels`, (n,), 0 to 9. Of each digit 10, and
then 50, are drawn at random; the shipped network is adapted to them, and tested on all others.
Prints the mean and the spread over five draws, for one view of a digit, as `model.predict` takes
it, and for the three of `predict_digit`. Takes ten minutes on two cores.
"""

import argparse
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

import digitrec
from benchmarks.doubt import clothes, letters, refused, scribbles
from digitrec.model.storage import to_lite
from digitrec.preprocess.normalize import normalize
from digitrec.recognize.classify import ACCEPTED, classify

COUNTS = (10, 50)  # pictures of each digit that are learned from
DRAWS = 5
KINDS = {"letters": letters, "scribbles": scribbles, "clothes": clothes}


class Result(NamedTuple):
    """Of one draw; all but the times in percent."""

    one_view: float
    three_views: float
    calibration_error: float
    accepted: float
    correct: float  # of those accepted
    seconds: float
    processor: float  # seconds of one processor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    arguments = parser.parse_args()
    samples = load(arguments.data)
    heads = "one view | `predict_digit` | calibration error | accepted | of these correct"
    print(f"| of each digit | {heads} | time | processor time |\n|{8 * '---|'}", flush=True)
    for count in arguments.counts:
        results = [try_draw(samples, count, seed) for seed in range(arguments.draws)]
        *shares, seconds, processor = zip(*results, strict=True)
        cells = [f"{np.mean(each):.1f} ± {np.std(each):.1f} %" for each in shares]
        cells += [f"{np.mean(each):.0f} s" for each in (seconds, processor)]
        print(f"| {count} | {' | '.join(cells)} |", flush=True)
    print_doubt(samples, arguments.counts[0])


def load(path: Path) -> digitrec.Samples:
    if path.is_dir():
        return digitrec.load_labelled_folder(path)
    with np.load(path) as archive:
        images, labels = archive["images"], archive["labels"]
    normalized = [np.rint(normalize(image) * 255).astype(np.uint8) for image in images]
    return digitrec.Samples(np.stack(normalized), labels)


def draw(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Which are learned from: so many of each digit; shape (n,), bool."""
    rng = np.random.default_rng(seed)
    drawn = np.zeros(len(labels), bool)
    for digit in np.unique(labels):
        drawn[rng.permutation(np.flatnonzero(labels == digit))[:count]] = True
    return drawn


def try_draw(samples: digitrec.Samples, count: int, seed: int) -> Result:
    drawn = draw(samples.labels, count, seed)
    start, processor = time.perf_counter(), time.process_time()
    model = digitrec.adapt(
        digitrec.load_model(), samples.images[drawn], samples.labels[drawn], seed=seed
    )
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    images, labels = samples.images[~drawn], samples.labels[~drawn]
    one = digitrec.evaluate(model, images, labels).accuracy
    probabilities = classify(digitrec.scale(images), to_lite(model))
    correct = probabilities.argmax(axis=1) == labels
    sure = probabilities.max(axis=1) >= ACCEPTED
    error = digitrec.reliability(probabilities, labels).error
    shares = [one, correct.mean(), error, sure.mean(), correct[sure].mean()]
    return Result(*(100 * share for share in shares), seconds, processor)


def print_doubt(samples: digitrec.Samples, count: int) -> None:
    drawn = draw(samples.labels, count, 0)
    model = digitrec.adapt(digitrec.load_model(), *(each[drawn] for each in samples))
    lite = to_lite(model)
    print(f"\n| pictures that are not digits, {count} of each digit | refused |\n|---|---|")
    for name, draw_kind in KINDS.items():
        print(f"| {name} | {refused(draw_kind(), lite):.1f} % |")


if __name__ == "__main__":
    main()
