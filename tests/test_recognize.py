import io

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import ROOT
from PIL import Image

import digitrec

PICTURES = sorted((ROOT / "test_images").glob("*_[0-9].*"))


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_every_test_image_is_read(path):
    prediction = digitrec.predict_digit(path)
    assert prediction.digit == int(path.stem[-1])
    assert prediction.accepted
    assert digitrec.read_digits(path).text == path.stem[-1]


def test_there_are_all_digits_and_harder_ones():
    names = {path.name for path in PICTURES}
    assert {f"digit_{digit}.png" for digit in range(10)} < names
    assert {path.stem[:-2] for path in PICTURES} == {
        "digit",
        "photo",
        "dark",
        "transparent",
        "rotated",
    }


def test_a_prediction_is_consistent():
    prediction = digitrec.predict_digit(ROOT / "test_images" / "digit_8.png")
    assert prediction.probabilities.shape == (10,)
    assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert prediction.digit == prediction.probabilities.argmax()
    assert prediction.confidence == pytest.approx(prediction.probabilities.max())
    assert prediction.image.shape == (28, 28)
    assert prediction.box.width < prediction.box.height


def test_path_bytes_image_and_array_are_read_alike():
    path = ROOT / "test_images" / "photo_5.jpg"
    with Image.open(path) as image:
        image.load()
    readings = [
        digitrec.predict_digit(picture)
        for picture in (path, str(path), path.read_bytes(), image, np.asarray(image))
    ]
    for reading in readings[1:]:
        np.testing.assert_array_equal(reading.probabilities, readings[0].probabilities)


def test_mnist_digits_are_read_as_pictures(mnist, network):
    """What `predict_digit` does to a picture takes nothing from an MNIST digit."""
    _, (images, labels) = mnist
    read = [digitrec.predict_digit(255 - image, network).digit for image in images[:500]]
    assert np.mean(read == labels[:500]) >= 0.985


def test_a_number_is_read_in_order_with_a_box_for_each_digit():
    reading = digitrec.read_digits(ROOT / "test_images" / "several_31415.png")
    assert reading.text == "31415"
    lefts = [prediction.box.left for prediction in reading.predictions]
    assert lefts == sorted(lefts)
    assert "".join(str(prediction.digit) for prediction in reading.predictions) == "31415"


def test_rows_are_lines_of_text(mnist):
    _, (images, labels) = mnist
    first = {digit: images[labels == digit][0] for digit in range(10)}
    rows = [np.hstack([first[digit] for digit in row]) for row in ((2, 0, 2), (6, 7, 1))]
    page = cv2.resize(255 - np.vstack(rows), None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC)
    assert digitrec.read_digits(page).text == "202\n671"


def test_several_digits_are_shown_with_their_boxes():
    reading = digitrec.predict_uploaded_image(ROOT / "test_images" / "several_31415.png")
    picture, seen = plt.gcf().axes
    assert len(picture.patches) == 5
    assert [text.get_text() for text in picture.texts] == list("31415")
    assert len(seen.images) == len(reading.predictions) == 5


def test_another_model_can_be_asked(trained_a_little):
    path = ROOT / "test_images" / "digit_0.png"
    ours, other = digitrec.predict_digit(path), digitrec.predict_digit(path, trained_a_little)
    np.testing.assert_array_equal(ours.image, other.image)
    assert not np.array_equal(ours.probabilities, other.probabilities)


def test_an_unsure_answer_is_not_accepted():
    """Nothing has been learned yet, so nothing can be sure."""
    untrained = digitrec.build_model()
    assert not digitrec.predict_digit(ROOT / "test_images" / "digit_0.png", untrained).accepted


def test_an_uploaded_picture_is_shown_with_what_the_network_saw():
    reading = digitrec.predict_uploaded_image(ROOT / "test_images" / "photo_5.jpg")
    assert reading.text == "5"
    picture, seen, bars = plt.gcf().axes
    assert picture.images[0].get_array().shape == (280, 280, 3)
    np.testing.assert_array_equal(seen.images[0].get_array(), reading.predictions[0].image)
    heights = [bar.get_width() for bar in bars.patches]
    np.testing.assert_allclose(heights, reading.predictions[0].probabilities)


@pytest.mark.parametrize(
    "call", [digitrec.predict_digit, digitrec.read_digits, digitrec.predict_uploaded_image]
)
def test_bad_pictures_are_picture_errors(call, tmp_path):
    blank = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(blank, "PNG")
    with pytest.raises(digitrec.PictureError, match="is blank"):
        call(blank.getvalue())
    with pytest.raises(digitrec.PictureError, match=r"there is no file .*7\.png"):
        call(tmp_path / "7.png")
    with pytest.raises(ValueError, match="is no picture"):
        call(b"<html>")
