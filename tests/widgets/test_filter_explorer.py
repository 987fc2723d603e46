import re
import sys
from types import SimpleNamespace

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest

import digitrec
from digitrec.recognize.shipped import shipped_model
from digitrec.widgets import filter_explorer


@pytest.fixture
def explorer(network):
    return digitrec.FilterExplorer(network)


def shown(explorer):
    _, convolution, pooling, facts, _ = explorer.widget.children
    return convolution.value, pooling.value, facts.value


def test_it_follows_the_sliders(explorer, monkeypatch):
    calls = []
    monkeypatch.setattr(
        filter_explorer.viz, "plot_convolution", lambda *numbers: calls.append(numbers) or figure()
    )
    explorer._redraw_soon.function()
    explorer.filter.value, explorer.row.value, explorer.column.value = 3, 4, 5
    explorer._redraw_soon.now()
    _, kernel, bias, row, column = calls[-1]
    kernels, biases = digitrec.load_model().layers[0].get_weights()
    np.testing.assert_array_equal(kernel, kernels[:, :, 0, 3])
    assert (bias, row, column) == (pytest.approx(biases[3]), 4, 5)


def figure():
    return plt.figure(figsize=(1, 1))


def test_moving_a_slider_changes_both_figures(explorer, monkeypatch):
    before = shown(explorer)
    monkeypatch.setattr("digitrec.widgets.throttle.time.monotonic", lambda: 1e9)
    explorer.row.value += 2
    after = shown(explorer)
    assert after[0] != before[0]
    assert after[1] != before[1]
    assert int(re.search(r'width="(\d+)"', after[0])[1]) > 900
    assert f"row {explorer.row.value}, column" in after[0]  # in words too


def test_the_sliders_reach_all_filters_and_places_and_no_others(explorer):
    ranges = [(each.min, each.max) for each in (explorer.filter, explorer.row, explorer.column)]
    assert ranges == [(0, 31), (0, 25), (0, 25)]


def test_it_begins_where_the_map_is_bright(explorer):
    assert explorer.sums[explorer.row.value, explorer.column.value] > 0.3


def test_no_figure_is_left_open(explorer):
    assert plt.get_fignums() == []


def test_a_digit_of_ones_own_can_be_given(network, mnist):
    image = mnist[1][0][3]
    explorer = digitrec.FilterExplorer(network, image)
    kernels, biases = network.layers[0].get_weights()
    number = explorer.filter.value
    expected = digitrec.convolve(image / 255, kernels[:, :, 0, number], biases[number])
    np.testing.assert_allclose(explorer.sums, expected, atol=1e-5)
    with pytest.raises(ValueError, match="images have shape"):
        digitrec.FilterExplorer(network, np.zeros((20, 20)))


def test_stride_padding_and_receptive_fields_are_told(explorer):
    facts = shown(explorer)[2]
    for text in ("stride</b> 1", "padding", "28 pixels at 26 places", ">18 × 18<", ">3 × 3<"):
        assert text in facts


def test_the_riddle_has_its_answer_computed(explorer):
    """As the receptive fields give it; another network may see all pixels."""
    facts = shown(explorer)[2]
    assert "<details><summary>Riddle" in facts
    assert "rows 26 and 27" in facts
    assert "None: each pixel" in filter_explorer._riddle(28)


@pytest.mark.parametrize("model", [shipped_model, lambda: "none"])
def test_a_model_without_a_first_convolution_is_refused(model):
    with pytest.raises(ValueError, match="give a"):
        digitrec.FilterExplorer(model())


def marked_map():
    images, labels = np.zeros((20, 28, 28), np.uint8), np.arange(20) % 10
    explorer = digitrec.MapExplorer(np.eye(20, 2, dtype=np.float32), images, labels)
    explorer.mark(np.array([0.5, 0.5]))
    return explorer


@pytest.mark.parametrize(
    "kind", ["explorer", "pad", "wide pad", "pad with layers", "uploader", "map"]
)
def test_a_widget_is_stored_with_a_picture_of_itself(kind, network, monkeypatch):
    """For pages that show a notebook without a kernel, in place of `Box(children=(...`."""
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace(version_info=(7, 0)))
    stored = []
    monkeypatch.setattr(
        "digitrec.widgets.style.display", lambda bundle, **options: stored.append((bundle, options))
    )
    make = {
        "explorer": lambda: digitrec.FilterExplorer(network),
        "pad": lambda: digitrec.DrawingCanvas(network),
        "wide pad": lambda: digitrec.DrawingCanvas(network, wide=True),
        "pad with layers": lambda: digitrec.DrawingCanvas(network, layers=True),
        "uploader": lambda: digitrec.ImageUploader(network),
        "map": marked_map,
    }[kind]
    widget = make()
    assert isinstance(widget.widget, ipywidgets.Widget)
    widget.display()
    ((bundle, options),) = stored
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == widget.widget.model_id
    assert bundle["text/plain"] == type(widget).__name__
    assert type(widget).__name__ in options["metadata"]["image/png"]["alt"]
    assert options["raw"]
    assert len(bundle["image/png"]) < 100_000
    assert plt.get_fignums() == []
