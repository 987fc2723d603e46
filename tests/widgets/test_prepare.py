import sys
from types import SimpleNamespace

import pytest
from test_pad import SEVEN, draw

import digitrec
from digitrec.model.lite import LiteModel
from digitrec.model.lite_copy import fastest
from digitrec.widgets.prepare import prepare


@pytest.fixture
def in_a_notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace(version_info=(7, 0)))


@pytest.fixture
def explained(monkeypatch):
    """What is explained to nobody."""
    explanations = []

    def explain(*asked):
        explanations.append(digitrec.explain(*asked))
        return explanations[-1]

    monkeypatch.setattr("digitrec.widgets.prepare.explain", explain)
    return explanations


def test_outside_a_notebook_nothing_is_prepared(network):
    assert prepare(network) is None


@pytest.mark.filterwarnings("error")
def test_in_a_notebook_the_first_explanation_is_prepared(network, explained, in_a_notebook):
    prepare(network).join()
    assert len(explained) == 1


@pytest.mark.filterwarnings("error")
def test_what_goes_wrong_is_left_to_whoever_asks(in_a_notebook):
    prepare("none").join()


def test_in_a_notebook_a_keras_model_reads_as_a_copy(in_a_notebook, monkeypatch):
    model = digitrec.load_model()
    pad = digitrec.DrawingCanvas(model)
    draw(pad, SEVEN)
    before = pad.prediction.probabilities
    prepare(model).join()
    assert isinstance(fastest(model), LiteModel)
    monkeypatch.setattr(model, "predict_on_batch", None)
    pad.predict()
    assert pad.prediction.probabilities == pytest.approx(before, abs=1e-5)


@pytest.mark.parametrize("name", ["Camera", "DrawingCanvas", "ImageUploader"])
def test_showing_a_widget_prepares_it(network, name, monkeypatch):
    widget = getattr(digitrec, name)(network)
    prepared = []
    monkeypatch.setattr(f"{type(widget).__module__}.prepare", prepared.append)
    widget.display()
    assert prepared == [network]
