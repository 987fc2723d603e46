"""What our own recipe trains on: MNIST, and a little of what MNIST lacks.

Digits drawn as others write them, pictures of no digit, and some of MNIST's digits brought to
28x28 as `predict_digit` brings any picture there, so that both look alike to the network.
"""

import numpy as np

from digitrec.data.drawn_digits import draw_digits
from digitrec.data.mnist import CLASSES, add_channel, one_hot, scale
from digitrec.data.outliers import draw_outliers
from digitrec.preprocess.normalize import to_mnist

# Shares of the number of MNIST digits.
DRAWN = 0.06
OUTLIERS = 0.08
EVENED = 0.15  # of them, brought to 28x28 a second time

SMOOTHING = 0.05  # of a digit's target that all ten digits share


def mix(inputs: np.ndarray, targets: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Add what MNIST lacks.

    Args:
        inputs: Shape (n, 28, 28, 1), uint8, or float32 in [0, 1]: digits.
        targets: Shape (n, 10), float32, one-hot.
        seed: The same seed gives the same mixture.

    Returns:
        Inputs and targets, more than there were, of the same dtypes. The target of a digit is
        0.955 and 0.005 for each of the others; of what is no digit it is 0.1 for each.

    Source:
        Hendrycks, Mazeika and Dietterich (2019), "Deep anomaly detection with outlier
        exposure", ICLR, for the outliers and their targets.
        Szegedy, Vanhoucke, Ioffe, Shlens and Wojna (2016), "Rethinking the Inception
        architecture for computer vision", CVPR, for smoothed targets.
    """
    count, whole = len(inputs), inputs.dtype == np.uint8
    images = inputs[..., 0].copy() if whole else np.rint(inputs[..., 0] * 255).astype(np.uint8)
    drawn, labels = draw_digits(round(DRAWN * count), seed)
    outliers = draw_outliers(round(OUTLIERS * count), images, seed)
    added = add_channel(np.concatenate([drawn, outliers]))
    uniform = np.full((len(outliers), CLASSES), 1 / CLASSES, np.float32)

    for number in np.random.default_rng(seed).permutation(count)[: round(EVENED * count)]:
        if images[number].any():
            images[number] = to_mnist(images[number]) * 255
    mixed = np.concatenate([add_channel(images), added])
    targets = (1 - SMOOTHING) * np.concatenate([targets, one_hot(labels)]) + SMOOTHING / CLASSES
    return mixed if whole else scale(mixed), np.concatenate([targets, uniform])
