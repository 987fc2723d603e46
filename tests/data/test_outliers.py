import numpy as np
import pytest

from digitrec.data.outliers import draw_outliers
from digitrec.recognize.classify import ACCEPTED, classify


@pytest.fixture(scope="module")
def outliers(mnist):
    (images, _), _ = mnist
    return draw_outliers(300, images, seed=1)


def test_outliers_look_like_any_prepared_picture(outliers):
    assert outliers.shape == (300, 28, 28)
    assert outliers.dtype == np.uint8
    assert (outliers.max(axis=(1, 2)) > 200).all()
    for image in outliers:
        rows, columns = np.nonzero(image)
        assert max(np.ptp(rows), np.ptp(columns)) == pytest.approx(19, abs=1)


def test_the_seed_decides(mnist, outliers):
    (images, _), _ = mnist
    np.testing.assert_array_equal(outliers, draw_outliers(300, images, seed=1))
    assert len(np.unique(np.concatenate([outliers, draw_outliers(300, images, 2)]), axis=0)) == 600


def test_the_shipped_network_accepts_few_of_them(outliers):
    probabilities = classify(outliers.astype(np.float32) / 255)
    assert np.mean(probabilities.max(axis=1) >= ACCEPTED) < 0.1
