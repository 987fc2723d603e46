import subprocess
import sys

import keras
import numpy as np
import pytest
from conftest import ROOT, same_weights

import digitrec
from digitrec.model import VALIDATION_SPLIT

# The network


def test_the_network_is_exactly_the_one_described():
    assert digitrec.describe(digitrec.build_model()) == [
        ("Input", (28, 28, 1), 0),
        ("Conv2D", (26, 26, 32), 320),
        ("MaxPooling2D", (13, 13, 32), 0),
        ("Conv2D", (11, 11, 64), 18_496),
        ("MaxPooling2D", (5, 5, 64), 0),
        ("Conv2D", (3, 3, 64), 36_928),
        ("Flatten", (576,), 0),
        ("Dense", (64,), 36_928),
        ("Dropout", (64,), 0),
        ("Dense", (10,), 650),
    ]


def test_it_has_93322_parameters_all_trainable():
    model = digitrec.build_model()
    assert isinstance(model, keras.Sequential)
    assert model.count_params() == 93_322
    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) == 93_322


def test_layers_are_configured_as_described():
    configurations = {layer.name: layer.get_config() for layer in digitrec.build_model().layers}
    convolutions = [c for name, c in configurations.items() if name.startswith("conv")]
    assert [c["kernel_size"] for c in convolutions] == [(3, 3)] * 3
    activations = [c["activation"] for c in configurations.values() if "activation" in c]
    assert activations == ["relu"] * 4 + ["softmax"]
    assert [c["rate"] for name, c in configurations.items() if name.startswith("drop")] == [0.5]


def test_it_is_compiled_with_the_classic_recipe():
    optimizer = digitrec.build_model().optimizer
    assert isinstance(optimizer, keras.optimizers.Adam)
    assert float(optimizer.learning_rate) == pytest.approx(0.001)
    assert (optimizer.beta_1, optimizer.beta_2) == (0.9, 0.999)
    assert digitrec.build_model().loss == "categorical_crossentropy"


def test_the_seed_decides_the_initial_weights():
    assert same_weights(digitrec.build_model(seed=1), digitrec.build_model(seed=1))
    assert not same_weights(digitrec.build_model(seed=1), digitrec.build_model(seed=2))


# Training


@pytest.mark.parametrize("augment", [False, True])
def test_a_run_can_be_repeated(mnist, augment):
    """Same seed, same weights to the bit, although the pipeline works in parallel."""
    (images, labels), _ = mnist
    runs = []
    for seed in (0, 0, 1):
        model = digitrec.build_model()
        digitrec.train(model, images[:600], labels[:600], epochs=2, augment=augment, seed=seed)
        runs.append(model)
    assert same_weights(runs[0], runs[1])
    assert not same_weights(runs[0], runs[2])


@pytest.mark.parametrize("augment", [False, True])
def test_a_little_training_goes_a_long_way(mnist, augment):
    (images, labels), (x_test, y_test) = mnist
    model = digitrec.build_model()
    history = digitrec.train(model, images[:6000], labels[:6000], epochs=3, augment=augment)
    assert set(history.history) == {"accuracy", "loss", "val_accuracy", "val_loss"}
    assert len(history.history["loss"]) == 3
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert digitrec.evaluate(model, x_test, y_test).accuracy > 0.9


def test_the_last_tenth_is_for_validation_only(mnist):
    """Wrong labels there change nothing of what is learned."""
    (images, labels), _ = mnist
    images, labels = images[:1000], labels[:1000]
    spoilt = labels.copy()
    spoilt[-int(len(labels) * VALIDATION_SPLIT) :] = 0
    model, other = digitrec.build_model(), digitrec.build_model()
    digitrec.train(model, images, labels, epochs=1)
    digitrec.train(other, images, spoilt, epochs=1)
    assert same_weights(model, other)


def test_our_recipe_leaves_the_learning_rate_as_it_was(mnist):
    (images, labels), _ = mnist
    model = digitrec.build_model()
    digitrec.train(model, images[:200], labels[:200], epochs=1, augment=True)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001)


def test_no_step_is_lost_where_several_are_made_at_once(mnist):
    """An epoch of 1350 images is 11 steps, which eight at once do not divide."""
    (images, labels), _ = mnist
    model = digitrec.build_model()
    for augment in (False, True):
        digitrec.train(model, images[:1500], labels[:1500], epochs=2, augment=augment)
    assert int(model.optimizer.iterations) == 2 * 2 * 11
    model.fit(np.zeros((3, 28, 28, 1)), np.eye(3, 10), batch_size=1, verbose=0)
    assert int(model.optimizer.iterations) == 2 * 2 * 11 + 3


def test_images_may_be_prepared_already(mnist):
    (images, labels), _ = mnist
    model, other = digitrec.build_model(), digitrec.build_model()
    digitrec.train(model, images[:200], labels[:200], epochs=1)
    inputs = digitrec.add_channel(digitrec.scale(images[:200]))
    digitrec.train(other, inputs, digitrec.one_hot(labels[:200]), epochs=1)
    assert same_weights(model, other)


def test_the_classic_recipe_keeps_the_best_epoch(mnist):
    """Validation labels that get ever more wrong leave the weights of the first epoch."""
    (images, labels), _ = mnist
    images, labels = images[:1000], labels[:1000]
    spoilt = np.where(np.arange(1000) < 900, labels, (labels + 1) % 10)
    model = digitrec.build_model()
    history = digitrec.train(model, images, spoilt, epochs=6)
    best = int(np.argmax(history.history["val_accuracy"]))
    assert best < 5
    assert len(history.history["loss"]) == 6
    inputs = digitrec.add_channel(digitrec.scale(images[900:]))
    _, accuracy = model.evaluate(inputs, digitrec.one_hot(spoilt[900:]), verbose=0)
    assert accuracy == pytest.approx(history.history["val_accuracy"][best])


@pytest.mark.parametrize("count", [1, 5, 11])
def test_a_handful_of_images_is_enough(mnist, count):
    (images, labels), _ = mnist
    history = digitrec.train(digitrec.build_model(), images[:count], labels[:count], epochs=2)
    assert np.isfinite(history.history["loss"]).all()


ON_TWO_DEVICES = """
from pathlib import Path

import numpy as np
from digitrec.quiet import tf

(processor,) = tf.config.list_physical_devices("CPU")
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(processor, two)
import digitrec
from digitrec import acceleration

(images, labels), _ = digitrec.load_mnist()
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
assert strategy.num_replicas_in_sync == 2
known, acceleration.PROCESSOR = acceleration.PROCESSOR, Path("no processor with bfloat16")
one, both = digitrec.build_model(), digitrec.build_model(strategy=strategy)
for model in (one, both):
    model.get_layer(index=-2).rate = 0  # what is dropped differs between devices
    digitrec.train(model, images[:100], labels[:100], epochs=4)
for here, there in zip(one.get_weights(), both.get_weights(), strict=True):
    np.testing.assert_allclose(here, there, atol=1e-4)
for read in (
    lambda model: digitrec.evaluate(model, images[:100], labels[:100]).probabilities,
    lambda model: digitrec.predict_digit(images[0], model).probabilities,
):
    np.testing.assert_allclose(read(one), read(both), atol=1e-3)

acceleration.PROCESSOR = known
digitrec.train(both, images[:100], labels[:100], epochs=1, augment=True)
assert np.isclose(both.optimizer.learning_rate.numpy(), 0.001)
"""


@pytest.mark.slow
def test_two_devices_learn_together_what_one_learns_alone():
    """All images are in one batch, which is the same in any order.

    In float32: bfloat16 is rounded where a batch is divided, which shows after four steps.
    """
    result = subprocess.run(
        [sys.executable, "-c", ON_TWO_DEVICES], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr


GOOD_IMAGES, GOOD_LABELS = np.zeros((4, 28, 28), np.uint8), np.arange(4)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((4, 32, 32), np.uint8), GOOD_LABELS, "shape"),
        (np.zeros((0, 28, 28), np.uint8), np.zeros(0, int), "shape"),
        (np.full((4, 28, 28), 255.0), GOOD_LABELS, "scale them"),
        (np.full((4, 28, 28), np.nan), GOOD_LABELS, "scale them"),
        (GOOD_IMAGES, np.arange(5), "4 images but 5 labels"),
        (GOOD_IMAGES, np.full(4, 10), "0 to 9"),
        (GOOD_IMAGES, np.full(4, -1), "0 to 9"),
        (GOOD_IMAGES, np.full(4, 0.5), "integers"),
    ],
)
def test_wrong_images_or_labels_are_named(images, labels, message):
    with pytest.raises(ValueError, match=message):
        digitrec.train(digitrec.build_model(), images, labels, epochs=1)
    with pytest.raises(ValueError, match=message):
        digitrec.evaluate(digitrec.build_model(), images, labels)


def test_progress_without_a_terminal_is_a_line_an_epoch(mnist, capsys):
    (images, labels), _ = mnist
    digitrec.train(digitrec.build_model(), images[:300], labels[:300], epochs=3)
    out = capsys.readouterr().out
    assert "\b" not in out
    assert "\r" not in out
    assert out.count("val_accuracy") == 3


# Evaluating


def test_an_evaluation_agrees_with_itself_and_with_keras(mnist, trained_a_little):
    _, (images, labels) = mnist
    images, labels = images[:1000], labels[:1000]
    evaluation = digitrec.evaluate(trained_a_little, images, labels)
    assert evaluation.probabilities.shape == (1000, 10)
    np.testing.assert_allclose(evaluation.probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(evaluation.predicted, evaluation.probabilities.argmax(axis=1))
    assert evaluation.confusion.sum() == 1000
    assert evaluation.confusion.trace() == round(1000 * evaluation.accuracy)
    np.testing.assert_array_equal(evaluation.confusion.sum(axis=1), np.bincount(labels))
    np.testing.assert_array_equal(
        evaluation.confusion.sum(axis=0), np.bincount(evaluation.predicted, minlength=10)
    )
    for digit, accuracy in enumerate(evaluation.accuracy_by_digit):
        assert accuracy == np.mean(evaluation.predicted[labels == digit] == digit)

    inputs = digitrec.add_channel(digitrec.scale(images))
    loss, accuracy = trained_a_little.evaluate(inputs, digitrec.one_hot(labels), verbose=0)
    assert evaluation.loss == pytest.approx(loss, rel=1e-4)
    assert evaluation.accuracy == pytest.approx(accuracy)


def test_mistakes_come_worst_first(mnist, trained_a_little):
    _, (images, labels) = mnist
    evaluation = digitrec.evaluate(trained_a_little, images[:1000], labels[:1000])
    mistakes = evaluation.mistakes
    assert set(mistakes) == set(np.flatnonzero(evaluation.predicted != labels[:1000]))
    assert len(mistakes) > 10
    assert (np.diff(evaluation.probabilities[mistakes].max(axis=1)) <= 0).all()


def test_a_digit_that_does_not_occur_has_no_accuracy(mnist, network):
    _, (images, labels) = mnist
    evaluation = digitrec.evaluate(network, images[labels == 7][:5], labels[labels == 7][:5])
    assert np.isnan(evaluation.accuracy_by_digit).sum() == 9


def test_feature_maps_are_those_of_the_three_convolutions(mnist, network):
    _, (images, _) = mnist
    maps = digitrec.feature_maps(network, images[0])
    assert [layer.shape for layer in maps] == [(26, 26, 32), (11, 11, 64), (3, 3, 64)]
    kernels, biases = network.layers[0].get_weights()
    by_hand = np.sum(images[0, 10:13, 7:10, None] / 255 * kernels[:, :, 0], axis=(0, 1)) + biases
    np.testing.assert_allclose(maps[0][10, 7], np.maximum(by_hand, 0), atol=1e-5)
