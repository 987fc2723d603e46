"""What people write between and behind the digits of a number: points, dashes, "=", "#", "%"."""

import cv2
import numpy as np

Corner = tuple[float, float]  # x and y where the digit before ends, at the foot of the line


def draw_separator(
    page: np.ndarray, corner: Corner, height: float, pen: int, rng: np.random.Generator
) -> float:
    """Draw a point, a comma or a dash onto a page, as between thousands.

    Args:
        page: Shape (height, width), uint8; it is drawn on.
        corner: Where the digit before ends, at its foot, pixels.
        height: Of the digits, pixels.
        pen: Width of the strokes, pixels.
        rng: Source of the variation.

    Returns:
        Where the next digit can begin, pixels from the left.
    """
    x = corner[0] + height * rng.uniform(0.02, 0.2)
    y = corner[1] - height * rng.uniform(-0.05, 0.15)
    kind, width = rng.random(), float(pen)
    if kind < 0.55:
        _dot(page, x, y, pen * rng.uniform(0.5, 0.9))
    elif kind < 0.9:
        _stroke(
            page,
            (x, y),
            (x - height * rng.uniform(0, 0.15), y + height * rng.uniform(0.08, 0.25)),
            pen,
        )
    else:
        width = height * rng.uniform(0.1, 0.3)
        _stroke(page, (x, y), (x + width, y + rng.normal(0, 2)), pen)
    return x + width + height * rng.uniform(-0.05, 0.2)


def draw_ending(
    page: np.ndarray, corner: Corner, height: float, pen: int, rng: np.random.Generator
) -> float:
    """Draw what ends a number onto a page: a point, ".-", "=", "#" or "%".

    Args:
        page, corner, height, pen, rng: As for `draw_separator`.

    Returns:
        Where it ends, pixels from the left.
    """
    x, foot = corner[0] + height * rng.uniform(0.08, 0.5), corner[1]
    width, y = height * rng.uniform(0.2, 0.9), foot - height * rng.uniform(0.1, 0.6)
    kind = rng.random()
    if kind < 0.6:
        if rng.random() < 0.45:
            _dot(page, x, foot - pen, 0.7 * pen)
            x += height * rng.uniform(0.1, 0.3)
        strokes = (0.0,) if kind < 0.35 else (0.0, height * rng.uniform(0.12, 0.25))
        for lower in strokes:
            end = (x + width, y + lower + height * rng.normal(0, 0.07))
            _stroke(page, (x, y + lower), end, pen)
        return x + width
    if kind < 0.85:
        if rng.random() < 0.6:
            _dot(page, x, foot - pen, pen * rng.uniform(0.5, 0.9))
        else:
            _stroke(page, (x, foot - pen), (x - 0.1 * height, foot + 0.15 * height), pen)
        return x + pen
    (_percent_sign if kind < 0.9 else _hash)(page, x, foot, height, pen)
    return x + 0.7 * height


def _percent_sign(page: np.ndarray, x: float, foot: float, height: float, pen: int) -> None:
    _stroke(page, (x + 0.63 * height, foot - 0.95 * height), (x + 0.07 * height, foot), pen)
    for across, up in ((0.1, 0.75), (0.6, 0.2)):
        centre = (int(x + across * height), int(foot - up * height))
        cv2.circle(page, centre, int(0.13 * height) + 1, 255, pen, cv2.LINE_AA)


def _hash(page: np.ndarray, x: float, foot: float, height: float, pen: int) -> None:
    for up in (0.35, 0.65):
        y = foot - up * height
        _stroke(page, (x, y), (x + 0.7 * height, y), pen)
    for across in (0.21, 0.42):
        foot_x = x + across * height
        top = (foot_x + 0.12 * height, foot - 0.95 * height)
        _stroke(page, top, (foot_x, foot - 0.05 * height), pen)


def _dot(page: np.ndarray, x: float, y: float, radius: float) -> None:
    cv2.circle(page, (int(x), int(y)), max(1, int(radius)), 255, -1, cv2.LINE_AA)


def _stroke(page: np.ndarray, start: Corner, end: Corner, pen: int) -> None:
    first, last = [(int(x), int(y)) for x, y in (start, end)]
    cv2.line(page, first, last, 255, pen, cv2.LINE_AA)
