import keras
import numpy as np
import pytest
from test_pad import SEVEN, draw

import digitrec
from digitrec.recognize.shipped import shipped_model


@pytest.fixture
def pad(network):
    return digitrec.DrawingCanvas(network, layers=True)


def sent(pad):
    return pad.layers.widget.answer


def test_the_layers_are_those_of_the_digit_on_the_pad(pad, network):
    draw(pad, SEVEN)
    inside = digitrec.look_inside(network, pad.prediction.image)
    assert inside.probabilities.argmax() == 7
    np.testing.assert_allclose(sent(pad)["sums"], inside.sums, atol=1e-5)
    np.testing.assert_allclose(sent(pad)["probabilities"], inside.probabilities, atol=1e-6)
    second, third, features = [np.frombuffer(each, np.uint8) for each in sent(pad)["others"]]
    assert (second.size, third.size, features.size) == (64 * 11 * 11, 64 * 3 * 3, 64)
    np.testing.assert_array_equal(features > 0, inside.features > features_unit(pad))
    brightest = np.unravel_index(inside.maps[1].argmax(), (11, 11, 64))
    assert second.reshape(64, 11, 11)[brightest[2], brightest[0], brightest[1]] == second.max()


def features_unit(pad):
    """The least feature that is shown as more than 0."""
    return pad.layers._most[-1] / 255


def test_six_filters_stand_beside_their_maps(pad, network):
    draw(pad, SEVEN)
    numbers = pad.layers.filters
    assert len(numbers) == 6
    assert numbers == sorted(set(numbers))
    maps = digitrec.look_inside(network, pad.prediction.image).maps[0][..., numbers]
    shown = np.frombuffer(sent(pad)["first"], np.uint8).reshape(6, 26, 26)
    expected = np.clip(np.moveaxis(maps, -1, 0) / pad.layers._most[0], 0, 1) * 255
    np.testing.assert_allclose(shown, expected, atol=1.01)
    described = pad.layers.widget.network["filters"]
    kernels, _ = network.layers[0].get_weights()
    for number, filter_ in zip(numbers, described, strict=True):
        assert filter_["caption"].startswith(f"filter {number}, bias ")
        rgba = np.reshape(filter_["colours"], (3, 3, 4)).astype(int)
        redder = rgba[..., 0] > rgba[..., 2]
        clear = abs(kernels[:, :, 0, number]) > 0.02
        np.testing.assert_array_equal(redder[clear], kernels[:, :, 0, number][clear] > 0)


def test_they_move_with_the_pen_and_go_back_when_the_pad_is_cleared(pad):
    blank = sent(pad)
    draw(pad, SEVEN)
    seven = sent(pad)
    assert seven["others"] != blank["others"]
    draw(pad, [(60, 140), (220, 140)])
    assert sent(pad)["others"] != seven["others"]
    pad.clear()
    assert sent(pad) == blank


def test_one_message_carries_all_layers_and_is_small(pad, monkeypatch):
    """A stroke may cause twenty of them a second."""
    messages = []
    monkeypatch.setattr(type(pad.layers.widget), "_send", lambda self, *a, **_: messages.append(a))
    monkeypatch.setattr(type(pad.layers.widget.comm), "send", lambda *a, **_: None)
    changes = []
    pad.layers.widget.observe(changes.append)
    draw(pad, SEVEN[:2])
    assert {change["name"] for change in changes} == {"answer"}
    answer = sent(pad)
    assert len(answer["first"]) + sum(map(len, answer["others"])) < 20_000


def test_without_layers_a_pad_has_none_and_needs_no_tensorflow():
    assert digitrec.DrawingCanvas(shipped_model()).layers is None


def test_the_shipped_network_is_looked_into_if_no_other_is_given():
    pad = digitrec.DrawingCanvas(layers=True)
    draw(pad, SEVEN)
    assert np.argmax(sent(pad)["probabilities"]) == 7


def test_what_cannot_be_shown_is_refused_with_a_reason(network):
    with pytest.raises(ValueError, match="leave out `wide` or `layers`"):
        digitrec.DrawingCanvas(network, wide=True, layers=True)
    with pytest.raises(ValueError, match="give a Keras model"):
        digitrec.DrawingCanvas(shipped_model(), layers=True)
    layers = keras.layers
    dense = keras.Sequential(
        [layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10, activation="softmax")]
    )
    with pytest.raises(ValueError, match="no convolutions"):
        digitrec.DrawingCanvas(dense, layers=True)


def test_a_network_of_other_sizes_can_be_shown():
    layers = keras.layers
    small = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(4, 5, activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    pad = digitrec.DrawingCanvas(small, layers=True)
    draw(pad, SEVEN)
    assert len(sent(pad)["first"]) == 4 * 24 * 24
