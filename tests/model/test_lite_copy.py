import numpy as np
import pytest

import digitrec
from digitrec.model.lite import LiteModel
from digitrec.model.lite_copy import fastest, make_lite_copy
from digitrec.model.storage import SHIPPED


@pytest.fixture
def model():
    return digitrec.build_model(seed=0)


@pytest.fixture
def inputs(mnist):
    return digitrec.add_channel(digitrec.scale(mnist[1][0][:30]))


def test_without_a_copy_a_model_answers_for_itself(model):
    assert fastest(model) is model
    assert fastest(None) is None


def test_a_copy_answers_as_its_model_does(model, inputs):
    make_lite_copy(model)
    copy = fastest(model)
    assert isinstance(copy, LiteModel)
    expected = model.predict_on_batch(inputs)
    np.testing.assert_allclose(copy.predict_on_batch(inputs), expected, atol=1e-5)


def test_a_model_that_has_changed_answers_for_itself(model):
    make_lite_copy(model)
    copy, weights = fastest(model), model.get_weights()
    model.set_weights(digitrec.build_model(seed=1).get_weights())
    assert fastest(model) is model
    make_lite_copy(model)
    assert fastest(model) not in (model, copy)
    model.set_weights(weights)
    assert fastest(model) is copy


def test_a_model_is_copied_once(model):
    make_lite_copy(model)
    copy = fastest(model)
    make_lite_copy(model)
    assert fastest(model) is copy


def test_a_lite_model_needs_no_copy():
    lite = digitrec.load_model(SHIPPED.with_suffix(".tflite"))
    make_lite_copy(lite)
    assert fastest(lite) is lite
