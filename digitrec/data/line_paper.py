"""Put a line of digits on paper that is not blank, and find its ink as in a picture.

Forms and cheques have printed patterns, rules and frames; scans have grain and specks. NumPy and
OpenCV only.
"""

import cv2
import numpy as np

from digitrec.data.manner import Manner
from digitrec.preprocess.digit_line import LINE_HEIGHT

# Shares of the lines; chosen, like all numbers here, by looking at the lines:
RULED = 0.3  # with a rule above or below
FRAMED = 0.08  # with an upright line at one end
CRUMBED = 0.2  # with ends of strokes of the lines above and below
SPECKED = 0.25  # with specks
NOISY = 0.6  # with noise

FAINT = 90  # ink, of 255, below which a pixel does not count as the digits'


def as_found(
    ink: np.ndarray, height: float, manner: Manner, rng: np.random.Generator
) -> np.ndarray:
    """Reduce a line, on paper of some kind, and stretch its ink as `find_ink` would.

    Args:
        ink: Shape (any, width), uint8: 0 is paper, 255 is full ink.
        height: Of the digits, pixels.
        manner: How it is drawn.
        rng: Source of the variation.

    Returns:
        Shape (LINE_HEIGHT, width reduced as much), uint8.
    """
    rules = _rules(ink.shape, height, rng).astype(np.float32) * rng.uniform(0.5, 1)
    written = ink.astype(np.float32)
    if rng.random() < manner.dry:
        written *= _smooth(rng.uniform(0.35, 1, (4, max(2, ink.shape[1] // 20 + 2))), ink.shape)
    whole = np.maximum(
        np.maximum(written * rng.uniform(0.6, 1), _printed(ink.shape, manner, rng)), rules
    )
    whole = cv2.GaussianBlur(whole, (0, 0), rng.uniform(0.2, 1.6))
    size = (max(4, round(ink.shape[1] * LINE_HEIGHT / len(ink))), LINE_HEIGHT)
    whole = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    if rng.random() < NOISY:
        whole += rng.normal(0, rng.uniform(0, 18), whole.shape)
    of_digits = whole[cv2.resize(written, size, interpolation=cv2.INTER_AREA) > FAINT]
    low = rng.uniform(0, 60)
    high = np.quantile(of_digits, rng.uniform(0.3, 0.8)) if of_digits.size else 255
    return np.clip((whole - low) * 255 / max(high - low, 30), 0, 255).astype(np.uint8)


def _printed(shape: tuple[int, int], manner: Manner, rng: np.random.Generator) -> np.ndarray:
    """What is printed on the paper, float32: waves, grain or nothing."""
    kind = rng.random()
    if kind < manner.patterned:
        waves = [_waves(shape, rng) for _ in range(int(rng.integers(1, 3)))]
        pattern = np.maximum(waves[0], waves[-1]) * rng.uniform(40, 150)
        if rng.random() < 0.5:
            pattern *= _smooth(rng.uniform(0, 1, (3, 5)), shape)
        if rng.random() < 0.5:  # printed with gaps
            pattern *= rng.random(shape) < rng.uniform(0.3, 0.9)
        return pattern
    if kind < manner.patterned + manner.grainy:
        grain = (rng.random(shape) < rng.uniform(0.01, 0.15)).astype(np.float32)
        return cv2.GaussianBlur(grain * rng.uniform(80, 400), (0, 0), rng.uniform(0.5, 1.2))
    return np.zeros(shape, np.float32)


def _waves(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Wavy lines side by side: float32 in [0, 1]."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    angle = rng.uniform(-1.5, 1.5) if rng.random() < 1 / 3 else 0
    along, across = x * np.cos(angle) - y * np.sin(angle), y * np.cos(angle) + x * np.sin(angle)
    across += rng.uniform(0, 4) * np.sin(along * 2 * np.pi / rng.uniform(20, 120))
    white = rng.uniform(0.2, 0.85)
    return np.clip((np.cos(across * 2 * np.pi / rng.uniform(5, 14)) - white) / (1 - white), 0, 1)


def _rules(shape: tuple[int, int], height: float, rng: np.random.Generator) -> np.ndarray:
    """Lines and dirt that are as dark as ink, uint8."""
    tall, wide = shape
    rules: np.ndarray = np.zeros(shape, np.uint8)
    if rng.random() < RULED:
        for _ in range(int(rng.integers(1, 3))):
            lowest = rng.choice([(0.75, 1), (0, 0.2), (0, 1)], p=[0.6, 0.3, 0.1])
            y = tall * rng.uniform(*lowest)
            _stroke(rules, (0, y), (wide, y + rng.normal(0, 0.02) * wide), rng, 4)
    if rng.random() < FRAMED:
        x = wide * (rng.uniform(0, 0.05) if rng.random() < 0.5 else rng.uniform(0.95, 1))
        _stroke(rules, (x, 0), (x + rng.normal(0, 2), tall), rng, 4)
    if rng.random() < CRUMBED:
        for _ in range(int(rng.integers(1, 4))):
            edge, x = rng.choice([0, tall - 1]), rng.uniform(0, wide)
            inwards = height * rng.uniform(0, 0.15) * (1 if edge == 0 else -1)
            end = (x + rng.normal(0, 0.25) * height, edge + inwards)
            _stroke(rules, (x, edge), end, rng, 7)
    if rng.random() < SPECKED:
        for x, y in rng.uniform(0, (wide, tall), (int(rng.integers(1, 8)), 2)):
            cv2.circle(rules, (int(x), int(y)), int(rng.integers(1, 3)), _dark(rng), -1)
    return rules


def _stroke(
    rules: np.ndarray,
    start: tuple[float, float],
    end: tuple[float, float],
    rng: np.random.Generator,
    widest: int,
) -> None:
    first, last = [(int(x), int(y)) for x, y in (start, end)]
    cv2.line(rules, first, last, _dark(rng), int(rng.integers(1, widest)), cv2.LINE_AA)


def _dark(rng: np.random.Generator) -> int:
    return int(rng.uniform(80, 255))


def _smooth(coarse: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return cv2.resize(coarse.astype(np.float32), shape[::-1], interpolation=cv2.INTER_LINEAR)
