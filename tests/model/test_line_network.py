import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT

import digitrec
from digitrec.data.drawn_lines import draw_lines
from digitrec.data.manner import CALM
from digitrec.model import line_network
from digitrec.model.line_inputs import ROOM, to_line_inputs
from digitrec.model.storage import SHIPPED_LINES
from digitrec.recognize.ctc import likeliest_symbols
from digitrec.recognize.lines import look


def test_it_has_the_parameters_that_the_readme_says():
    model = digitrec.build_line_model()
    assert model.count_params() == 421_100
    assert model.input_shape == (None, 32, None, 1)
    assert model.output_shape == (None, None, 12)


def test_the_file_is_small():
    assert SHIPPED_LINES.stat().st_size < 2_000_000


def test_lines_of_any_width_are_put_into_one_array():
    inks = [np.full((32, width), 255, np.uint8) for width in (5, 40)]
    inputs = to_line_inputs(inks)
    assert inputs.shape[:2] == (2, 32)
    assert inputs.shape[3] == 1
    assert inputs.dtype == np.float32
    for row, ink in zip(inputs[..., 0], inks, strict=True):
        width = ink.shape[1]
        assert (row[:, ROOM : ROOM + width] == 1).all()
        assert row.sum() == 32 * width
        assert row.shape[1] >= width + 2 * ROOM


def test_the_shipped_one_reads_lines_of_digits_that_it_has_not_seen(mnist):
    _, (images, labels) = mnist
    lines = draw_lines(300, images, labels, 3, CALM)
    read = [likeliest_symbols(look(line.ink))[0].symbols for line in lines]
    correct = [
        symbols == tuple(digit + 1 for digit in line.digits)
        for symbols, line in zip(read, lines, strict=True)
    ]
    assert np.mean(correct) > 0.6


def test_the_process_that_draws_the_lines_loads_no_tensorflow():
    code = """
import sys
from digitrec.data.manner import CALM
from digitrec.model.line_batches import Lines, _draw_batches
print(len(_draw_batches(Lines(0, CALM), 0)), {"tensorflow", "keras"} & {*sys.modules})
"""
    run = [sys.executable, "-c", code]
    assert subprocess.check_output(run, cwd=ROOT, text=True).split() == ["8", "set()"]


@pytest.mark.slow
def test_training_is_repeatable_and_lowers_the_loss(monkeypatch):
    monkeypatch.setattr(line_network, "EPOCH", 24)  # steps; enough to see the loss fall
    losses, weights = [], []
    for _ in range(2):
        model = digitrec.build_line_model(seed=1)
        history = digitrec.train_line_model(model, epochs=2, calm_epochs=1, seed=1)
        losses.append(history.history["loss"])
        weights.append(model.get_weights())
    assert len(losses[0]) == 3
    assert losses[0][2] < losses[0][0] / 2
    assert losses[0] == losses[1]
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)
