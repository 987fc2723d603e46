"""Make the pictures of this folder: `python -m test_images.make`.

They are MNIST test digits, which no network here was trained on, enlarged and put into
the situations that people photograph and draw digits in; only the cheque is written with a pen
of its own. Each is named by its truth.
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.compose import Digits, strokes, tint, wooden_desk
from benchmarks.page_kinds import on_desk
from benchmarks.pages import pages
from digitrec import load_mnist
from digitrec.data.drawn_digits import SHAPES, parse_strokes, vary

FOLDER = Path(__file__).parent
SIDE = 280  # of a picture, pixels
SCALE = 9  # enlargement of a 28x28 digit

# An amount: its digits, and the room behind each as a share of its height; the zeros touch.
AMOUNT = ((1, 0.2), (2, 0.4), (5, 0.2), (0, 0.055), (0, 0.2))
PEN = 5  # width, pixels
BLUE = (30, 45, 120)
WHITE = (238, 240, 228)
PRINT = (90, 130, 110)

# Chosen so that the digits are legible, the zeros touch, and the paper has two lines.
CHEQUE_SEED = 9
DESK_SEED = 12

# Kinds of `benchmarks.pages` of which the first page is here, read correctly or not.
HARD = {
    "stamped": "stamped",
    "circled": "circled by hand",
    "shadow": "shadow of a hand",
    "tablecloth": "paper on a checked tablecloth",
    "blackboard": "chalk on a blackboard",
    "pencil": "pale pencil, crumbs",
}

ROTATED = 6  # EXIF orientation: the camera was turned, show it a quarter turn clockwise


def main() -> None:
    _, (images, labels) = load_mnist()
    digits = {label: images[labels == label][3] for label in range(10)}
    others = {label: images[labels == label][11] for label in range(10)}
    for label, digit in digits.items():
        page = place(digit, left=6 * label - 20, top=25 - 5 * label)
        save(255 - page, f"digit_{label}.png")

    save(photograph(others[5]), "photo_5.jpg", quality=85)
    save(25 + (place(others[3]) * 0.8).astype(np.uint8), "dark_3.png")
    save(in_one_colour(place(others[4])), "transparent_4.png")
    exif = Image.Exif()
    exif[0x0112] = ROTATED
    turned = np.rot90(photograph(others[2]))
    save(turned, "rotated_2.jpg", quality=85, exif=exif)
    save(255 - np.hstack([place(others[label]) for label in (3, 1, 4, 1, 5)]), "several_31415.png")
    lines = [[digits[int(digit)] for digit in number] for number in ("2048", "1795")]
    save(ruled_note(lines), "ruled_2048-1795.jpg", quality=85)
    save(cheque(np.random.default_rng(CHEQUE_SEED)), "cheque_12500.png")
    desk, text = paper_on_desk(np.random.default_rng(DESK_SEED))
    save(desk, f"desk_{'-'.join(text.split())}.jpg", quality=75)
    for name, kind in HARD.items():
        ((photo, text),) = pages(kind, 1)
        (FOLDER / f"hard_{name}_{'-'.join(text.split())}.jpg").write_bytes(photo)


def place(digit: np.ndarray, left: int = 0, top: int = 0) -> np.ndarray:
    """Enlarge a digit smoothly and put it on an empty page, moved from its middle; ink is 255."""
    large = cv2.resize(digit, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC)
    large = cv2.GaussianBlur(large, (0, 0), SCALE / 3)
    large = np.clip((large.astype(int) - 90) * 4, 0, 255).astype(np.uint8)
    margin = (SIDE - len(large)) // 2
    page = np.zeros((SIDE, SIDE), np.uint8)
    page[margin : SIDE - margin, margin : SIDE - margin] = large
    return np.roll(page, (top, left), axis=(0, 1))


def photograph(digit: np.ndarray) -> np.ndarray:
    """Blue ink on yellowish paper, in light that falls off to a corner, with the camera's noise."""
    ink = cv2.GaussianBlur(place(digit), (0, 0), 1.5)[..., np.newaxis] / 255
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    light = (1 - 0.55 * (x**2 + y**2) / 2)[..., np.newaxis]
    colour = (1 - ink) * [236, 226, 196] + ink * [52, 64, 120]
    noise = np.random.default_rng(0).normal(0, 4, colour.shape)
    return np.clip(colour * light + noise, 0, 255).astype(np.uint8)


def ruled_note(lines: list[list[np.ndarray]]) -> np.ndarray:
    """Lines of digits that slope down a ruled page, photographed under the shadow of a hand."""
    height, width, pitch = 640, 1000, 64
    ink = np.zeros((height, width), np.float32)
    for number, line in enumerate(lines):
        for place_in_line, digit in enumerate(line):
            large = cv2.resize(place(digit), (160, 160), interpolation=cv2.INTER_AREA)
            top = 90 + 250 * number + 8 * place_in_line
            left = 120 + 190 * place_in_line + 30 * number
            part = ink[top : top + 160, left : left + 160]
            np.maximum(part, cv2.GaussianBlur(large, (0, 0), 1) / 255, out=part)
    colour = np.full((height, width, 3), (232, 226, 210), np.float32)
    colour[pitch // 2 :: pitch] = colour[pitch // 2 + 1 :: pitch] = (120, 150, 200)
    colour = (1 - ink[..., np.newaxis]) * colour + ink[..., np.newaxis] * (50, 50, 70)
    shadow = np.ones((height, width), np.float32)
    cv2.fillPoly(shadow, [np.array([(0, 640), (0, 260), (420, 180), (760, 640)])], 0.5)
    light = cv2.GaussianBlur(shadow, (0, 0), 12) * np.linspace(1, 0.75, width)
    noise = np.random.default_rng(0).normal(0, 5, colour.shape)
    return np.clip(colour * light[..., np.newaxis] + noise, 0, 255).astype(np.uint8)


def cheque(rng: np.random.Generator) -> np.ndarray:
    """An amount, written with one thin pen on printed waves above a rule, and scanned."""
    size, foot = (170, 620), 120
    y, x = np.mgrid[: size[0], : size[1]]
    waves = np.clip(2 * np.cos((y + 4 * np.sin(x / 13)) * 0.5) - 1.3, 0, 0.5)
    rule = strokes(size, [np.array([(20, foot + 22), (600, foot + 20)])], 2)
    written = strokes(size, amount(rng, 80, 50, foot), PEN)
    page = np.full((*size, 3), WHITE, np.float32)
    printed = tint(page, np.maximum(waves, rule), PRINT)
    return tint(printed, written, BLUE).astype(np.uint8)


def amount(rng: np.random.Generator, tall: int, left: float, foot: int) -> list[np.ndarray]:
    """The strokes of 12.500,- from `left` on, as points x, y; the digits are `tall` pixels high."""
    lines: list[np.ndarray] = []
    for digit, gap in AMOUNT:
        shape = [tall * line for line in vary(parse_strokes(SHAPES[digit][0]), rng)]
        start = np.min([line.min(axis=0) for line in shape], axis=0)
        lines += [line - start + (left, foot - tall) for line in shape]
        right = max(line[:, 0].max() for line in lines)
        if digit == 2:
            lines.append(np.array([(right + 14, foot), (right + 15, foot + 1)]))
        left = right + gap * tall
    comma = np.array([(left, foot - 4), (left - 8, foot + 14)])
    dash = np.array([(left + 18, foot - 36), (left + 70, foot - 40)])
    return [*lines, comma, dash]


def paper_on_desk(rng: np.random.Generator) -> tuple[np.ndarray, str]:
    """A sheet with two lines of digits on a wooden desk, on which it throws a soft shadow."""
    _, (images, labels) = load_mnist()
    colour, text = on_desk(wooden_desk, shadow=0.015)(rng, Digits(images, labels))
    return np.clip(colour, 0, 255).astype(np.uint8), text


def in_one_colour(ink: np.ndarray) -> np.ndarray:
    """Black everywhere; only the transparency tells ink from nothing."""
    return np.dstack([np.zeros((*ink.shape, 3), np.uint8), ink])


def save(pixels: np.ndarray, name: str, **options) -> None:
    Image.fromarray(pixels).save(FOLDER / name, optimize=True, **options)


if __name__ == "__main__":
    main()
