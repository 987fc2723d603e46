import numpy as np
import pytest
from conftest import same_weights

import digitrec
from digitrec.model.lite import LiteModel
from digitrec.model.storage import SHIPPED

SEVEN = "test_images/digit_7.png"


@pytest.fixture(scope="module")
def other(network):
    """The network with two of its answers changed: it takes a 7 for an 8."""
    model = digitrec.build_model()
    weights = network.get_weights()
    weights[-2:] = [np.take(each, [0, 1, 2, 3, 4, 5, 6, 8, 7, 9], -1) for each in weights[-2:]]
    model.set_weights(weights)
    return model


@pytest.fixture(scope="module")
def both(network, other):
    return digitrec.ensemble([network, other])


def test_it_gives_the_means_of_its_members_probabilities(both, network, other, mnist):
    images = digitrec.add_channel(digitrec.scale(mnist[1][0][:50]))
    one, two, mean = (model.predict(images, verbose=0) for model in (network, other, both))
    np.testing.assert_allclose(mean, (one + two) / 2, atol=1e-6)
    assert both.count_params() == 2 * 93_322


def test_members_that_disagree_leave_it_in_doubt(both, network):
    assert digitrec.predict_digit(SEVEN, network).accepted
    prediction = digitrec.predict_digit(SEVEN, both)
    assert not prediction.accepted
    assert {*np.argsort(prediction.probabilities)[-2:]} == {7, 8}


@pytest.mark.parametrize("name", ["both.keras", "both.h5", "both.tflite", "both"])
def test_it_is_saved_and_loaded_like_any_model(both, name, tmp_path):
    digitrec.save_model(both, tmp_path / name)
    loaded = digitrec.load_model(tmp_path / name)
    one, two = (digitrec.predict_digit(SEVEN, model).probabilities for model in (both, loaded))
    np.testing.assert_allclose(one, two, atol=1e-5)


def test_it_is_evaluated_and_trained_like_any_model(both, network, mnist, tmp_path):
    x_test, y_test = (each[:200] for each in mnist[1])
    assert digitrec.evaluate(both, x_test, y_test).predicted.shape == (200,)
    digitrec.save_model(both, tmp_path / "both.keras")
    copy = digitrec.load_model(tmp_path / "both.keras")
    digitrec.train(copy, x_test, y_test, epochs=1)
    assert not same_weights(copy, both)


def test_its_members_stay_apart_from_the_models_given(both, network):
    assert same_weights(network, digitrec.load_model())
    assert [layer.name for layer in network.layers] == [
        layer.name for layer in digitrec.load_model().layers
    ]


def test_an_ensemble_of_a_script_reads_it():
    arabic = digitrec.load_model("arabic")
    assert digitrec.predict_digit(SEVEN, digitrec.ensemble([arabic, arabic])).text in "٠١٢٣٤٥٦٧٨٩"


def test_several_make_an_ensemble(network):
    with pytest.raises(ValueError, match="1 models make no ensemble: give two or more"):
        digitrec.ensemble([network])


def test_a_lite_model_is_no_member(network):
    with pytest.raises(ValueError, match=r"from a \.tflite file"):
        digitrec.ensemble([network, LiteModel(SHIPPED.with_suffix(".tflite").read_bytes())])


def test_members_read_one_script(network):
    with pytest.raises(ValueError, match="the models read different scripts"):
        digitrec.ensemble([network, digitrec.load_model("arabic")])


def test_what_needs_a_last_layer_says_that_a_member_has_one(both, mnist):
    with pytest.raises(ValueError, match="one of an ensemble's members"):
        digitrec.features(both, mnist[1][0][:1])
