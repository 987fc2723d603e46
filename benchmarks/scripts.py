"""How well the shipped networks of other scripts read: `python -m benchmarks.scripts`.

Shows each of them 5,000 digits that other hands drew (another seed than that of training, which is
not handwriting: people differ more), as pictures that `predict_digit` reads; and pictures that are
no digits, as `benchmarks.doubt` does, but for letters that look like a digit of the script.
Takes about two minutes.
"""

import string
from collections.abc import Iterator

import cv2
import numpy as np

import digitrec
from benchmarks import doubt
from digitrec.data.scripts import SCRIPTS, draw_script
from digitrec.data.unseen import draw_glyphs
from digitrec.model.inputs import Model
from digitrec.recognize.shipped import shipped_script_model

COUNT = 5_000
SEED = 2
MARGIN = 30  # paper around a drawing, pixels
ENLARGED = 5  # times

LIKE_DIGITS = {
    "arabic": "OoQDIliVvYyEerLJjqgUuTt7",
    "chinese": "OoQDIlietTzZN",
    "devanagari": "OoQDIlicCLlyYuUqgEeaxXSs",
}


def pictures(images: np.ndarray) -> Iterator[np.ndarray]:
    for image in images:
        large = cv2.resize(image, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
        yield 255 - cv2.copyMakeBorder(large, *4 * (MARGIN,), cv2.BORDER_CONSTANT)


def read(shown: Iterator[np.ndarray], model: Model) -> tuple[np.ndarray, np.ndarray]:
    """The digits, and which are not in doubt; -1, in doubt, where there is none."""
    digits, accepted = [], []
    for picture in shown:
        try:
            prediction = digitrec.predict_digit(picture, model)
        except digitrec.PictureError:
            digits.append(-1)
            accepted.append(False)
        else:
            digits.append(prediction.digit)
            accepted.append(prediction.accepted)
    return np.array(digits), np.array(accepted)


def main() -> None:
    print("| script | correct | correct of those not in doubt | in doubt |", end="")
    print(" letters refused | scribbles refused | clothes refused |")
    print("|---|---|---|---|---|---|---|")
    for script in SCRIPTS:
        model = shipped_script_model(script)
        images, labels = draw_script(COUNT, SEED, script)
        digits, accepted = read(pictures(images), model)
        correct = digits == labels
        letters = "".join(sorted(set(string.ascii_letters) - set(LIKE_DIGITS[script])))
        kinds = pictures(draw_glyphs(500, SEED, letters)), doubt.scribbles(), doubt.clothes()
        refused = [f"{1 - read(kind, model)[1].mean():.1%}" for kind in kinds]
        print(
            f"| {script} | {correct.mean():.1%} | {correct[accepted].mean():.1%} | "
            f"{1 - accepted.mean():.1%} | {' | '.join(refused)} |"
        )


if __name__ == "__main__":
    main()
