import cv2
import numpy as np
import pytest
from conftest import ROOT

import digitrec


@pytest.fixture
def camera():
    return digitrec.Camera()


@pytest.fixture
def sent(camera, monkeypatch):
    """What the kernel sends to the page."""
    messages = []
    monkeypatch.setattr(camera.view, "send", messages.append)
    return messages


def frame(name="several_31415.png"):
    """A JPEG file of a picture in the middle of a frame."""
    picture = cv2.imread(str(ROOT / "test_images" / name))
    scale = min(600 / picture.shape[1], 200 / picture.shape[0])
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    page = np.full((320, 640, 3), 255, np.uint8)
    top, left = (320 - picture.shape[0]) // 2, (640 - picture.shape[1]) // 2
    page[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return cv2.imencode(".jpg", page)[1].tobytes()


BLANK = cv2.imencode(".jpg", np.full((320, 640, 3), 250, np.uint8))[1].tobytes()


def tell(camera, event, content=b"", name="1"):
    """What the page sends to the kernel."""
    buffers = [memoryview(content)] if content else []
    camera.view._handle_custom_msg({"event": event, "frame": name}, buffers)


def test_a_frame_is_answered_with_what_was_read(camera, sent):
    tell(camera, "read", frame(), name="7")
    (answer,) = sent
    assert answer["frame"] == "7"
    assert answer["reading"]["text"] == "31415"
    assert answer["reading"]["accepted"]


def test_a_blank_frame_has_no_digits(camera, sent):
    tell(camera, "read", BLANK)
    assert sent[0]["reading"]["digits"] == []


@pytest.mark.parametrize(
    ("model", "content", "sentence"),
    [(None, b"nothing", "is not a picture"), ("none", frame(), "give a model that")],
)
def test_each_frame_has_an_answer_if_only_a_sentence(camera, sent, model, content, sentence):
    camera.model = model
    tell(camera, "read", content)
    assert sentence in sent[0]["error"]


def test_whoever_greets_is_answered(camera, sent):
    """After that, the kernel hears the page while a cell runs."""
    tell(camera, "hello")
    assert sent == [{}]


@pytest.mark.parametrize("event", ["read", "keep", "else"])
def test_other_messages_are_ignored(camera, sent, event):
    tell(camera, event)  # without a frame
    camera.view._handle_custom_msg("nonsense", [])
    assert sent == []
    assert camera.kept == []


def test_keep_shows_a_frame_with_its_reading(camera):
    assert camera.reading is None
    tell(camera, "keep", frame())
    (kept,) = camera.kept
    assert kept.picture == frame()
    assert camera.reading.text == "31415"
    assert ">31415<" in camera.picture.value
    assert camera.picture.value.count("<rect") == 5


def test_only_the_last_reading_keeps_its_steps(camera):
    for name in ("several_31415.png", "digit_7.png"):
        tell(camera, "keep", frame(name))
    first, last = camera.kept
    assert not any(prediction.steps for prediction in first.reading.predictions)
    assert all(prediction.steps for prediction in last.reading.predictions)


def test_what_is_kept_is_corrected_and_its_digits_are_samples(camera, tmp_path):
    tell(camera, "keep", frame())
    assert len(camera.samples.labels) == 0
    camera.panel.entry.value = "31475"
    assert camera.samples.labels.tolist() == [3, 1, 4, 7, 5]
    assert camera.samples.images.shape == (5, 28, 28)
    assert "4 of 5 of your digits read correctly" in camera.panel.note.value
    camera.save_samples(tmp_path / "mine.npz")
    other = digitrec.Camera()
    other.load_samples(tmp_path / "mine.npz")
    assert other.samples.labels.tolist() == [3, 1, 4, 7, 5]


def test_another_label_replaces_the_first_and_the_same_takes_it_back(camera):
    camera.keep(frame())
    camera.correct("11111")
    camera.correct("31415")
    assert camera.samples.labels.tolist() == [3, 1, 4, 1, 5]
    camera.correct(31415)
    assert len(camera.samples.labels) == 0


def test_the_label_of_one_frame_does_not_replace_that_of_another(camera):
    for _ in range(2):
        camera.keep(frame())
        camera.correct("31415")
    assert len(camera.samples.labels) == 10


def test_a_label_that_does_not_fit_is_explained(camera):
    with pytest.raises(ValueError, match="keep a frame first"):
        camera.correct("3")
    camera.keep(frame())
    camera.panel.entry.value = "314"
    assert "5 digits were found" in camera.panel.note.value
    with pytest.raises(ValueError, match="enter as many"):
        camera.correct("314")


def test_a_frame_without_a_number_is_not_kept(camera):
    with pytest.raises(digitrec.PictureError, match="shows no number"):
        camera.keep(BLANK)
    tell(camera, "keep", BLANK)
    assert camera.kept == []
    assert "shows no number" in camera.panel.note.value


def test_the_digits_are_saved_with_a_button(camera, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    camera.keep(frame())
    assert camera.panel.save.disabled
    camera.correct("31415")
    camera.panel.save.click()
    assert digitrec.load_samples("models/my_digits.npz").labels.tolist() == [3, 1, 4, 1, 5]
    assert "Saved" in camera.panel.note.value


def test_outside_a_notebook_it_says_where_it_can_be_seen(camera, capsys):
    camera.display()
    assert "can only be seen in a notebook" in capsys.readouterr().out


def test_digits_are_corrected_in_those_of_their_script():
    camera = digitrec.Camera(digitrec.load_model("chinese"))
    tell(camera, "keep", frame())
    count = len(camera.reading.predictions)
    camera.correct("七" * count)
    assert camera.samples.labels.tolist() == [7] * count
