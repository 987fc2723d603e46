"""Frames of a camera, which mostly show no number."""

import json
from itertools import islice

import cv2
import numpy as np
import pytest
from conftest import ROOT

import digitrec
from benchmarks.scenes import BUSY, frames, number_of
from digitrec.recognize.frame import read_frame


def page(at=(0, 0), size=(640, 320)):
    """A number on white paper, moved from the middle by so many pixels."""
    number = cv2.imread(str(ROOT / "test_images" / "several_31415.png"), cv2.IMREAD_GRAYSCALE)
    left, top, width, height = cv2.boundingRect((number < 128).astype(np.uint8))
    number = cv2.resize(number[top : top + height, left : left + width], (390, 60))
    frame = np.full(size[::-1], 255, np.uint8)
    y, x = (size[1] - 60) // 2 + at[1], (size[0] - 390) // 2 + at[0]
    frame[y : y + 60, x : x + 390] = number
    return frame


def seen(kind, seed, count=3):
    """Some frames of a scene, as the viewfinder has them."""
    return [frame[102:378, 44:596] for frame in islice(frames(kind, seed), 0, 10 * count, 10)]


def test_a_number_in_the_middle_is_read():
    reading = read_frame(page())
    assert reading.text == "31415"
    assert reading.accepted


@pytest.mark.parametrize("at", [(118, 0), (0, -123), (-119, 100)])
def test_a_number_at_the_edge_is_in_doubt(at):
    frame = page(at=at)
    assert digitrec.read_digits(frame).accepted
    reading = read_frame(frame)
    assert reading.predictions
    assert not reading.accepted


def test_a_number_beside_other_things_is_in_doubt():
    frame = page()
    cv2.line(frame, (60, 320), (90, 250), 0, 60, cv2.LINE_AA)  # a thumb
    assert digitrec.read_digits(frame).accepted
    reading = read_frame(frame)
    assert reading.text == "31415"
    assert not reading.accepted


def test_small_digits_are_not_read():
    """They are far away: whoever holds them comes closer."""
    small = cv2.resize(page(), None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    frame = np.pad(small, ((96, 96), (192, 192)), constant_values=255)
    assert read_frame(frame).predictions == ()


@pytest.mark.parametrize(("count", "text"), [(4, "\n".join(["31415"] * 4)), (5, "")])
def test_more_than_four_lines_are_noise(count, text):
    """Which would take longest to read."""
    frame = np.tile(page(size=(640, 80)), (count, 1))
    assert read_frame(np.pad(frame, 60, constant_values=255)).text == text


@pytest.mark.parametrize("frame", [np.full((320, 640), 200, np.uint8), page()[:100]])
def test_an_empty_frame_is_no_error(frame):
    reading = read_frame(frame)
    assert (reading.text, reading.accepted, reading.confidence) == ("", False, 0)


def test_what_is_no_picture_is_an_error():
    with pytest.raises(digitrec.PictureError, match="is not a picture"):
        read_frame(b"not a picture")


def test_numbers_held_into_a_camera_are_read():
    numbers = {seed: number_of(seed) for seed in range(5)}
    read = {seed: {read_frame(frame).text for frame in seen("digits", seed)} for seed in numbers}
    assert read == {seed: {number} for seed, number in numbers.items()}


@pytest.mark.parametrize("kind", ["empty", "noise", *BUSY])
def test_scenes_without_a_number_are_not_accepted(kind):
    for seed in range(3):
        assert not any(read_frame(frame).accepted for frame in seen(kind, seed))


def test_other_scripts_are_read_too():
    """Also a digit that is a level stroke."""
    chinese = digitrec.load_model("chinese")
    frame = np.full((320, 640), 255, np.uint8)
    cv2.line(frame, (260, 165), (390, 158), 0, 10, cv2.LINE_AA)
    reading = read_frame(frame, chinese)
    assert reading.text == "一"
    assert reading.accepted


def test_a_reading_is_told_in_json():
    reading = read_frame(page())
    told = json.loads(json.dumps(reading.as_dict()))
    assert told["text"] == "31415"
    assert told["accepted"] is True
    assert told["confidence"] == pytest.approx(reading.confidence, abs=1e-4)
    first, prediction = told["digits"][0], reading.predictions[0]
    assert (first["digit"], first["text"], first["accepted"]) == (3, "3", True)
    assert first["box"] == [*prediction.box]
    assert first["verdict"] == prediction.verdict
    assert first["probabilities"] == pytest.approx(prediction.probabilities.tolist(), abs=1e-4)
