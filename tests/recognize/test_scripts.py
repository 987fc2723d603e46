import json
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from conftest import ROOT
from PIL import Image

import digitrec
from digitrec.data.scripts import SCRIPTS, draw_script
from digitrec.model.storage import to_lite
from digitrec.recognize.shipped import shipped_script_model

every_script = pytest.mark.parametrize("script", SCRIPTS)


@cache
def drawn(script):
    """Digits drawn by other hands than those that the networks learned from."""
    return draw_script(300, 99, script)


def example(script, digit):
    """A drawing on paper of a digit that keeps its size."""
    images, labels = drawn(script)
    image = next(each for each in images[labels == digit] if np.count_nonzero(each) > 60)
    return 255 - np.kron(image, np.ones((5, 5), np.uint8))


@every_script
def test_digits_that_other_hands_drew_are_read(script):
    images, labels = drawn(script)
    assert digitrec.evaluate(shipped_script_model(script), images, labels).accuracy > 0.93


@every_script
def test_a_prediction_is_written_in_the_script(script):
    model = shipped_script_model(script)
    read = [digitrec.predict_digit(example(script, digit), model) for digit in range(10)]
    assert sum(each.digit == digit for digit, each in enumerate(read)) >= 8
    assert all(each.text == SCRIPTS[script].digits[each.digit] for each in read)


def test_western_digits_are_written_as_ever():
    prediction = digitrec.predict_digit(ROOT / "test_images" / "digit_7.png")
    assert (prediction.digit, prediction.text) == (7, "7")


@every_script
def test_most_letters_are_refused_and_doubt_is_written_in_the_script(script):
    """Printed letters, of fonts that no training saw, and none of which looks like a digit."""
    model = shipped_script_model(script)
    letters = digitrec.draw_glyphs(30, 0, "AaBFGHKMmNPRWw")
    papers = [255 - np.kron(letter, np.ones((5, 5), np.uint8)) for letter in letters]
    doubted = [digitrec.predict_digit(paper, model) for paper in papers]
    assert np.mean([each.accepted for each in doubted]) < 0.3
    words = "".join(each.alternatives for each in doubted if not each.is_unlikely)
    assert set(words) <= {*SCRIPTS[script].digits, *" or"}


@pytest.mark.parametrize(
    ("script", "digits"),
    [("arabic", (2, 0, 4, 7)), ("chinese", (3, 1, 8, 5)), ("devanagari", (4, 0, 9, 7))],
)
def test_a_number_is_read_where_a_digit_is_a_dot_or_a_line(script, digits):
    """A dot keeps its size among the others; the line network has seen only Western digits."""
    parts = [example(script, digit) for digit in digits]
    if script == "arabic":
        dot = np.full_like(parts[1], 255)
        dot[65:80, 62:77] = 0
        parts[1] = dot
    reading = digitrec.read_digits(np.hstack(parts), shipped_script_model(script))
    assert len(reading.predictions) == 4
    right = [each.digit == digit for each, digit in zip(reading.predictions, digits, strict=True)]
    assert sum(right) >= 3
    assert reading.text == "".join(
        SCRIPTS[script].digits[each.digit] for each in reading.predictions
    )


@every_script
def test_the_network_that_can_be_trained_is_the_one_that_reads(script):
    model, lite = digitrec.load_model(script), shipped_script_model(script)
    images = digitrec.scale(drawn(script)[0][:20, ..., np.newaxis])
    np.testing.assert_allclose(
        model.predict_on_batch(images), lite.predict_on_batch(images), atol=1e-4
    )
    assert model.name == lite.name == to_lite(model).name == script


def test_a_script_that_there_is_not_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match="'klingon', only for arabic, chinese, devanagari"):
        digitrec.load_model("klingon")


def test_a_path_is_no_script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError):
        digitrec.load_model("./arabic")


def test_a_pad_shows_the_script(network):
    pad = digitrec.DrawingCanvas(shipped_script_model("arabic"))
    for x, y in ((60, 40), (140, 240)):
        pad.sketch.press(x, y) if not pad.sketch.strokes else pad.sketch.move(x, y)
    pad.sketch.move(220, 40)
    pad.predict()
    assert (pad.prediction.digit, pad.reading.text) == (7, "٧")
    assert "٧" in pad.panel.head.value


def test_the_command_reads_a_script(tmp_path):
    path = tmp_path / "picture.png"
    Image.fromarray(example("chinese", 6)).save(path)

    def command(*arguments):
        run = [sys.executable, "-m", "digitrec", str(path), "--json", *arguments]
        return subprocess.run(run, cwd=ROOT, capture_output=True, encoding="utf-8")

    done = command("--script", "chinese", "--processes", "1")
    assert json.loads(done.stdout)["text"] == "六"
    unknown = command("--script", "klingon")
    assert unknown.returncode == 2
    assert "only for arabic, chinese, devanagari" in unknown.stderr
    both = command("--script", "arabic", "--model", "my.tflite")
    assert both.returncode == 2
    assert "not allowed with" in both.stderr
