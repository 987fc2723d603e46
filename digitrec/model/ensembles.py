"""Several networks that answer as one: what each of them gets wrong by chance averages out."""

from collections.abc import Sequence

from digitrec.data.scripts import script_of
from digitrec.model._tensorflow import keras
from digitrec.model.network import compile_model
from digitrec.model.training import check_trainable

NAME = "ensemble"


def ensemble(models: Sequence[keras.Model]) -> keras.Model:
    """Make one model of several, whose probabilities are the means of theirs.

    It reads, is evaluated, saved and exported like any other, and takes as many times as long as
    it has members. Train each of them with another seed: copies of one network are wrong together.

    Args:
        models: Two or more Keras models as `build_model` gives them, all of the same script. They
            are copied, and stay as they are.

    Returns:
        Input (n, 28, 28, 1), float32 in [0, 1]; output (n, 10), float32 probabilities. Compiled.

    Raises:
        ValueError: If there are fewer than two, one is from a .tflite file, has other shapes, or
            reads another script than the first.

    Source:
        Hansen and Salamon (1990), "Neural network ensembles", IEEE TPAMI 12(10).
    """
    if len(models) < 2:
        raise ValueError(f"{len(models)} models make no ensemble: give two or more")
    for model in models:
        check_trainable(model)
    script = script_of(models[0])
    if any(script_of(model) is not script for model in models):
        raise ValueError("the models read different scripts: give models of one script")
    inputs = keras.Input(models[0].input_shape[1:])
    members = [_copy(model, f"member_{number}") for number, model in enumerate(models, 1)]
    outputs = keras.layers.Average()([member(inputs) for member in members])
    name = models[0].name if script else NAME  # a network is known to read a script by its name
    whole = compile_model(keras.Model(inputs, outputs, name=name))
    whole.optimizer.build(whole.trainable_variables)  # so that a copy from a file has its state
    return whole


def _copy(model: keras.Model, name: str) -> keras.Model:
    """A copy whose layers have names of their own, as an .h5 file needs them."""

    def renamed(layer: keras.layers.Layer) -> keras.layers.Layer:
        return type(layer).from_config({**layer.get_config(), "name": f"{name}_{layer.name}"})

    copy = keras.models.clone_model(model, clone_function=renamed)
    copy.name = name
    copy.set_weights(model.get_weights())
    return copy
