"""How well digitrec reads your own pictures: `python -m benchmarks.handwriting FOLDER`.

The folder holds pictures and `labels.csv` with the columns `file` and `label`; in a label, `|`
ends a line of digits. Prints how many are read correctly, how far confidences are from the
truth, and how many of the wrong predictions were in doubt. README.md has the numbers of 298
pictures.
"""

import argparse
import csv
from pathlib import Path

import numpy as np

import digitrec


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        upright = [row for row in csv.DictReader(file) if "turned" not in row.get("note", "")]
    labels = {folder / row["file"]: row["label"] for row in upright}
    single = {path: label for path, label in labels.items() if len(label) == 1}
    several = {path: label for path, label in labels.items() if len(label) > 1}

    print("| pictures | read correctly |")
    print("|---|---|")
    for name, pictures in (("one digit", single), ("several digits", several)):
        if pictures:
            print(f"| {len(pictures)} of {name}, `read_digits` | {share_read(pictures):.1%} |")
    if single:
        print_doubt(single)


def share_read(labels: dict[Path, str]) -> float:
    return np.mean(
        [
            digitrec.read_digits(path).text.split() == label.split("|")
            for path, label in labels.items()
        ]
    )


def print_doubt(labels: dict[Path, str]) -> None:
    predictions = [digitrec.predict_digit(path) for path in labels]
    truth = np.array(list(labels.values()), int)
    correct = np.array([prediction.digit for prediction in predictions]) == truth
    accepted = np.array([prediction.accepted for prediction in predictions])
    probabilities = np.stack([prediction.probabilities for prediction in predictions])
    error = digitrec.reliability(probabilities, truth).error
    print(f"| {len(labels)} of one digit, `predict_digit` | {correct.mean():.1%} |")
    print(f"\n{accepted.mean():.1%} accepted, {correct[accepted].mean():.1%} of these correct")
    print(f"{(~correct).sum()} misread, {(~accepted[~correct]).sum()} of them in doubt")
    print(f"expected calibration error {error:.1%}")


if __name__ == "__main__":
    main()
