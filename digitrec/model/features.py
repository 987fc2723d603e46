"""What a network makes of a digit before it decides: its last features, and a map of them."""

from typing import Literal

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors

from digitrec.data.atomic_file import replacing
from digitrec.model._tensorflow import keras
from digitrec.model.fingerprint import fingerprint
from digitrec.model.inputs import scaled, to_inputs
from digitrec.model.lead import last_layer
from digitrec.model.storage import SHIPPED_MAP

BATCH_SIZE = 500  # images at a time, to keep memory low
STEPS = 500  # of t-SNE; twice as many take twice the time and change little
NEIGHBOURS = 5  # of a digit, between which t-SNE's map has its place
MAPPED = 2000  # MNIST's first test digits, whose map by t-SNE comes with the shipped network


def features(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Give what the last layer is given: 64 numbers that stand for a digit.

    Args:
        model: A Keras model as `build_model` gives it.
        images: Shape (n, 28, 28) or (n, 28, 28, 1), uint8, or float in [0, 1].

    Returns:
        Shape (n, 64), float32, 0 or more.

    Raises:
        ValueError: If the images have another shape or range, or the model is from a .tflite file
            or does not end with a dense softmax layer.
    """
    last, inputs = last_layer(model), to_inputs(images)
    body = keras.Model(model.inputs[0], last.input)
    batches = [inputs[start : start + BATCH_SIZE] for start in range(0, len(inputs), BATCH_SIZE)]
    return np.concatenate([np.asarray(body(scaled(batch), training=False)) for batch in batches])


class DigitMap:
    """Many digits on a map, so that those which a network finds alike lie close together.

    Args:
        model: A Keras model as `build_model` gives it.
        images: Shape (n, 28, 28), uint8, or float in [0, 1].
        method: "pca" projects the 64 features on the two directions in which they differ most, at
            once. "tsne" moves the digits about until neighbours in the 64 features are neighbours
            on the map: how far groups lie apart says little there. It takes a while, but for the
            shipped network and MNIST's first 2,000 test digits, whose map is a file.

    Attributes:
        points: Shape (n, 2), float: the place of each digit.

    Raises:
        ValueError: If there are fewer than 10 images, they have another shape or range, or the
            model is from a .tflite file.

    Source:
        Pearson (1901), "On lines and planes of closest fit to systems of points in space",
        Philosophical Magazine 2(11), for PCA.
        Van der Maaten and Hinton (2008), "Visualizing data using t-SNE", JMLR 9.
    """

    def __init__(
        self, model: keras.Model, images: np.ndarray, method: Literal["pca", "tsne"] = "pca"
    ):
        if len(images) < 2 * NEIGHBOURS:
            raise ValueError(f"{len(images)} images make no map: give at least {2 * NEIGHBOURS}")
        self._model = model
        known = features(model, images)
        self._nearest = NearestNeighbors().fit(known)
        self._pca = PCA(2, random_state=0).fit(known) if method == "pca" else None
        if self._pca:
            self.points = self._pca.transform(known)
        else:
            ready = _shipped_map(model, images)
            self.points = tsne(known) if ready is None else ready

    def place(self, images: np.ndarray) -> np.ndarray:
        """Say where other digits are on the map; shape (m, 2) for m images.

        t-SNE has no place for other digits: they are put between their neighbours.
        """
        if self._pca:
            return self._pca.transform(features(self._model, images))
        return self.points[self.neighbours(images, NEIGHBOURS)].mean(axis=1)

    def neighbours(self, images: np.ndarray, count: int = 8) -> np.ndarray:
        """Find the digits of the map that are most alike, by the Euclidean distance of features.

        Args:
            images: Shape (m, 28, 28), as for the map.
            count: How many for each.

        Returns:
            Shape (m, count), int: which of the map's digits, the nearest first.
        """
        return self._nearest.kneighbors(features(self._model, images), count, False)


def tsne(known: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """Give digits with these features, shape (n, 64), places on a map, shape (n, 2), float32."""
    perplexity = min(30, (len(known) - 1) / 3)
    return TSNE(2, perplexity=perplexity, init="pca", max_iter=steps, random_state=0).fit_transform(
        known
    )


def save_map(model: keras.Model, images: np.ndarray, points: np.ndarray) -> None:
    """Save the places that t-SNE gave these images, uint8, to come with the shipped network."""
    with replacing(SHIPPED_MAP) as fresh:
        np.savez_compressed(fresh, points=points, fits=fingerprint(model, images))


def _shipped_map(model: keras.Model, images: np.ndarray) -> np.ndarray | None:
    """The places in the file, if they are of this network and these images."""
    if len(images) != MAPPED or not SHIPPED_MAP.exists():
        return None
    with np.load(SHIPPED_MAP) as file:
        return file["points"] if file["fits"] == fingerprint(model, images) else None
