"""How long a picture takes before the network sees it: `python -m benchmarks.pictures`.

Medians for a 280x280 drawing and a 12-megapixel photo, both made from MNIST test digits, without
the call of the network. For the photo also what Pillow needs to decode it, which has to come
first in any case.
"""

import io
import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

import digitrec
from digitrec.preprocess.normalize import normalize
from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.segment import find_digit, find_lines

REPEATS = 30


def drawing(digit: np.ndarray) -> np.ndarray:
    return 255 - cv2.resize(digit, (280, 280), interpolation=cv2.INTER_CUBIC)


def photo(digits: np.ndarray) -> bytes:
    """Two rows of digits, 200 pixels high, on grey paper that is darker on one side."""
    light = np.linspace(1, 0.6, 4000) * np.ones((3000, 1))
    ink = np.zeros((3000, 4000))
    for number, digit in enumerate(digits):
        top, left = 800 + 900 * (number // 5), 500 + 650 * (number % 5)
        ink[top : top + 280, left : left + 280] = cv2.resize(digit, (280, 280)) / 255
    noise = np.random.default_rng(0).normal(0, 3, ink.shape)
    grey = np.clip(210 * light * (1 - 0.7 * ink) + noise, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(grey).convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()


def milliseconds(call: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds)


def decode(file: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB"))


def main() -> None:
    _, (images, labels) = digitrec.load_mnist()
    digits = np.stack([images[labels == digit][0] for digit in range(10)])
    pad, page = drawing(digits[3]), photo(digits)
    prepared = milliseconds(lambda: normalize(find_digit(open_picture(pad)).ink))
    decoded = milliseconds(lambda: decode(page))
    found = milliseconds(
        lambda: [
            normalize(digit.ink) for line in find_lines(open_picture(page)) for digit in line.digits
        ]
    )
    print("| picture | milliseconds |")
    print("|---|---|")
    print(f"| drawing, 280 × 280 | {prepared:.2f} |")
    print(f"| photo, 12 megapixels, decoded by Pillow alone | {decoded:.0f} |")
    print(f"| the same, until its {len(digits)} digits are found | {found:.0f} |")


if __name__ == "__main__":
    main()
