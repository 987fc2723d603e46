"""How well digitrec reads your own pictures: `python -m benchmarks.handwriting FOLDER`.

The folder holds pictures and `labels.csv` with the columns `file` and `label`; in a label, `|`
ends a line of digits. Instead of a folder it may be a `.jsonl` file of digits drawn with a pen,
which are drawn again on a wide pad: a line is {"label": "407", "strokes": [[[x, y], ...], ...]},
y down. Prints how many are read correctly, how far confidences are from the truth, and how many
of the wrong readings were in doubt. README.md has the numbers of real handwriting.
"""

import argparse
import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

import digitrec
from digitrec.widgets.sketch import Sketch

PAD_SHARE = 0.84  # of the wide pad's width or height that a number is drawn on


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    print("| pictures | read correctly | correct ones accepted | wrong ones in doubt |")
    print("|---|---|---|---|")
    if folder.suffix == ".jsonl":
        print_read("digits drawn with a pen", draw_numbers(folder))
        return
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        upright = [row for row in csv.DictReader(file) if "turned" not in row.get("note", "")]
    labels = {folder / row["file"]: row["label"] for row in upright}
    single = {path: label for path, label in labels.items() if len(label) == 1}
    several = {path: label for path, label in labels.items() if len(label) > 1}
    for name, pictures in (("one digit", single), ("several digits", several)):
        if pictures:
            print_read(name, ((digitrec.read_digits(path), pictures[path]) for path in pictures))
    if single:
        print_doubt(single)


def print_read(name: str, readings: Iterable[tuple[digitrec.Reading | None, str]]) -> None:
    correct, accepted = [], []
    for reading, label in readings:
        correct.append(reading is not None and reading.text.split() == label.split("|"))
        accepted.append(reading is not None and reading.accepted)
    right, sure = np.array(correct), np.array(accepted)
    shares = [share(right), share(sure[right]), share(~sure[~right])]
    print(f"| {len(right)} of {name}, `read_digits` |", " | ".join(shares), "|")


def share(which: np.ndarray) -> str:
    return f"{which.mean():.1%}" if which.size else "none"


def draw_numbers(path: Path) -> Iterator[tuple[digitrec.Reading | None, str]]:
    pad = digitrec.DrawingCanvas(wide=True)
    for line in path.read_text(encoding="utf-8").splitlines():
        number = json.loads(line)
        draw(pad.sketch, [np.array(stroke, float) for stroke in number["strokes"]])
        pad.predict()
        yield pad.reading, str(number["label"])


def draw(sketch: Sketch, strokes: list[np.ndarray]) -> None:
    """Draw strokes as large as the paper allows, in its middle."""
    points = np.concatenate(strokes)
    size, paper = np.ptp(points, axis=0), np.array([sketch.width, sketch.height])
    scale = (PAD_SHARE * (paper - sketch.pen) / np.maximum(size, 1e-6)).min()
    middle = points.min(axis=0) + size / 2
    sketch.clear()
    for stroke in strokes:
        first, *rest = ((stroke - middle) * scale + paper / 2).tolist()
        sketch.press(*first)
        for point in rest:
            sketch.move(*point)
        sketch.release()


def print_doubt(labels: dict[Path, str]) -> None:
    predictions = [digitrec.predict_digit(path) for path in labels]
    truth = np.array(list(labels.values()), int)
    correct = np.array([prediction.digit for prediction in predictions]) == truth
    accepted = np.array([prediction.accepted for prediction in predictions])
    probabilities = np.stack([prediction.probabilities for prediction in predictions])
    error = digitrec.reliability(probabilities, truth).error
    doubt = f"{share(accepted[correct])} | {share(~accepted[~correct])}"
    print(f"| {len(labels)} of one digit, `predict_digit` | {share(correct)} | {doubt} |")
    print(f"\n{share(accepted)} accepted, {share(correct[accepted])} of these correct")
    print(f"{(~correct).sum()} misread, {(~accepted[~correct]).sum()} of them in doubt")
    print(f"expected calibration error {error:.1%}")


if __name__ == "__main__":
    main()
