"""Find the smallest change of an image that makes the network read another digit."""

from collections.abc import Callable

import numpy as np

# How far a digit leads the likeliest other one, and along each pixel the slope that leads there.
Lead = Callable[[np.ndarray], tuple[float, np.ndarray]]

MOST_STEPS = 60
LONGEST_STEP = 0.3  # root of the sum of squares over all pixels; 1 is full ink
AHEAD = 0.02  # least lead, a logarithm, at which the digit is read for certain
HALVINGS = 7  # of the change that was found, to see how much of it is needed


def smallest_change(image: np.ndarray, goal: np.ndarray, lead: Lead) -> np.ndarray | None:
    """Change an image as little as possible until one digit leads.

    Each step goes up the steepest slope, as far as would do if the slope stayed the same. Where
    that leads nowhere, the image is blended with the goal.

    Args:
        image: Shape (28, 28), float32 in [0, 1].
        goal: The same, of an image in which the digit leads.
        lead: Gives how far the wanted digit is ahead of the likeliest other one, negative if it
            is behind, and the slope, shape (28, 28).

    Returns:
        What is added to each pixel, shape (28, 28), float32; image and change together are within
        [0, 1]. None if the digit does not lead in the goal either.

    Source:
        Moosavi-Dezfooli, Fawzi and Frossard (2016), "DeepFool: a simple and accurate method to
        fool deep neural networks", CVPR.
    """
    change = _climb(image, lead)
    if change is None and lead(goal)[0] >= AHEAD:
        change = goal - image
    return None if change is None else _least(image, change, lead)


def _climb(image: np.ndarray, lead: Lead) -> np.ndarray | None:
    """A change that is enough; None if the climb ends on a flat place, or another digit leads."""
    changed = image
    for _ in range(MOST_STEPS):
        ahead, slope = lead(changed)
        if ahead >= AHEAD:
            return changed - image
        # Ink cannot be more than full, nor paper less than none.
        is_stuck = ((changed <= 0) & (slope < 0)) | ((changed >= 1) & (slope > 0))
        slope = np.where(is_stuck, 0, slope)
        steepness = float(np.linalg.norm(slope))
        if steepness == 0:
            return None
        length = min((2 * AHEAD - ahead) / steepness, LONGEST_STEP)
        changed = np.clip(changed + length / steepness * slope, 0, 1).astype(np.float32)
    return None


def _least(image: np.ndarray, change: np.ndarray, lead: Lead) -> np.ndarray:
    """The smallest share of the change that is still enough, by halving."""
    too_little, enough = 0.0, 1.0
    for _ in range(HALVINGS):
        share = (too_little + enough) / 2
        if lead(image + np.float32(share) * change)[0] >= AHEAD:
            enough = share
        else:
            too_little = share
    return np.float32(enough) * change
