"""What all MNIST digits have in common: `python -m benchmarks.mnist_facts`.

Measures the constants of `digitrec.preprocess.normalize` on the 60,000 training digits: the box
that a digit fits, where its centre of mass lies, and how wide its strokes are. Takes about half
a minute.
"""

import cv2
import numpy as np

import digitrec
from digitrec.preprocess.ink import depth, stroke_width

ENLARGED = 8  # times, so that the width of thin strokes can be measured


def longer_side(image: np.ndarray) -> int:
    return max(cv2.boundingRect(image)[2:])


def centre_of_mass(image: np.ndarray) -> tuple[float, float]:
    moments = cv2.moments(image)
    return moments["m01"] / moments["m00"], moments["m10"] / moments["m00"]


def width_of_strokes(image: np.ndarray) -> float:
    large = cv2.resize(image, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    return stroke_width(depth(large > 127)) / ENLARGED


def main() -> None:
    (images, _), _ = digitrec.load_mnist()
    sides = np.array([longer_side(image) for image in images])
    centres = np.array([centre_of_mass(image) for image in images])
    widths = np.array([width_of_strokes(image) for image in images])
    low, median, high = np.percentile(widths, [5, 50, 95])
    print("| MNIST's training digits | pixels |")
    print("|---|---|")
    print(f"| longer side, of {np.mean(sides == 20):.2%} of them | 20 |")
    for name, values in zip(("row", "column"), centres.T, strict=True):
        far = np.abs(values - values.mean()).max()
        print(f"| centre of mass, {name}: mean | {values.mean():.2f} |")
        print(f"| centre of mass, {name}: farthest from the mean | {far:.2f} |")
    print(
        f"| width of the strokes: 5th percentile, median, 95th percentile "
        f"| {low:.2f}, {median:.2f}, {high:.2f} |"
    )


if __name__ == "__main__":
    main()
