"""The batches that training sees: shuffled, scaled and, if asked, distorted.

Everything runs on whole batches inside a `tf.data` pipeline, beside the training step. The
images stay one tensor; only their indices are shuffled. All randomness is a function of the
seed, the epoch and the number of the batch, so a run can be repeated.
"""

import numpy as np

from digitrec.model._tensorflow import tf
from digitrec.preprocess.normalize import SIDE

# How much a digit is distorted, as standard deviations: mild enough that it stays the same
# digit, strong enough that no two epochs look alike. Chosen by `python -m benchmarks.accuracy`.
ROTATION = 0.1  # radians
SHEAR = 0.1  # pixels across per pixel down
SCALE = 0.06  # of the logarithm of height and width
SHIFT = 0.5  # pixels
ELASTIC = 0.7  # pixels
GRID = 6  # control points of the elastic distortion along each side

MIDDLE = (SIDE - 1) / 2  # of an image, pixels from its first pixel
MARGIN = 2  # paper around an image, pixels


def batches(
    inputs: np.ndarray,
    targets: np.ndarray,
    *,
    size: int,
    always: int = 0,
    batch_size: int,
    epochs: int,
    seed: int,
    distorted: int = 0,
    strength: float = 1,
) -> tf.data.Dataset:
    """Make the batches of a training run, in another order each epoch.

    Args:
        inputs: Shape (n, 28, 28, 1), uint8, or float32 in [0, 1].
        targets: Shape (n, 10), float32, one-hot.
        size: How many images an epoch has, n or fewer.
        always: The first so many images are in every epoch; the others take turns.
        batch_size: How many images a batch has; the last one of an epoch may have fewer.
        epochs: How many epochs follow one another.
        seed: The same seed gives the same batches.
        distorted: The first so many batches of the run are distorted, each image differently
            each time.
        strength: Of the distortion, as for `distort`.

    Returns:
        A dataset of `(inputs, targets)` batches, inputs float32 in [0, 1].
    """
    inputs, targets = tf.constant(inputs), tf.constant(targets)
    steps = -(-size // batch_size)

    def order(epoch: tf.Tensor) -> tf.data.Dataset:
        indices = _order(len(inputs), always, size, _key(seed, epoch))
        return tf.data.Dataset.from_tensor_slices(indices).batch(batch_size)

    def batch(number: tf.Tensor, indices: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        images = _scaled(tf.gather(inputs, indices))
        if distorted:
            images = _distort_if(number < distorted, images, _key(seed, number), strength)
        return images, tf.gather(targets, indices)

    indices = tf.data.Dataset.range(epochs).flat_map(order)
    dataset = indices.enumerate().map(batch, num_parallel_calls=2).prefetch(4)
    return _untuned(dataset.apply(tf.data.experimental.assert_cardinality(epochs * steps)))


def by_epoch(dataset: tf.data.Dataset, steps: int) -> tf.data.Dataset:
    """Give the next so many batches of a training run whenever it is iterated.

    To start a pipeline that distorts takes 50 ms, and Keras would do so twice an epoch.
    """
    run = iter(dataset)
    return _untuned(tf.data.Dataset.range(steps).map(lambda _: run.get_next()))


def in_order(examples: tuple[np.ndarray, np.ndarray], batch_size: int) -> tf.data.Dataset:
    """Give examples as they are, in batches: Keras's own way takes 11 ms longer to start."""
    return _untuned(tf.data.Dataset.from_tensor_slices(examples).batch(batch_size))


def _untuned(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """Nothing is left to tune, and the end of a run would wait up to 20 seconds for the tuner."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def _distort_if(wanted: tf.Tensor, images: tf.Tensor, key: tf.Tensor, strength: float) -> tf.Tensor:
    return tf.cond(wanted, lambda: distort(images, key, strength), lambda: images)


def _order(count: int, always: int, size: int, key: tf.Tensor) -> tf.Tensor:
    """The indices of an epoch's images, at random."""
    others = _shuffle(tf.range(always, count), key)[: size - always]
    return _shuffle(tf.concat([tf.range(always), others], 0), key)


def _shuffle(values: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    return tf.random.experimental.stateless_shuffle(values, key)


def _key(seed: int, number: tf.Tensor) -> tf.Tensor:
    return tf.stack([tf.constant(seed, tf.int64), number])


def _scaled(images: tf.Tensor) -> tf.Tensor:
    """As float32 in [0, 1]; uint8 until here takes a quarter of the memory."""
    return tf.cast(images, tf.float32) / 255 if images.dtype == tf.uint8 else images


def distort(images: tf.Tensor, seed: tf.Tensor, strength: float = 1) -> tf.Tensor:
    """Turn, slant, stretch, shift and bend each image at random.

    Args:
        images: Shape (n, 28, 28, 1), float32 in [0, 1].
        seed: Shape (2,), integers. The same seed gives the same distortion.
        strength: How many times as much as when the network learns from many thousand digits.

    Returns:
        Shape (n, 28, 28, 1), float32 in [0, 1].

    Source:
        Simard, Steinkraus and Platt (2003), "Best practices for convolutional neural
        networks applied to visual document analysis", ICDAR. Their Gaussian-smoothed noise is
        drawn here on a coarse grid and interpolated by cubic B-splines, which is as smooth.
    """
    count = tf.shape(images)[0]
    seeds = tf.random.split(seed, 2)
    # The source of each output pixel: splines bend it, its own place gives the rest.
    bends = tf.pad(_elastic(count, seeds[1], strength), [[0, 0], [0, 0], [0, 2], [0, 2]])
    moves = tf.pad(_affine(count, seeds[0], strength), [[0, 0], [0, 0], [GRID, 0], [GRID, 0]])
    return _sample(images, tf.einsum("yi,ncij,xj->ncyx", BASIS, bends + moves, BASIS))


def _affine(count: tf.Tensor, seed: tf.Tensor, strength: float) -> tf.Tensor:
    """Shape (count, 2, 2, 2): what y and x of the source take of [[0, y], [x, 1]] of the pixel."""
    angle, shear, height, width, down, right = tf.unstack(
        tf.random.stateless_normal((6, count), seed)
        * np.array([[ROTATION], [SHEAR], [SCALE], [SCALE], [SHIFT], [SHIFT]], np.float32)
        * strength
    )
    height, width = tf.exp(height), tf.exp(width)
    sine, cosine, zero = tf.sin(angle), tf.cos(angle), tf.zeros_like(angle)
    of_y = [zero, height * (cosine - shear * sine), -height * sine, down + MIDDLE + MARGIN]
    of_x = [zero, width * (sine + shear * cosine), width * cosine, right + MIDDLE + MARGIN]
    return tf.reshape(tf.stack(of_y + of_x, axis=1), (count, 2, 2, 2))


def _elastic(count: tf.Tensor, seed: tf.Tensor, strength: float) -> tf.Tensor:
    """Smooth random shifts: (count, 2, GRID, GRID), pixels at the control points."""
    return strength * ELASTIC * tf.random.stateless_normal((count, 2, GRID, GRID), seed)


def _basis() -> np.ndarray:
    """The share of each control point in each pixel, the pixel's distance from the middle, and 1.

    Shape (28, GRID + 2), float32. Cubic B-splines, of unit norm, so that ELASTIC is pixels.
    """
    position = np.linspace(1, GRID - 2, SIDE)[:, np.newaxis]
    distance = np.abs(position - np.arange(GRID))
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = np.clip(2 - distance, 0, None) ** 3 / 6
    splines = np.where(distance < 1, near, far)
    splines /= np.linalg.norm(splines, axis=1, keepdims=True)
    pixel = np.arange(SIDE) - MIDDLE
    return np.column_stack([splines, pixel, np.ones(SIDE)]).astype(np.float32)


BASIS = _basis()


def _sample(images: tf.Tensor, sources: tf.Tensor) -> tf.Tensor:
    """Bilinear interpolation of each image at its sources; outside the image is paper."""
    padded = tf.pad(images[..., 0], [[0, 0], [MARGIN, MARGIN], [MARGIN, MARGIN]])
    above, below = padded[:, :-1], padded[:, 1:]
    squares = tf.stack([above[..., :-1], above[..., 1:], below[..., :-1], below[..., 1:]])
    squares = tf.transpose(tf.reshape(squares, (4, -1)))  # of neighbours: gathered at once

    side = SIDE + 2 * MARGIN - 1  # of the squares
    sources = tf.clip_by_value(sources, 0.0, side - 0.001)
    corner = tf.floor(sources)
    y, x = tf.unstack(sources - corner, axis=1)
    row, column = tf.unstack(tf.cast(corner, tf.int32), axis=1)
    first = tf.range(tf.shape(images)[0]) * side * side
    index = first[:, tf.newaxis, tf.newaxis] + row * side + column
    top_left, top_right, bottom_left, bottom_right = tf.unstack(tf.gather(squares, index), axis=-1)
    top = top_left + x * (top_right - top_left)
    bottom = bottom_left + x * (bottom_right - bottom_left)
    return (top + y * (bottom - top))[..., tf.newaxis]
