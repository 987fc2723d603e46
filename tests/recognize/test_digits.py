import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from conftest import ROOT
from PIL import Image

import digitrec
from digitrec import viz
from digitrec.recognize.percent import percent

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


def test_numbers_on_a_ruled_page_in_shadow_are_read():
    """The figure of README.md."""
    reading = digitrec.read_digits(ROOT / "test_images" / "ruled_2048-1795.jpg")
    assert reading.text == "2048\n1795"
    assert reading.accepted


@pytest.mark.parametrize(
    ("name", "text"), [("cheque_12500.png", "12500"), ("desk_3805-99504.jpg", "3805\n99504")]
)
def test_a_cheque_and_a_paper_on_a_desk_are_read(name, text):
    """Neither points, dashes, print and rules nor the edges of the paper are digits."""
    reading = digitrec.read_digits(ROOT / "test_images" / name)
    assert reading.text == text
    assert reading.accepted


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


def test_another_model_can_be_asked(trained_a_little):
    path = ROOT / "test_images" / "digit_0.png"
    ours, other = digitrec.predict_digit(path), digitrec.predict_digit(path, trained_a_little)
    np.testing.assert_array_equal(ours.image, other.image)
    assert not np.array_equal(ours.probabilities, other.probabilities)


def test_a_network_that_has_learned_nothing_finds_no_digit():
    prediction = digitrec.predict_digit(PICTURES[0], digitrec.build_model())
    assert not prediction.accepted
    assert prediction.verdict == "no digit?"


@pytest.mark.parametrize(
    ("confidence", "verdict"),
    [(0.84, "not sure: 8 or 3"), (0.3, "not sure: 8 or 3"), (0.29, "no digit?")],
)
def test_an_unsure_answer_says_what_else_it_may_be(confidence, verdict):
    probabilities = np.zeros(10, np.float32)
    probabilities[[8, 3]] = 0.7, 0.3
    prediction = digitrec.predict_digit(ROOT / "test_images" / "digit_8.png")
    unsure = replace(prediction, confidence=confidence, probabilities=probabilities, accepted=False)
    assert unsure.verdict == verdict


def test_a_sure_answer_says_how_sure():
    prediction = digitrec.predict_digit(ROOT / "test_images" / "digit_8.png")
    assert prediction.verdict == f"{percent(prediction.confidence)} sure"


def drawn(*lines, circles=()):
    page = np.full((280, 280), 255, np.uint8)
    for line in lines:
        cv2.polylines(page, [np.array(line, np.int32)], False, 0, 16, cv2.LINE_AA)
    for middle, radius in circles:
        cv2.circle(page, middle, radius, 0, 14, cv2.LINE_AA)
    return page


NOT_DIGITS = {
    "dash": drawn([(60, 140), (220, 140)]),
    "plus": drawn([(60, 140), (220, 140)], [(140, 60), (140, 220)]),
    "letter X": drawn([(70, 50), (210, 230)], [(210, 50), (70, 230)]),
    "letter A": drawn([(60, 230), (140, 50), (220, 230)], [(90, 165), (190, 165)]),
    "letter M": drawn([(50, 230), (60, 50), (140, 160), (220, 50), (230, 230)]),
    "smiley": drawn(
        [(95, 170), (140, 200), (185, 170)],
        circles=[((140, 140), 100), ((105, 115), 4), ((175, 115), 4)],
    ),
}


@pytest.mark.parametrize("name", NOT_DIGITS)
def test_pictures_that_are_not_digits_are_not_accepted(name):
    assert not digitrec.predict_digit(NOT_DIGITS[name]).accepted


def test_the_steps_lead_from_the_picture_to_what_the_network_saw():
    picture = np.asarray(Image.open(ROOT / "test_images" / "photo_5.jpg"))
    prediction = digitrec.predict_digit(picture)
    steps = prediction.steps
    assert list(steps) == ["picture", "paper", "ink", "digit", "strokes", "28 × 28"]
    assert steps["28 × 28"] is prediction.image
    np.testing.assert_array_equal(steps["picture"], picture)
    assert steps["paper"].shape == picture.shape
    assert steps["paper"].std() < picture.std()
    assert steps["ink"].shape == picture.shape[:2]
    assert steps["digit"].shape[0] == pytest.approx(prediction.box.height, abs=3)
    figure = viz.plot_steps(steps)
    assert [ax.get_title() for ax in figure.axes] == list(steps)


def test_the_paper_of_a_dark_picture_is_dark():
    (path,) = (path for path in PICTURES if path.name.startswith("dark"))
    steps = digitrec.predict_digit(path).steps
    assert np.median(steps["paper"]) == pytest.approx(np.median(steps["picture"]), abs=10)


@pytest.mark.parametrize(
    "call", [digitrec.predict_digit, digitrec.read_digits, digitrec.predict_uploaded_image]
)
def test_bad_pictures_are_picture_errors(call, tmp_path):
    blank = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(blank, "PNG")
    with pytest.raises(digitrec.PictureError, match="is blank"):
        call(blank.getvalue())
    with pytest.raises(digitrec.PictureError, match=r"7\.png does not exist"):
        call(tmp_path / "7.png")
    with pytest.raises(ValueError, match="is not a picture"):
        call(b"<html>")


def touching(left, right):
    """Two MNIST digits side by side, the outer pixels of both in the same column."""
    left, right = (np.pad(digit, ((4, 4), (0, 0))) for digit in (left, right))
    end = np.flatnonzero((left > 60).any(axis=0))[-1]
    start = np.flatnonzero((right > 60).any(axis=0))[0]
    page = np.zeros((36, 64), np.uint8)
    page[:, 4 : 5 + end] = left[:, : 1 + end]
    page[:, 4 + end : 32 + end - start] |= right[:, start:]
    return cv2.resize(255 - page, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC)


def test_digits_that_touch_are_cut(mnist):
    """Of all pairs of digits; some do not touch, and some look like another pair."""
    _, (images, labels) = mnist
    first = [images[labels == digit][0] for digit in range(10)]
    right = [
        digitrec.read_digits(touching(first[one], first[other])).text == f"{one}{other}"
        for one in range(10)
        for other in range(10)
    ]
    assert np.mean(right) >= 0.7


def test_a_wide_digit_is_not_cut(mnist):
    """Single digits of MNIST, written half as wide again."""
    _, (images, _) = mnist
    read = [
        digitrec.read_digits(cv2.resize(255 - image, None, fx=6, fy=4)).text
        for image in images[:100]
    ]
    assert np.mean([len(text) == 1 for text in read]) >= 0.95
