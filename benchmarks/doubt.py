"""How well the shipped network knows what it does not know: `python -m benchmarks.doubt`.

Shows it pictures that are not digits, from other fonts, hands and programs than its training
data: the letters of Matplotlib's fonts, scribbles, silhouettes of clothes and pairs of digits
that touch. `predict_digit` reads each of them like any picture. Prints how many are refused, and
how many MNIST test digits are. Takes about half a minute.
"""

import string
from collections.abc import Iterator
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import digitrec
from digitrec.data.drawn_digits import parse_strokes
from digitrec.data.unseen import SHAPES
from digitrec.model.inputs import Model
from digitrec.recognize.classify import ACCEPTED, classify

SIDE = 280  # of a picture, pixels
COUNT = 500  # pictures of a kind
SEED = 0

LIKE_DIGITS = "OoIliSsZzBbgqD"
SYMBOLS = ("Siz", "NonUni", "cmex", "cmmi", "cmsy", "Display")  # fonts without plain letters

# Outlines of clothes, in hundredths of their size.
CLOTHES = [SHAPES[name] for name in ("shirt", "trousers", "dress", "shoe", "boot", "bag")]
CLOTHES += [
    "30,0 6,20 0,96 16,98 24,40 22,100 78,100 76,40 84,98 100,96 94,20 70,0 50,8",
    "0,80 6,30 14,66 50,56 66,42 80,60 100,76 98,86",
]


def letters() -> Iterator[np.ndarray]:
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    fonts = [
        path for path in sorted(folder.glob("*.ttf")) if not any(s in path.name for s in SYMBOLS)
    ]
    for path in fonts:
        font = ImageFont.truetype(str(path), SIDE // 2)
        for letter in sorted(set(string.ascii_letters) - set(LIKE_DIGITS)):
            picture = Image.new("L", (SIDE, SIDE), "white")
            ImageDraw.Draw(picture).text((SIDE / 2, SIDE / 2), letter, "black", font, anchor="mm")
            yield np.asarray(picture)


def scribbles() -> Iterator[np.ndarray]:
    """A pen moved to and fro: around, back, and never the same way."""
    rng = np.random.default_rng(SEED)
    for _ in range(COUNT):
        time = np.linspace(0, 1, 400)[:, np.newaxis]
        points = np.zeros((400, 2))
        for frequency in range(1, 9):
            phase, size = rng.uniform(0, 1, 2), rng.normal(0, 1, 2) / np.sqrt(frequency)
            points += size * np.sin(2 * np.pi * (frequency * time + phase))
        points = (points - points.min(0)) / np.ptp(points, axis=0).max()
        picture = np.full((SIDE, SIDE), 255, np.uint8)
        line = np.rint((points * 0.6 + 0.2) * SIDE).astype(np.int32)
        cv2.polylines(picture, [line], False, 0, int(rng.integers(4, 20)), cv2.LINE_AA)
        yield picture


def clothes() -> Iterator[np.ndarray]:
    """As in Fashion-MNIST: 28x28, bright and textured on black."""
    rng = np.random.default_rng(SEED)
    for number in range(COUNT):
        (outline,) = parse_strokes(CLOTHES[number % len(CLOTHES)])
        points = outline / 100
        points += rng.normal(0, 0.03, points.shape)
        points = np.rint((points * rng.uniform(18, 24, 2) + 2) * 16).astype(np.int32)
        picture = np.zeros((28, 28), np.uint8)
        cv2.fillPoly(picture, [points], 255, cv2.LINE_AA, 4)
        texture = cv2.GaussianBlur(rng.uniform(0, 1, (28, 28)), (0, 0), rng.uniform(0.5, 3))
        texture = (texture - texture.min()) / np.ptp(texture)
        yield (picture * (1 - rng.uniform(0, 0.6) * texture)).astype(np.uint8)


def pairs(images: np.ndarray) -> Iterator[np.ndarray]:
    """Two digits pushed together until they touch, as one piece of ink."""
    rng = np.random.default_rng(SEED)
    for left, right in images[rng.integers(0, len(images), (COUNT, 2))]:
        left, right = (image[:, image.any(axis=0)] for image in (left, right))
        for overlap in range(min(left.shape[1], right.shape[1])):
            start = left.shape[1] - overlap
            ink = np.zeros((28, start + right.shape[1]), np.uint8)
            ink[:, : left.shape[1]] = left
            ink[:, start:] = np.maximum(ink[:, start:], right)
            if cv2.connectedComponents((ink > 127).astype(np.uint8))[0] == 2:
                break
        ink = cv2.resize(np.pad(ink, 4), None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
        yield 255 - ink


def is_refused(picture: np.ndarray, model: Model | None) -> bool:
    try:
        return not digitrec.predict_digit(picture, model).accepted
    except digitrec.PictureError:
        return True


def refused(pictures: Iterator[np.ndarray], model: Model | None = None) -> float:
    return 100 * np.mean([is_refused(picture, model) for picture in pictures])


def main() -> None:
    _, (images, _) = digitrec.load_mnist()
    probabilities = np.concatenate(
        [classify(part) for part in np.array_split(digitrec.scale(images), 100)]
    )
    print(f"Accepted at a confidence of {ACCEPTED} or more\n")
    print("| pictures | refused |")
    print("|---|---|")
    kinds = {
        "letters": letters(),
        "scribbles": scribbles(),
        "clothes": clothes(),
        "two digits that touch": pairs(images),
    }
    doubted = probabilities.max(axis=1) < ACCEPTED
    print(f"| MNIST test digits | {100 * doubted.mean():.1f} % |")
    for name, pictures in kinds.items():
        print(f"| {name} | {refused(pictures):.1f} % |")


if __name__ == "__main__":
    main()
