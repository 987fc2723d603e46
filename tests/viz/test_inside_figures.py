import re

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest

import digitrec
from digitrec import viz


@pytest.fixture(scope="module")
def image(mnist):
    return digitrec.scale(mnist[1][0][0])


def words(figure):
    """The lines of text below the Axes, with hyphens for minus signs."""
    return [text.get_text().replace("−", "-") for text in figure.texts]


def numbers(ax):
    return [float(text.get_text().replace("−", "-")) for text in ax.texts]


@pytest.mark.parametrize(("number", "row", "column"), [(5, 9, 14), (20, 0, 0), (26, 25, 25)])
def test_the_number_that_is_drawn_is_the_one_that_keras_computes(
    image, network, number, row, column
):
    kernels, biases = network.layers[0].get_weights()
    figure = viz.plot_convolution(image, kernels[:, :, 0, number], biases[number], row, column)
    *_, sentence = words(figure)
    total, sign, bias, value = re.match(
        r"sum \+ bias:  (\S+) (.) (\S+) = (\S+),", sentence
    ).groups()
    assert f"row {row}, column {column} of the map" in sentence

    layer = keras.layers.Conv2D(32, 3)  # without ReLU
    layer.build((None, 28, 28, 1))
    layer.set_weights([kernels, biases])
    computed = layer(image[np.newaxis, ..., np.newaxis]).numpy()[0, ..., number]
    assert float(value) == pytest.approx(computed[row, column], abs=0.0006)
    assert float(sign + bias) == pytest.approx(biases[number], abs=0.0006)
    assert float(total) + float(sign + bias) == pytest.approx(float(value), abs=0.0011)
    np.testing.assert_allclose(figure.axes[4].images[0].get_array(), computed, atol=1e-5)


def test_the_nine_products_are_drawn_and_written(image, network):
    kernels, biases = network.layers[0].get_weights()
    figure = viz.plot_convolution(image, kernels[:, :, 0, 5], biases[5], 9, 14)
    _, patch, kernel, terms, _ = figure.axes
    np.testing.assert_allclose(numbers(patch), image[9:12, 14:17].ravel(), atol=0.006)
    np.testing.assert_allclose(numbers(kernel), kernels[:, :, 0, 5].ravel(), atol=0.006)
    product = (image[9:12, 14:17] * kernels[:, :, 0, 5]).ravel()
    np.testing.assert_allclose(numbers(terms), product, atol=0.006)
    (sentence,) = [line for line in words(figure) if line.count(".") == 10]
    nine, total = sentence.split(" = ")
    terms = [float(term.replace(" ", "")) for term in re.findall(r"(?:[+-] ?)?\d\.\d+", nine)]
    np.testing.assert_allclose(terms, product, atol=0.0006)
    assert float(total) == pytest.approx(product.sum(), abs=0.0006)


def test_patch_and_value_are_marked_where_they_are(image):
    figure = viz.plot_convolution(image, np.ones((3, 3)), 0.0, 9, 14)
    (patch,), (value,) = figure.axes[0].patches, figure.axes[4].patches
    assert (patch.get_xy(), patch.get_width()) == ((13.5, 8.5), 3)
    assert (value.get_xy(), value.get_width()) == ((13.5, 8.5), 1)


def test_a_place_that_is_not_on_the_map_leaves_no_figure(image):
    with pytest.raises(ValueError, match="choose a row from 0 to 25"):
        viz.plot_convolution(image, np.ones((3, 3)), 0.0, 26, 0)
    assert plt.get_fignums() == []


def test_pooling_shows_relu_and_the_largest_of_four():
    sums = np.zeros((26, 26))
    sums[8:10, 14:16] = [[0.5, -1], [2, 1.25]]
    figure = viz.plot_pooling(sums, 9, 15)
    _, before, after, largest, pooled = figure.axes
    assert numbers(before) == [0.5, -1, 2, 1.25]
    assert numbers(after) == [0.5, 0, 2, 1.25]
    assert numbers(largest) == [2]
    assert np.argwhere(np.asarray(pooled.images[0].get_array())).tolist() == [[4, 7]]
    assert words(figure)[-1] == (
        "ReLU: max(0, 1.250) = 1.250      pooling: row 4, column 7 keeps 2.000"
    )


def test_filters_stand_beside_their_maps_with_a_scale(image, network):
    kernels, biases = network.layers[0].get_weights()
    maps = digitrec.look_inside(network, image).maps[0]
    figure = viz.plot_filters_and_maps(kernels, biases, maps, [2, 5, 20, 26])
    *axes, weights, active = figure.axes
    for number, left, right in zip([2, 5, 20, 26], axes[::2], axes[1::2], strict=False):
        np.testing.assert_array_equal(left.images[0].get_array(), kernels[:, :, 0, number])
        np.testing.assert_array_equal(right.images[0].get_array(), maps[..., number])
        bias = right.get_title().replace("−", "-").removeprefix(f"filter {number}, bias ")
        assert float(bias) == pytest.approx(biases[number], abs=0.006)
    assert weights.get_xlabel() == "weight of a filter"
    assert active.get_xlabel() == "value of a map, after ReLU"
    assert len({ax.images[0].get_clim() for ax in axes[1:8:2]}) == 1  # one scale for all


def test_blank_paper_is_bright_where_the_bias_is_above_0():
    maps = np.zeros((26, 26, 2))
    maps[..., 0] = 0.5
    figure = viz.plot_filters_and_maps(np.ones((3, 3, 1, 2)), np.array([0.5, -0.5]), maps, [0, 1])
    bright, dark = figure.axes[1].images[0], figure.axes[3].images[0]
    levels = [image.norm(float(image.get_array()[0, 0])) for image in (bright, dark)]
    assert levels == [1, 0]


def test_all_layers_are_drawn_from_pixels_to_probabilities(image, network):
    inside = digitrec.look_inside(network, image)
    figure = viz.plot_layers(image, *inside)
    digit, *_, features, sums, probabilities = figure.axes
    np.testing.assert_array_equal(digit.images[0].get_array(), image)
    np.testing.assert_array_equal(np.ravel(features.images[0].get_array()), inside.features)
    widths = [[bar.get_width() for bar in ax.patches] for ax in (sums, probabilities)]
    np.testing.assert_allclose(widths, [inside.sums, inside.probabilities])
    shown = np.asarray(figure.axes[2].images[0].get_array())
    np.testing.assert_array_equal(shown[:11, 12:23], inside.maps[1][..., 1])


@pytest.mark.parametrize("place", [(9, 14), (0, 0)])
def test_no_text_runs_over_another_or_beyond_the_figure(image, network, place):
    kernels, biases = network.layers[0].get_weights()
    inside = digitrec.look_inside(network, image)
    for figure in (
        viz.plot_convolution(image, kernels[:, :, 0, 20], biases[20], *place),
        viz.plot_pooling(digitrec.convolve(image, kernels[:, :, 0, 20]), *place),
        viz.plot_filters_and_maps(kernels, biases, inside.maps[0]),
        viz.plot_layers(image, *inside),
    ):
        assert figure.get_figwidth() == viz.WIDTH
        figure.canvas.draw()
        texts = [*figure.texts, *(text for ax in figure.axes for text in (*ax.texts, ax.title))]
        boxes = [text.get_window_extent() for text in texts if text.get_text()]
        for number, box in enumerate(boxes):
            assert box.x0 >= 0
            assert box.x1 <= figure.bbox.x1
            assert not any(box.overlaps(other) for other in boxes[:number])
