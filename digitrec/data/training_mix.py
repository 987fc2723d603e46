"""What our own recipe trains on: MNIST, and a little of what MNIST lacks.

It adds digits as other people write them and pictures of no digit, and it normalizes some of
MNIST's digits again, as `predict_digit` does with any picture, so that the network learns both.
"""

import numpy as np

from digitrec.data.drawn_digits import draw_digits
from digitrec.data.mnist import CLASSES, add_channel, one_hot, scale
from digitrec.data.outliers import draw_outliers
from digitrec.preprocess.normalize import normalize

# Chosen by training with more and less: `python -m benchmarks.accuracy`, `benchmarks.doubt`.
# As shares of the number of MNIST digits:
DRAWN = 0.1  # drawn digits that are added
OUTLIERS = 0.12  # pictures of no digit that are added
NORMALIZED = 0.15  # MNIST digits that are normalized again

SMOOTHING = 0.05  # of a digit's target, shared among all ten digits


def mix(
    inputs: np.ndarray, targets: np.ndarray, seed: int, sets: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Add what MNIST lacks.

    Args:
        inputs: Shape (n, 28, 28, 1), uint8, or float32 in [0, 1]: digits.
        targets: Shape (n, 10), float32, one-hot.
        seed: The same seed gives the same mixture.
        sets: How many times as many pictures are added as an epoch takes of them, so that a long
            training does not learn them by heart.

    Returns:
        More inputs and targets than before, of the same dtypes; those that are added are the
        last. The target of a digit is 0.955 for that digit and 0.005 for each other one; that of
        no digit is 0.1 for each.

    Source:
        Hendrycks, Mazeika and Dietterich (2019), "Deep anomaly detection with outlier
        exposure", ICLR, for the outliers and their targets.
        Szegedy, Vanhoucke, Ioffe, Shlens and Wojna (2016), "Rethinking the Inception
        architecture for computer vision", CVPR, for smoothed targets.
    """
    count, whole = len(inputs), inputs.dtype == np.uint8
    images = inputs[..., 0].copy() if whole else np.rint(inputs[..., 0] * 255).astype(np.uint8)
    drawn, labels = draw_digits(sets * round(DRAWN * count), seed)
    outliers = draw_outliers(sets * round(OUTLIERS * count), images, seed)
    added = add_channel(np.concatenate([drawn, outliers]))

    for number in np.random.default_rng(seed).permutation(count)[: round(NORMALIZED * count)]:
        if images[number].any():
            images[number] = normalize(images[number]) * 255
    mixed = np.concatenate([add_channel(images), added])
    targets = smooth(np.concatenate([targets, one_hot(labels)]))
    return mixed if whole else scale(mixed), np.concatenate([targets, undecided(len(outliers))])


def smooth(targets: np.ndarray) -> np.ndarray:
    """Soften one-hot targets, shape (n, 10): 0.955 for the true digit and 0.005 for each other."""
    return (1 - SMOOTHING) * targets + SMOOTHING / CLASSES


def undecided(count: int) -> np.ndarray:
    """Give the targets of pictures of no digit, shape (count, 10), float32: 0.1 for each digit."""
    return np.full((count, CLASSES), 1 / CLASSES, np.float32)
