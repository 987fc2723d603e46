import keras
import numpy as np
import pytest
from conftest import same_weights

import digitrec

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


@pytest.mark.parametrize("dropout", [0, 0.5, 0.9])
def test_dropout_changes_neither_the_parameters_nor_the_first_weights(dropout):
    model = digitrec.build_model(dropout=dropout)
    assert model.count_params() == 93_322
    assert model.layers[-2].rate == dropout
    assert same_weights(model, digitrec.build_model())


@pytest.mark.parametrize("dropout", [-0.1, 1, float("nan")])
def test_an_impossible_share_of_dropout_is_named(dropout):
    with pytest.raises(ValueError, match="less than 1"):
        digitrec.build_model(dropout=dropout)
