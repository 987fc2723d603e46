from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT

import digitrec
from digitrec.data.scripts import draw_script
from digitrec.model.lite import LiteModel
from digitrec.recognize.classify import ACCEPTED, classify
from digitrec.recognize.occlusion import INK, PAPER, occlude
from digitrec.recognize.smallest_change import AHEAD, smallest_change

PICTURES = ROOT / "test_images"
STEPS = ["paper", "ink", "digit", "strokes", "28 × 28", "resized only"]


@pytest.fixture(scope="module")
def photo():
    return digitrec.explain(PICTURES / "photo_5.jpg")


@pytest.fixture(scope="module")
def mistake(mnist):
    """A test digit that is misread, and its label."""
    _, (images, labels) = mnist
    predicted = classify(digitrec.scale(images[:3000])).argmax(axis=1)
    number = np.flatnonzero(predicted != labels[:3000])[0]
    return images[number], int(labels[number])


# What mattered


class Window:
    """Takes an image for a 3 as far as there is ink in one place, and for an 8 otherwise."""

    input_shape, output_shape = (None, 28, 28, 1), (None, 10)

    def predict_on_batch(self, inputs):
        probabilities = np.zeros((len(inputs), 10), np.float32)
        probabilities[:, 3] = inputs[:, 12:17, 4:9].mean(axis=(1, 2, 3))
        probabilities[:, 8] = 1 - probabilities[:, 3]
        return probabilities


def test_the_map_is_strongest_on_the_ink_that_decides():
    image = np.zeros((28, 28), np.float32)
    image[10:20, 2:24] = 1
    falls = occlude(image, 3, PAPER, Window())
    assert np.unravel_index(falls.argmax(), falls.shape) == (14, 6)
    assert falls.max() == pytest.approx(1, abs=0.05)
    assert np.abs(falls[:, 12:]).max() == 0  # there is ink, but it does not count
    assert occlude(image, 8, PAPER, Window()).min() == pytest.approx(-falls.max())


def test_ink_in_the_paper_that_decides_lowers_the_other_digit():
    falls = occlude(np.zeros((28, 28), np.float32), 8, INK, Window())
    assert np.unravel_index(falls.argmax(), falls.shape) == (14, 6)
    assert not occlude(np.zeros((28, 28), np.float32), 8, PAPER, Window()).any()


def test_paper_on_paper_changes_nothing(photo):
    far = np.ones((28, 28), bool)
    for row, column in np.argwhere(photo.image > 0):
        far[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = False
    assert far.any()
    assert not photo.without_ink[far].any()
    assert photo.without_ink.max() > 0.3


# What little would have changed it


@pytest.mark.parametrize("number", [0, 3, 8, 11, 13])
def test_the_changed_image_is_read_as_the_other_digit(mnist, number):
    _, (images, _) = mnist
    explained = digitrec.explain(images[number])
    assert classify(explained.image[np.newaxis]).argmax() == explained.digit
    assert classify(explained.changed[np.newaxis]).argmax() == explained.other
    assert explained.changed.min() >= 0
    assert explained.changed.max() <= 1


def test_a_misread_digit_is_changed_to_the_true_one(mistake):
    image, label = mistake
    explained = digitrec.explain(image, true=label)
    assert explained.digit != explained.other == explained.true == label
    assert classify(explained.changed[np.newaxis]).argmax() == label
    assert np.abs(explained.change).max() < 0.5
    assert explained.is_adversarial


def test_a_change_with_a_stroke_is_not_adversarial(photo):
    stroke = np.zeros((28, 28), np.float32)
    stroke[4:6, 4:10] = 0.9
    assert not replace(photo, change=stroke).is_adversarial
    assert replace(photo, change=stroke / 5).is_adversarial  # too pale to be seen as one
    assert replace(photo, change=np.eye(28, dtype=np.float32) * 0.2).is_adversarial


def plane(image):
    """A digit leads where the ink in the first row is more than 2; the rest does not matter."""
    slope = np.zeros((28, 28), np.float32)
    slope[0] = 1
    return float(image[0].sum() - 2), slope


def test_on_a_plane_the_change_is_the_shortest_way_to_it():
    change = smallest_change(np.zeros((28, 28), np.float32), np.ones((28, 28), np.float32), plane)
    np.testing.assert_allclose(change[0], 2 / 28, rtol=0.05)
    assert not change[1:].any()


def test_where_nothing_has_a_slope_the_image_is_blended_with_the_goal():
    def step(image):
        return (1.0 if image.mean() > 0.25 else -1.0), np.zeros((28, 28), np.float32)

    image, goal = np.zeros((28, 28), np.float32), np.ones((28, 28), np.float32)
    np.testing.assert_allclose(smallest_change(image, goal, step), 0.25, atol=0.01)
    assert smallest_change(image, goal / 5, step) is None


def test_a_digit_that_leads_already_needs_no_change():
    image = np.ones((28, 28), np.float32)
    assert plane(image)[0] > AHEAD
    np.testing.assert_allclose(smallest_change(image, image, plane), 0)


# What is alike


def test_a_training_digit_is_its_own_nearest_neighbour(mnist):
    (images, labels), _ = mnist
    explained = digitrec.explain(images[5])
    np.testing.assert_array_equal(explained.neighbours.images[0], images[5])
    assert explained.neighbours.labels[0] == labels[5]
    assert explained.neighbours.distances[0] == pytest.approx(0, abs=1e-3)
    assert (np.diff(explained.neighbours.distances) >= 0).all()


def test_the_neighbours_of_the_true_digit_are_that_digit(mistake):
    image, label = mistake
    explained = digitrec.explain(image, true=label)
    assert set(explained.neighbours_of_other.labels) == {label}
    assert len(explained.neighbours_of_other.images) == 5


# What is compared


def test_without_the_true_digit_the_second_likeliest_is_compared(photo):
    order = photo.probabilities.argsort()
    assert (photo.digit, photo.other, photo.true) == (5, order[-2], None)
    assert photo.read == 5
    confirmed = digitrec.explain(photo.image, true=5)
    assert (confirmed.true, confirmed.other) == (5, order[-2])


def test_of_a_number_the_least_sure_digit_is_explained():
    reading = digitrec.read_digits(PICTURES / "several_31415.png")
    confidences = [prediction.confidence for prediction in reading.predictions]
    least = int(np.argmin(confidences))
    explained = digitrec.explain(reading, true="31415")
    assert explained.place == (least + 1, 5)
    assert explained.true == int("31415"[least])
    np.testing.assert_array_equal(explained.image, reading.predictions[least].image)
    assert explained.left_out == ()


def test_lines_of_a_number_may_be_given_as_they_were_read():
    reading = digitrec.read_digits(PICTURES / "ruled_2048-1795.jpg")
    assert digitrec.explain(reading, true=reading.text).true is not None


# What the preparation is good for


def test_every_step_left_out_is_named_and_read(photo):
    assert [left_out.step for left_out in photo.left_out] == STEPS
    for left_out in photo.left_out:
        if left_out.image is not None:
            probabilities = classify(left_out.image[np.newaxis])[0]
            assert left_out.digit == probabilities.argmax()
            assert left_out.confidence == pytest.approx(probabilities.max())


def test_a_photo_that_is_only_resized_is_in_doubt(photo):
    only_resized = photo.left_out[-1]
    assert only_resized.digit != 5 or only_resized.confidence < ACCEPTED
    assert photo.probabilities[5] > ACCEPTED


def test_an_image_that_is_prepared_already_has_no_preparation(mnist, photo):
    _, (images, _) = mnist
    assert digitrec.explain(images[0]).left_out == ()
    np.testing.assert_array_equal(digitrec.explain(photo.image).image, photo.image)


def test_a_reading_of_one_digit_is_explained_as_its_picture(photo):
    reading = digitrec.read_digits(PICTURES / "photo_5.jpg")
    explained = digitrec.explain(reading)
    assert [left_out.digit for left_out in explained.left_out] == [
        left_out.digit for left_out in photo.left_out
    ]
    assert digitrec.explain(reading.without_steps()).left_out == ()


# Which networks


def test_another_network_is_explained(trained_a_little):
    explained = digitrec.explain(PICTURES / "photo_5.jpg", trained_a_little)
    expected = digitrec.predict_digit(PICTURES / "photo_5.jpg", trained_a_little)
    np.testing.assert_array_equal(explained.probabilities, expected.probabilities)
    changed = classify(explained.changed[np.newaxis], trained_a_little)
    assert changed.argmax() == explained.other


def test_the_shipped_network_is_the_same_in_every_form(photo, network):
    lite = digitrec.load_model(ROOT / "models" / "mnist_cnn_model.tflite")
    for model in (lite, network):
        explained = digitrec.explain(PICTURES / "photo_5.jpg", model)
        np.testing.assert_allclose(explained.change, photo.change, atol=0.02)
        np.testing.assert_array_equal(explained.neighbours.labels, photo.neighbours.labels)


def test_a_digit_of_another_script_is_compared_with_drawn_ones_of_it():
    seven = draw_script(100, 3, "arabic")
    image = seven[0][seven[1] == 7][0]
    explained = digitrec.explain(image, digitrec.load_model(ROOT / "models" / "arabic.tflite"))
    assert explained.digit == 7
    assert explained.neighbours.labels.tolist() == [7] * 5


def test_another_network_from_a_tflite_file_is_refused(tmp_path):
    digitrec.save_model(digitrec.build_model(), tmp_path / "other.tflite")
    other = digitrec.load_model(tmp_path / "other.tflite")
    assert isinstance(other, LiteModel)
    with pytest.raises(ValueError, match="give a Keras model"):
        digitrec.explain(PICTURES / "photo_5.jpg", other)


@pytest.mark.parametrize("true", [10, -1, "", "seven", 3.5, "55"])
def test_a_true_digit_that_cannot_be_is_refused(photo, true):
    with pytest.raises(ValueError, match="give a digit from 0 to 9"):
        digitrec.explain(photo.image, true=true)


def test_a_true_number_of_another_length_is_refused():
    reading = digitrec.read_digits(PICTURES / "several_31415.png")
    with pytest.raises(ValueError, match="give a number of 5 digits"):
        digitrec.explain(reading, true="3141")


def test_bad_pictures_and_images_are_refused():
    with pytest.raises(digitrec.PictureError, match="is blank"):
        digitrec.explain(np.full((100, 100), 255, np.uint8))
    with pytest.raises(digitrec.PictureError, match="does not exist"):
        digitrec.explain("nowhere.png")
    with pytest.raises(ValueError, match="scale them first"):
        digitrec.explain(np.full((28, 28), 255.0))
