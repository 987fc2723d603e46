"""The batches that training sees: shuffled, scaled and, if asked, distorted.

Everything runs inside a `tf.data` pipeline, on whole batches, beside the training step.
The images stay one tensor; only their indices are shuffled. All randomness is a
function of the seed and the number of the batch, so a run can be repeated.
"""

import numpy as np

from digitrec.data import SIDE
from digitrec.quiet import tf

# How far a digit is bent, as standard deviations: mild enough that it stays the same
# digit, strong enough that no two epochs look alike.
ROTATION = 0.1  # radians
SHEAR = 0.1
SCALE = 0.06
SHIFT = 0.5  # pixels
ELASTIC = 0.7  # pixels
GRID = 6  # control points of the elastic distortion along each side


def batches(
    inputs: np.ndarray,
    targets: np.ndarray,
    *,
    batch_size: int,
    epochs: int,
    seed: int,
    distorted: int = 0,
) -> tf.data.Dataset:
    """Feed a training run, in a new order each epoch.

    Args:
        inputs: Shape (n, 28, 28, 1), uint8, or float32 in [0, 1].
        targets: Shape (n, 10), float32, one-hot.
        batch_size: Images a batch; the last batch of an epoch may be smaller.
        epochs: How often each image comes.
        seed: The same seed gives the same batches.
        distorted: In so many batches, the first ones, each image is distorted, differently
            each time.

    Returns:
        A dataset of `(inputs, targets)` batches, inputs float32 in [0, 1].
    """
    inputs, targets = tf.constant(inputs), tf.constant(targets)

    def batch(number, indices):
        images = tf.gather(inputs, indices)
        if images.dtype == tf.uint8:  # kept small until here: a quarter of the memory
            images = tf.cast(images, tf.float32) / 255
        if distorted:
            key = tf.stack([tf.cast(seed, tf.int64), number])
            images = tf.cond(number < distorted, lambda: distort(images, key), lambda: images)
        return images, tf.gather(targets, indices)

    indices = tf.data.Dataset.range(len(inputs))
    indices = indices.shuffle(len(inputs), seed=seed).batch(batch_size).repeat(epochs)
    dataset = indices.enumerate().map(batch, num_parallel_calls=2).prefetch(4)
    # There is nothing to tune, and the end of a run would wait up to 20 seconds for the tuner.
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def distort(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Turn, slant, stretch, shift and bend each image at random.

    Args:
        images: Shape (n, 28, 28, 1), float32 in [0, 1].
        seed: Shape (2,), integers. The same seed gives the same distortion.

    Returns:
        Shape (n, 28, 28, 1), float32 in [0, 1].

    Source:
        Simard, Steinkraus and Platt (2003), "Best practices for convolutional neural
        networks applied to visual document analysis", ICDAR. Their Gaussian-smoothed noise is
        drawn here on a coarse grid and interpolated by cubic B-splines, which is as smooth.
    """
    count = tf.shape(images)[0]
    seeds = tf.random.split(seed, 2)
    sources = _affine(count, seeds[0]) + _elastic(count, seeds[1])
    return _sample(images, sources)


def _affine(count: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Where each output pixel comes from: (count, 2, 28, 28), (y, x) relative to the centre."""
    angle, shear, height, width, down, right = tf.unstack(
        tf.random.stateless_normal((6, count, 1, 1), seed)
        * np.reshape([ROTATION, SHEAR, SCALE, SCALE, SHIFT, SHIFT], (6, 1, 1, 1)).astype(np.float32)
    )
    height, width = tf.exp(height), tf.exp(width)
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32) - (SIDE - 1) / 2
    x_slanted = x + shear * y
    return tf.stack(
        [
            height * (tf.cos(angle) * y - tf.sin(angle) * x_slanted) + down,
            width * (tf.sin(angle) * y + tf.cos(angle) * x_slanted) + right,
        ],
        axis=1,
    )


def _elastic(count: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Smooth random shifts: (count, 2, 28, 28), pixels."""
    noise = ELASTIC * tf.random.stateless_normal((count, 2, GRID, GRID), seed)
    return tf.einsum("yi,ncij,xj->ncyx", SPLINES, noise, SPLINES)


def _cubic_b_splines() -> np.ndarray:
    """Weights (28, GRID) of the control points for each pixel, of unit norm: ELASTIC is pixels."""
    position = np.linspace(1, GRID - 2, SIDE)[:, np.newaxis]
    distance = np.abs(position - np.arange(GRID))
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = np.clip(2 - distance, 0, None) ** 3 / 6
    weights = np.where(distance < 1, near, far)
    return (weights / np.linalg.norm(weights, axis=1, keepdims=True)).astype(np.float32)


SPLINES = _cubic_b_splines()


def _sample(images: tf.Tensor, sources: tf.Tensor) -> tf.Tensor:
    """Bilinear interpolation of each image at its sources; outside the image is paper."""
    margin = 2
    side = SIDE + 2 * margin
    padded = tf.reshape(tf.pad(images, [[0, 0], [margin, margin], [margin, margin], [0, 0]]), [-1])
    sources = tf.clip_by_value(sources + (SIDE - 1) / 2 + margin, 0.0, side - 1.001)
    corner = tf.floor(sources)
    y, x = tf.unstack(sources - corner, axis=1)
    row, column = tf.unstack(tf.cast(corner, tf.int32), axis=1)
    first = tf.range(tf.shape(images)[0]) * side * side
    index = first[:, tf.newaxis, tf.newaxis] + row * side + column
    top = (1 - x) * tf.gather(padded, index) + x * tf.gather(padded, index + 1)
    bottom = (1 - x) * tf.gather(padded, index + side) + x * tf.gather(padded, index + side + 1)
    return ((1 - y) * top + y * bottom)[..., tf.newaxis]
