"""Convert large arrays a strip at a time, so that what is in between takes little memory."""

import math
from collections.abc import Callable

import numpy as np

STRIP = 1_000_000  # numbers


def in_strips(array: np.ndarray, convert: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Convert an array, of any shape but empty, along its first axis.

    Args:
        array: What to convert.
        convert: Gives as many numbers as it is given.

    Returns:
        What `convert` makes of all strips together.
    """
    strips = np.array_split(array, math.ceil(array.size / STRIP))
    return np.concatenate([convert(strip) for strip in strips])
