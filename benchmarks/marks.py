"""What is printed or drawn beside the digits of a page: rules, frames, circles, stamps.

Each mark but `frame` gives its ink, shape (height, width), float32 in [0, 1], and the colour of
that, None being that of the digits.
"""

import numpy as np

from benchmarks.compose import Writing, smooth_noise, strokes

Random = np.random.Generator
Mark = tuple[np.ndarray, tuple[int, int, int] | None]


def rules(rng: Random, writing: Writing) -> Mark:
    height, width = writing.ink.shape
    pitch, slope = rng.uniform(0.05, 0.11) * height, rng.uniform(-0.02, 0.02)
    tops = np.arange(rng.uniform(0, pitch), height, pitch)
    lines = [np.array([(0, top), (width, top + slope * width)]) for top in tops]
    return 0.6 * strokes((height, width), lines, max(height, width) / 500), (110, 140, 190)


def squares(rng: Random, writing: Writing) -> Mark:
    height, width = writing.ink.shape
    pitch, slope = rng.uniform(0.035, 0.07) * width, rng.uniform(-0.01, 0.01)
    lines = [
        np.array([(0, top), (width, top + slope * width)])
        for top in np.arange(rng.uniform(0, pitch), height, pitch)
    ] + [
        np.array([(left, 0), (left - slope * height, height)])
        for left in np.arange(rng.uniform(0, pitch), width, pitch)
    ]
    return 0.5 * strokes((height, width), lines, max(height, width) / 700), (130, 150, 180)


def circles(rng: Random, writing: Writing) -> Mark:
    """Around a digit or a whole line, by hand, with ends that overlap."""
    boxes = writing.boxes[rng.integers(len(writing.boxes))]
    circled = boxes if rng.random() < 0.5 else [boxes[rng.integers(len(boxes))]]
    left, right = min(box.left for box in circled), max(box.right for box in circled)
    top, bottom = min(box.top for box in circled), max(box.bottom for box in circled)
    tall = bottom - top
    turn = np.linspace(0, 2 * np.pi + 0.4, 80) + rng.uniform(0, 6)
    # Rounder than an ellipse, which would cut through the first and the last of many digits.
    circle = np.stack([np.cos(turn), np.sin(turn)], 1)
    circle = np.sign(circle) * np.abs(circle) ** 0.7
    reach = np.array([(right - left) / 2 + 0.28 * tall, 0.68 * tall])
    wobble = 1 + 0.03 * np.sin(2 * turn + rng.uniform(0, 6)) + np.linspace(0, 0.05, 80)
    around = circle * reach * wobble[:, None] + np.array([left + right, top + bottom]) / 2
    return strokes(writing.ink.shape, [around], 0.06 * tall), None


def underlines(rng: Random, writing: Writing) -> Mark:
    """Below the last line, by hand, up to 8 degrees aslant, sometimes close to the digits."""
    boxes = writing.boxes[-1]
    tall = boxes[0].height
    left, right = boxes[0].left - 0.3 * tall, boxes[-1].right + 0.3 * tall
    along = np.linspace(0, 1, 30)
    slope = np.tan(np.radians(rng.uniform(-8, 8)))
    below = max(box.bottom - slope * (box.left + box.right - 2 * left) / 2 for box in boxes)
    y = below + rng.uniform(0.08, 0.25) * tall + slope * (right - left) * along
    y += 0.03 * tall * np.sin(3 * along + rng.uniform(0, 6))
    line = np.stack([left + (right - left) * along, y], 1)
    return strokes(writing.ink.shape, [line], 0.07 * tall), None


def stamp(rng: Random, writing: Writing) -> Mark:
    """A pale ring over the page, with another in it and a bar across, printed unevenly."""
    height, width = writing.ink.shape
    centre = rng.uniform(0.25, 0.75, 2) * (width, height)
    turn = np.linspace(0, 2 * np.pi, 100)
    circle = np.stack([np.cos(turn), np.sin(turn)], 1)
    reach = rng.uniform(0.18, 0.3) * min(height, width)
    bar = centre + np.array([(-0.7, 0.1), (0.7, -0.1)]) * reach
    rings = [centre + reach * circle, centre + 0.75 * reach * circle, bar]
    patchy = np.clip(0.35 + 0.12 * smooth_noise(rng, (height, width), width / 60), 0.1, 0.6)
    pale = ((190, 50, 60), (60, 70, 170), (110, 60, 150))[rng.integers(3)]
    return patchy * strokes((height, width), rings, width / 150), pale


def frame(count: int, side: float, tall: float, comb: bool, corner: np.ndarray) -> list[np.ndarray]:
    high = 0.7 * tall if comb else 0
    lines = [np.array([(0, tall), (side * count, tall)])]
    lines += [np.array([(side * n, high), (side * n, tall)]) for n in range(count + 1)]
    lines += [] if comb else [np.array([(0, 0), (side * count, 0)])]
    return [line + corner for line in lines]
