import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

import digitrec
from digitrec import viz
from digitrec.viz.axes import GREEN, RED

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 28, 28), np.uint8)
PROBABILITIES = np.full((7, 10), 0.05)
PROBABILITIES[:, 3] = 0.55
STRIP = np.zeros((32, 40), np.uint8)
SEEN = np.eye(12)[[0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]]
CUTS = np.array([[2.0] * 32, [20.0] * 32, [38.0] * 32])
POINTS = np.random.default_rng(1).normal(size=(7, 2))
HISTORY = {"loss": [0.5, 0.2], "val_loss": [0.3, 0.25], "accuracy": [0.8, 0.9]}


def texts(ax):
    return [text.get_text() for text in ax.texts]


PLOTS = {
    "digits": lambda ax: viz.plot_digits(IMAGES, range(7), ax=ax),
    "digits without captions": lambda ax: viz.plot_digits(IMAGES[..., None] / 255, ax=ax),
    "predictions": lambda ax: viz.plot_predictions(IMAGES, np.arange(7), PROBABILITIES, ax=ax),
    "no mistakes": lambda ax: viz.plot_predictions(
        IMAGES[:0], np.arange(0), PROBABILITIES[:0], ax=ax
    ),
    "history": lambda ax: viz.plot_history(HISTORY, "loss", ax=ax),
    "learning curve": lambda ax: viz.plot_learning_curve([1, 10], {"ours": [0.5, 0.9]}, ax=ax),
    "learning rate": lambda ax: viz.plot_learning_rate(np.linspace(0, 0.003, 50), 5, ax=ax),
    "confusion": lambda ax: viz.plot_confusion(np.eye(10, dtype=int), ax=ax),
    "probabilities": lambda ax: viz.plot_probabilities(PROBABILITIES[0], ax=ax),
    "architecture": lambda ax: viz.plot_architecture([("Input", (28, 28, 1), 0)], ax=ax),
    "feature maps": lambda ax: viz.plot_feature_maps(np.ones((11, 11, 64)), ax=ax),
    "predictions without labels": lambda ax: viz.plot_predictions(
        IMAGES, None, PROBABILITIES, ax=ax
    ),
    "reliability": lambda ax: viz.plot_reliability(
        np.array([0.6, 0.9]),
        np.array([0.5, 0.8]),
        np.array([20, 70]),
        np.array([[0.3, 0.7], [0.7, 0.9]]),
        ax=ax,
    ),
    "risk and coverage": lambda ax: viz.plot_risk_coverage(
        np.array([0.5, 1]), np.array([0, 0.1]), chosen=(0.5, 0), label="ours", ax=ax
    ),
    "map": lambda ax: viz.plot_map(POINTS, np.arange(7) % 3, ax=ax),
    "map with a drawing": lambda ax: viz.plot_map(
        POINTS, np.arange(7), drawing=POINTS[0], neighbours=np.array([1, 2]), ax=ax
    ),
    "line": lambda ax: viz.plot_line(STRIP, SEEN, CUTS, ax=ax),
    "line without digits": lambda ax: viz.plot_line(STRIP, SEEN, np.empty((0, 32)), ax=ax),
    "picture": lambda ax: viz.plot_picture(IMAGES[0], [(3, 4, 5, 6)], ["7"], ax=ax),
}


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_draws_on_the_axes_it_is_given(name):
    _, (wanted, other) = plt.subplots(1, 2)
    assert PLOTS[name](wanted) is wanted
    assert not other.has_data()
    assert len(plt.get_fignums()) == 1
    plt.gcf().canvas.draw()


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_without_axes_makes_a_figure(name):
    ax = PLOTS[name](None)
    assert ax.figure.get_figwidth() <= 11
    ax.figure.canvas.draw()


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_says_in_words_what_it_shows(name):
    assert PLOTS[name](None).figure.get_label().endswith(".")


def test_jupyter_stores_the_words_beside_the_picture():
    """As `alt`; those of two plots in one figure stand in their order."""
    figure, (left, right) = plt.subplots(1, 2)
    viz.plot_history(HISTORY, "loss", ax=left)
    viz.plot_confusion(np.eye(10, dtype=int), ax=right)
    _, metadata = DisplayFormatter().format(figure)
    words = metadata["image/png"]["alt"]
    assert words.index("Training loss from 0.5000 to 0.2000") < words.index("Mistakes: none")


def test_digits_are_captioned_one_by_one():
    ax = viz.plot_digits(IMAGES, list("abcdefg"), columns=3)
    assert texts(ax) == list("abcdefg")
    assert len(ax.images) == 7


def test_right_and_wrong_differ_in_colour_and_in_sign():
    ax = viz.plot_predictions(IMAGES[:2], np.array([3, 8]), PROBABILITIES[:2])
    assert texts(ax) == ["✓ 3\n55.0%", "✗ 3, is 8\n55.0%"]
    assert [text.get_color() for text in ax.texts] == [GREEN, RED]


def test_history_has_both_curves_from_the_first_epoch_on():
    ax = viz.plot_history(HISTORY, "loss")
    training, validation = ax.lines
    assert training.get_xydata().tolist() == [[1, 0.5], [2, 0.2]]
    assert validation.get_xydata().tolist() == [[1, 0.3], [2, 0.25]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Epoch", "Loss")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]


def test_history_without_validation_has_one_curve():
    assert len(viz.plot_history(HISTORY, "accuracy").lines) == 1


def test_a_loss_is_drawn_on_a_logarithmic_scale_with_plain_numbers():
    ax = viz.plot_history({"loss": [2.2, 0.4, 0.02], "val_loss": [2.0, 0.4, 0.5]}, "loss")
    ax.figure.canvas.draw()
    low, high = ax.get_ylim()
    shown = [
        text.get_text()
        for text, place in zip(ax.get_yticklabels(), ax.get_yticks(), strict=True)
        if low <= place <= high
    ]
    assert shown == ["0.02", "0.05", "0.1", "0.2", "0.5", "1", "2"]


def test_a_loss_of_zero_is_drawn_all_the_same():
    assert viz.plot_history({"loss": [0.5, 0.0]}, "loss").get_yscale() == "linear"


def test_the_first_epoch_does_not_press_the_accuracies_of_the_others_together():
    history = {"accuracy": [0.4, 0.9, 0.95, 0.97], "val_accuracy": [0.8, 0.96, 0.97, 0.98]}
    low, high = viz.plot_history(history).get_ylim()
    assert 0.85 < low < 0.9 < 0.98 < high < 1


def test_softmax_shows_each_number_of_each_digit():
    sums, probabilities = np.linspace(-2, 2.5, 10), np.linspace(0, 0.2, 10)
    errors = probabilities - np.eye(10)[5]
    figure = viz.plot_softmax(sums, probabilities, errors)
    left, middle, right = figure.axes
    assert texts(left)[0] == "−2.00"
    assert texts(middle)[9] == "0.200"
    assert texts(right)[5] == "−0.889"
    for ax, values in ((left, sums), (middle, probabilities), (right, errors)):
        np.testing.assert_allclose([bar.get_width() for bar in ax.patches], values)
        assert overlapping(ax) == []


def test_confusion_shows_each_count_in_its_cell():
    counts = np.arange(100).reshape(10, 10)
    ax = viz.plot_confusion(counts)
    shown = {text.get_position(): text.get_text() for text in ax.texts}
    assert shown[(7, 2)] == "27"  # truth 2 down, read as 7 across
    assert shown[(0, 0)] == "·"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Predicted", "True")


def test_probability_bars_have_their_lengths_and_numbers():
    ax = viz.plot_probabilities(PROBABILITIES[0])
    np.testing.assert_allclose([bar.get_width() for bar in ax.patches], PROBABILITIES[0])
    assert texts(ax)[2:4] == ["5.0%", "55.0%"]


def test_the_architecture_names_shapes_and_parameters():
    ax = viz.plot_architecture(digitrec.describe(digitrec.build_model()))
    assert ax.get_title() == "93,322 parameters in all"
    for text in ("Conv2D", "26 × 26 × 32", "36,928\nparameters", "Flatten", "576", "10"):
        assert text in texts(ax)


def test_a_line_stands_above_what_is_seen_of_it():
    """A 7 at a tenth of its width and a 0 farther right, and three cuts beside them."""
    ax = viz.plot_line(STRIP, SEEN, CUTS)
    strip, seen = ax.images
    assert strip.get_extent()[:2] == seen.get_extent()[:2] == [0, 40]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    shown = {labels[row]: columns for row, columns in enumerate(np.asarray(seen.get_array()) > 0.5)}
    assert np.flatnonzero(shown["7"]).tolist() == [2]
    assert np.flatnonzero(shown["0"]).tolist() == [13]
    assert shown["none"].sum() == 18
    assert [set(line.get_xdata()) for line in ax.lines] == [{2}, {20}, {38}]


def test_a_map_names_each_group_once_and_joins_a_drawing_to_its_neighbours():
    labels = np.array([3, 3, 3, 8, 8, 8, 8])
    ax = viz.plot_map(POINTS, labels, drawing=np.zeros(2), neighbours=np.array([4, 6]))
    shown = {text.get_text(): text.get_position() for text in ax.texts}
    assert set(shown) == {"3", "8"}
    np.testing.assert_allclose(shown["3"], np.median(POINTS[:3], axis=0))
    one, other, star = ax.lines
    np.testing.assert_allclose(one.get_xydata(), [[0, 0], POINTS[4]])
    np.testing.assert_allclose(other.get_xydata(), [[0, 0], POINTS[6]])
    assert star.get_xydata().tolist() == [[0, 0]]


def overlapping(ax):
    """Pairs of texts whose boxes on the drawn figure share an area."""
    ax.figure.canvas.draw()
    boxes = [(text.get_text(), text.get_window_extent()) for text in ax.texts if text.get_text()]
    return [
        (one, other)
        for number, (one, here) in enumerate(boxes)
        for other, there in boxes[:number]
        if here.overlaps(there)
    ]


def test_groups_that_share_a_place_have_labels_side_by_side():
    places = np.array([[0, 0], [0.01, 0.02], [-0.02, 0.01], [5, 5], [9, 0]])
    ax = viz.plot_map(places, np.arange(5))
    assert overlapping(ax) == []
    shown = [text.get_position() for text in ax.texts]
    np.testing.assert_allclose(shown, places, atol=0.5)
    np.testing.assert_allclose(shown[3:], places[3:], atol=1e-9)


def test_labels_do_not_collide(mnist, trained_a_little):
    (images, labels), _ = mnist
    evaluation = digitrec.evaluate(trained_a_little, images[:300], labels[:300])
    some = evaluation.mistakes[:16]
    _, (small, _) = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
    for ax in (
        viz.plot_predictions(
            images[some], labels[some], evaluation.probabilities[some], columns=4, ax=small
        ),
        viz.plot_architecture(digitrec.describe(trained_a_little)),
        viz.plot_digits(images[:30], labels[:30]),
        viz.plot_predictions(images[some], labels[some], evaluation.probabilities[some]),
        viz.plot_confusion(1000 * evaluation.confusion),
        viz.plot_probabilities(evaluation.probabilities[0]),
    ):
        assert overlapping(ax) == []


def test_equal_captions_side_by_side_are_said_once():
    ax = viz.plot_digits(IMAGES, 4 * ["drawn"] + 3 * ["1\n2"])
    assert ax.figure.get_label() == "Images side by side: 4 × drawn, 3 × 1 2."
