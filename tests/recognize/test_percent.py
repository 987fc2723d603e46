import numpy as np
import pytest

from digitrec.recognize.percent import percent
from digitrec.viz import plot_probabilities


@pytest.mark.parametrize(
    ("confidence", "decimals", "text"),
    [
        (0.987, 1, "98.7%"),
        (0.9994, 1, "99.9%"),
        (0.9996, 1, ">99.9%"),
        (1.0, 1, ">99.9%"),
        (np.float32(1), 1, ">99.9%"),
        (0.994, 0, "99%"),
        (0.996, 0, ">99%"),
        (0.0, 1, "0.0%"),
    ],
)
def test_nothing_is_written_as_certain(confidence, decimals, text):
    assert percent(confidence, decimals) == text


def test_bars_of_a_certain_digit_say_so_too():
    assert plot_probabilities(np.eye(10)[3]).texts[3].get_text() == ">99.9%"
