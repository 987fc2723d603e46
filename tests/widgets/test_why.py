import subprocess
import sys

import matplotlib.pyplot as plt
import pytest
from conftest import ROOT
from test_pad import SEVEN, draw, fire
from test_uploader import picture, upload

import digitrec


@pytest.fixture
def asked(monkeypatch):
    """What is asked to be explained: the reading and the true digits."""
    calls = []

    def counted(reading, model, true):
        calls.append((reading, true))
        return digitrec.explain(reading, model, true)

    monkeypatch.setattr("digitrec.widgets.why.explain", counted)
    return calls


@pytest.fixture
def pad(network):
    return digitrec.DrawingCanvas(network)


def shown(why):
    """What stands below the button."""
    return "".join(child.value for child in why.widget.children[1:])


def test_the_button_opens_the_figure_and_closes_it(pad):
    draw(pad, SEVEN)
    assert (pad.why.button.description, shown(pad.why)) == ("Why?", "")
    pad.why.button.click()
    assert "data:image/png;base64," in shown(pad.why)
    assert 'alt="Read as 7 with' in shown(pad.why)
    assert pad.why.button.description == "Close"
    assert plt.get_fignums() == []  # or the notebook would show it again below the next cell
    pad.why.button.click()
    assert (pad.why.button.description, shown(pad.why)) == ("Why?", "")


def test_nothing_is_explained_until_it_is_asked_for(pad, asked):
    draw(pad, SEVEN)
    pad.keep(1)
    pad.clear()
    assert asked == []


def test_a_blank_pad_says_what_to_do(pad, asked):
    pad.why.button.click()
    assert "draw first" in shown(pad.why)
    assert asked == []


@pytest.mark.parametrize(
    "change",
    [
        lambda pad: fire(pad, "mouse_down", (40, 40)),
        lambda pad: pad.undo(),
        lambda pad: pad.clear(),
    ],
    ids=["draw on", "undo", "clear"],
)
def test_the_explanation_goes_when_the_drawing_changes(pad, change):
    draw(pad, SEVEN)
    pad.why.button.click()
    _, answer = pad.why.widget.children
    change(pad)
    assert not pad.why.is_open
    assert not answer.comm  # closed: else it would live as long as the kernel


def test_the_label_of_the_drawing_is_the_true_digit(pad, asked):
    draw(pad, SEVEN)
    pad.why.button.click()
    pad.keep(1)
    pad.keep(1)  # takes the drawing back
    assert [true for _, true in asked] == [None, "1", None]


def test_a_number_is_explained_by_its_least_sure_digit(network, asked):
    wide = digitrec.DrawingCanvas(network, wide=True)
    draw(wide, [(60, 40), (60, 180)])
    draw(wide, [(200, 40), (280, 40), (230, 180)])
    wide.keep("17")
    wide.why.button.click()
    (reading, true), *_ = asked
    assert (reading.text, true) == ("17", "17")
    assert "data:image/png;base64," in shown(wide.why)


def test_an_error_is_shown_in_words(pad):
    draw(pad, SEVEN)
    pad.model = "none"
    pad.why.button.click()
    assert "give a model that" in shown(pad.why)
    pad.why.button.click()
    assert not pad.why.is_open


def test_each_upload_has_its_own_explanation(network, asked):
    uploader = digitrec.ImageUploader(network)
    upload(uploader, "same name", picture("digit_7.png"))
    upload(uploader, "same name", picture("several_31415.png"))
    upload(uploader, "notes.txt", b"not a picture")
    one, several, failed = uploader.results.children
    assert len(failed.children) == 1  # nothing was read, so there is nothing to ask
    for row in (one, several):
        button = row.children[1].children[0]
        button.click()
        assert "data:image/png;base64," in row.children[1].children[1].value
    assert [reading.text for reading, _ in asked] == ["7", "31415"]


def test_an_upload_whose_steps_are_gone_is_explained_all_the_same(network, asked, monkeypatch):
    monkeypatch.setattr("digitrec.widgets.uploader.MOST_STEPS", 1)
    uploader = digitrec.ImageUploader(network)
    for name in ("first.png", "second.png"):
        upload(uploader, name, picture("digit_7.png"))
    for row in uploader.results.children:
        row.children[1].children[0].click()
    assert [bool(reading.predictions[0].steps) for reading, _ in asked] == [False, True]


def test_pad_and_uploader_load_no_tensorflow_before_anybody_asks():
    code = "import sys, digitrec; digitrec.DrawingCanvas(); digitrec.ImageUploader()\n"
    code += "print('tensorflow' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout == "False\n"
