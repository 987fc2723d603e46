import numpy as np
import pytest
from conftest import same_weights

import digitrec


@pytest.fixture(scope="module")
def ones():
    """Ones with a flag, which networks that know only MNIST often take for a 7."""
    images, labels = digitrec.draw_digits(1500, seed=5)
    images = images[labels == 1]
    return digitrec.Samples(images, np.ones(len(images), np.uint8))


@pytest.fixture(scope="module")
def mine(ones):
    return digitrec.Samples(*(each[:20] for each in ones))


@pytest.mark.slow
def test_a_hand_is_learned_and_by_rehearsal_the_others_are_not_forgotten(mnist, ones, mine):
    (images, labels), (x_test, y_test) = mnist
    model = digitrec.build_model()
    digitrec.train(model, images[:6000], labels[:6000], epochs=2)
    alone = digitrec.fine_tune(model, mine, rehearse=0)
    both = digitrec.fine_tune(model, mine, rehearse=1000)

    def accuracies(model):
        own = digitrec.evaluate(model, ones.images[20:], ones.labels[20:]).accuracy
        return own, digitrec.evaluate(model, x_test[:1000], y_test[:1000]).accuracy

    own, others = accuracies(model)
    own_alone, others_alone = accuracies(alone)
    own_both, others_both = accuracies(both)
    assert own_alone > own + 0.1
    assert others_alone < others - 0.1
    assert own_both > own + 0.1
    assert others_both > others - 0.02


def test_the_model_stays_as_it_is_and_the_copy_can_be_trained_on(mnist, mine):
    (images, labels), _ = mnist
    model, same = digitrec.build_model(), digitrec.build_model()
    copy = digitrec.fine_tune(model, mine, 0, epochs=1)
    assert same_weights(model, same)
    assert not same_weights(copy, same)
    assert copy.count_params() == 93_322
    assert set(copy.history.history) == {"accuracy", "loss", "val_accuracy", "val_loss"}
    digitrec.train(copy, images[:50], labels[:50], epochs=1)


@pytest.mark.slow
def test_the_seed_decides(network, mine):
    one, again, other = (
        digitrec.fine_tune(network, mine, 300, epochs=1, seed=seed) for seed in (0, 0, 1)
    )
    assert same_weights(one, again)
    assert not same_weights(one, other)


NONE = digitrec.Samples(np.empty((0, 28, 28), np.uint8), np.empty(0, np.uint8))
ELEVEN = digitrec.Samples(np.zeros((1, 28, 28), np.uint8), np.array([11], np.uint8))


@pytest.mark.parametrize(
    ("samples", "rehearse", "message"),
    [
        (NONE, 0, "no samples"),
        (ELEVEN, 0, "0 to 9"),
        (digitrec.Samples(np.zeros((1, 9, 9)), np.zeros(1, int)), 0, "shape"),
        (
            digitrec.Samples(np.zeros((1, 28, 28), np.uint8), np.zeros(1, int)),
            54_001,
            "0 to 54,000",
        ),
        (digitrec.Samples(np.zeros((1, 28, 28), np.uint8), np.zeros(1, int)), -1, "0 to 54,000"),
    ],
)
def test_bad_input_is_named(network, samples, rehearse, message):
    with pytest.raises(ValueError, match=message):
        digitrec.fine_tune(network, samples, rehearse)


def test_a_model_that_cannot_be_trained_is_refused(mine):
    with pytest.raises(ValueError, match="cannot be trained"):
        digitrec.fine_tune(digitrec.load_model("models/mnist_cnn_model.tflite"), mine)
