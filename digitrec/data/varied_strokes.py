"""Give strokes the random variation of a hand, as curves or from point to point. NumPy only."""

import numpy as np

# All numbers here were chosen by looking at the drawings: section 7 of the notebook shows some.
CORNERED = 0.2  # share of the drawings with straight strokes from point to point

# Standard deviations, as shares of the height:
WOBBLE = 0.035  # of each control point
ENDS = 0.06  # of the length of a stroke, at each end
SLANT = 0.12  # of the upright strokes, around LEAN
TURN = 0.06  # of the level strokes
STRETCH = 0.15  # of the width

LEAN = 0.05  # mean slant to the right, as most people write; pixels per pixel up


def vary(
    strokes: list[np.ndarray], rng: np.random.Generator, cornered: float = CORNERED
) -> list[np.ndarray]:
    """Give the strokes as lines, slanted, stretched and wobbling, as shares of the height."""
    slant, width = rng.normal(LEAN, SLANT), np.exp(rng.normal(0, STRETCH))
    matrix = np.array([[width, -slant], [rng.normal(0, TURN), 1]])
    is_cornered = rng.random() < cornered
    lines = []
    for stroke in strokes:
        corners = np.flatnonzero((np.diff(stroke, axis=0) == 0).all(axis=1)) + 1
        points = stroke / 100 + rng.normal(0, WOBBLE, stroke.shape)
        points[corners] = points[corners - 1]
        _move_ends(points, rng.normal(0, ENDS, 2))
        if not is_cornered:
            points = np.concatenate([_smooth(part) for part in np.split(points, corners)])
        lines.append(points @ matrix.T)
    return lines


def _move_ends(points: np.ndarray, lengths: np.ndarray) -> None:
    """Make a stroke of several points longer or shorter, in place, so that loops open or close."""
    if len(points) < 3:
        return
    for end, before, length in ((0, 1, lengths[0]), (-1, -2, lengths[1])):
        along = points[end] - points[before]
        points[end] += along * length / max(np.hypot(*along), WOBBLE)


def _smooth(points: np.ndarray) -> np.ndarray:
    """A curve through the points, in ten steps from each point to the next.

    Source:
        Catmull and Rom (1974), "A class of local interpolating splines", Computer Aided
        Geometric Design.
    """
    if len(points) < 3:
        return points
    before, after = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    points = np.vstack([before, points, after])[:, np.newaxis]
    t = np.linspace(0, 1, 10)[:, np.newaxis]
    a, b, c, d = points[:-3], points[1:-2], points[2:-1], points[3:]
    pieces = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return pieces.reshape(-1, 2)
