"""How far a share that was counted may be from the true one. Plain Python, no Keras."""

from math import sqrt

SCORE = 1.959964  # standard deviations that hold 95 % of a normal distribution


def wilson(correct: int, count: int) -> tuple[float, float]:
    """Give the interval that holds the true accuracy, with 95 % confidence.

    Of 20 digits 20 were read correctly: the network may still misread one in six, since the
    interval is 0.84 to 1.

    Args:
        correct: How many were correct.
        count: Of how many.

    Returns:
        Its ends, each 0 to 1. Without a single digit, anything may be true: 0 to 1.

    Raises:
        ValueError: If more are correct than there are, or less than none.

    Source:
        Wilson (1927), "Probable inference, the law of succession, and statistical inference",
        Journal of the American Statistical Association 22(158).
    """
    if not 0 <= correct <= count:
        raise ValueError(f"{correct} of {count} cannot be correct: give a count from 0 to {count}")
    if count == 0:
        return 0.0, 1.0
    share, square = correct / count, SCORE**2 / count
    middle = share + square / 2
    half = sqrt(square * (share * (1 - share) + square / 4))
    low, high = (middle - half) / (1 + square), (middle + half) / (1 + square)
    return (0.0 if correct == 0 else low), (1.0 if correct == count else high)
