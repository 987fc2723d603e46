import keras
import numpy as np
import pytest
from conftest import same_weights

import digitrec


@pytest.fixture(scope="module")
def script(mnist):
    """Another script, as it were: each of MNIST's digits stands for the next one."""
    (images, labels), (x_test, y_test) = mnist
    next_one = [(1 + each) % 10 for each in (labels[:200], y_test[:500])]
    return digitrec.Samples(images[:200], next_one[0]), digitrec.Samples(x_test[:500], next_one[1])


@pytest.fixture(scope="module")
def adapted(network, script):
    return digitrec.adapt(network, *script[0], epochs=1)


def test_another_script_is_learned_from_twenty_of_each_digit(adapted, network, script):
    before = digitrec.evaluate(network, *script[1]).accuracy
    evaluation = digitrec.evaluate(adapted, *script[1])
    assert before < 0.3
    assert evaluation.accuracy > 0.85
    assert digitrec.reliability(evaluation.probabilities, script[1].labels).error < 0.1


def test_what_is_no_digit_is_doubted(adapted, script):
    outliers = digitrec.draw_outliers(100, script[0].images, seed=9)
    sure = [digitrec.predict_digit(outlier, adapted).accepted for outlier in outliers]
    assert np.mean(sure) < 0.25


def test_the_model_stays_as_it_is_and_the_first_layer_as_it_was(adapted, network):
    assert same_weights(network, digitrec.load_model())
    (one, *_, last), (same, *_, other) = adapted.layers, network.layers
    assert same_weights(one, same)
    assert not same_weights(last, other)
    assert adapted.count_params() == 93_322
    assert set(adapted.history.history) == {"accuracy", "loss"}


def test_all_layers_can_be_trained_on_and_the_network_be_saved(adapted, script, tmp_path):
    digitrec.save_model(adapted, tmp_path / "script.keras")
    copy = digitrec.load_model(tmp_path / "script.keras")
    assert same_weights(copy, adapted)
    digitrec.train(copy, *(each[:50] for each in script[0]), epochs=1)
    assert not same_weights(copy.layers[0], adapted.layers[0])


def test_a_last_layer_without_a_bias_is_adapted_too(script):
    *body, last = digitrec.build_model().layers
    bare = type(last)(10, activation="softmax", use_bias=False)
    model = keras.Sequential([keras.Input((28, 28, 1)), *body, bare])
    adapted = digitrec.adapt(model, *script[0], epochs=1)
    assert len(adapted.layers[-1].get_weights()) == 1


def test_the_seed_decides(adapted, network, script):
    again, other = (digitrec.adapt(network, *script[0], epochs=1, seed=seed) for seed in (0, 1))
    assert same_weights(adapted, again)
    assert not same_weights(adapted, other)


IMAGES = np.full((4, 28, 28), 9, np.uint8)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (IMAGES, [3, 3, 3, 3], "same digit"),
        (IMAGES, [0, 1, 2, 10], "0 to 9"),
        (IMAGES, [0, 1, 2], "one label for each"),
        (IMAGES[:0], np.empty(0, int), "shape"),
        (IMAGES[:, 1:], [0, 1, 2, 3], "shape"),
        (IMAGES * [[[1]], [[1]], [[0]], [[1]]] / 255, [0, 1, 2, 3], r"images\[2\] is blank"),
    ],
)
def test_bad_input_is_named(network, images, labels, message):
    with pytest.raises(ValueError, match=message):
        digitrec.adapt(network, images, np.array(labels))


@pytest.mark.parametrize("freeze", [-1, 5])
def test_the_last_layer_cannot_be_frozen(network, freeze):
    with pytest.raises(ValueError, match="give 0 to 4"):
        digitrec.adapt(network, IMAGES, np.arange(4), freeze=freeze)


def test_a_model_that_cannot_be_trained_is_refused():
    model = digitrec.load_model("models/mnist_cnn_model.tflite")
    with pytest.raises(ValueError, match="cannot be trained"):
        digitrec.adapt(model, IMAGES, np.arange(4))
