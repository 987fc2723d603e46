import pickle
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
from conftest import ROOT

import digitrec
from digitrec.model.lite import LiteModel
from digitrec.model.storage import SHIPPED, to_lite
from digitrec.recognize.classify import BATCH_SIZE, classify

SEVEN = ROOT / "test_images" / "digit_7.png"
SHIPPED_LITE = SHIPPED.with_suffix(".tflite")


@pytest.fixture(scope="module")
def inputs(mnist):
    """All MNIST test digits, as Keras wants them."""
    return digitrec.add_channel(digitrec.scale(mnist[1][0]))


@pytest.fixture(scope="module")
def lite():
    return digitrec.load_model(SHIPPED_LITE)


# The same network


def test_the_shipped_file_agrees_with_keras_on_all_of_mnist(network, lite, inputs):
    expected = network.predict(inputs, batch_size=500, verbose=0)
    np.testing.assert_allclose(lite.predict_on_batch(inputs), expected, atol=1e-4, rtol=0)


def test_an_exported_model_agrees_with_keras_on_all_of_mnist(trained_a_little, inputs, tmp_path):
    path = tmp_path / "new folder" / "model.tflite"
    digitrec.save_model(trained_a_little, path)
    expected = trained_a_little.predict(inputs, batch_size=500, verbose=0)
    probabilities = digitrec.load_model(path).predict_on_batch(inputs)
    np.testing.assert_allclose(probabilities, expected, atol=1e-4, rtol=0)
    assert [entry.name for entry in path.parent.iterdir()] == ["model.tflite"]


def test_exporting_does_not_change_the_model(trained_a_little, inputs):
    before = trained_a_little.predict_on_batch(inputs[:10])
    to_lite(trained_a_little)
    np.testing.assert_array_equal(trained_a_little.predict_on_batch(inputs[:10]), before)


def test_both_read_and_are_evaluated_alike(network, lite, mnist):
    _, (x_test, y_test) = mnist
    one, other = (digitrec.evaluate(model, x_test, y_test) for model in (network, lite))
    assert one.accuracy == other.accuracy
    for path in sorted((ROOT / "test_images").glob("*_[0-9].*")):
        one, other = (digitrec.predict_digit(path, model) for model in (network, lite))
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-4, rtol=0)


def test_the_shipped_file_is_what_reads(lite):
    one, other = digitrec.read_digits(SEVEN), digitrec.read_digits(SEVEN, lite)
    assert one.predictions[0].confidence == other.predictions[0].confidence


def test_the_number_of_digits_does_not_matter(lite, mnist):
    """One after the other, in batches, and more than are shown to the network at once."""
    images = digitrec.scale(mnist[1][0][: 2 * BATCH_SIZE + 1])
    together = classify(images, lite)
    alone = np.concatenate([classify(image[np.newaxis], lite) for image in images])
    np.testing.assert_allclose(together, alone, atol=1e-5, rtol=0)


def test_several_threads_may_ask_at_once(lite, inputs):
    """Each with another number of images, which the interpreter has to be prepared for."""
    parts = [inputs[: 1 + number % 7] + np.float32(number / 1000) for number in range(200)]
    expected = [lite.predict_on_batch(part) for part in parts]
    with ThreadPoolExecutor(8) as threads:
        probabilities = list(threads.map(lite.predict_on_batch, parts))
    for one, other in zip(probabilities, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_it_can_be_sent_to_another_process(lite, inputs):
    copy = pickle.loads(pickle.dumps(lite))
    np.testing.assert_array_equal(
        copy.predict_on_batch(inputs[:5]), lite.predict_on_batch(inputs[:5])
    )


def test_its_weights_are_those_of_the_network(network, lite):
    """Each once, in another order, and kernels with their axes in another order."""

    def sums(model):
        return sorted(float(abs(weights).sum()) for weights in model.get_weights())

    np.testing.assert_allclose(sums(lite), sums(network), rtol=1e-5)


# Without TensorFlow


def test_reading_never_loads_tensorflow():
    code = """
import sys, digitrec, matplotlib
matplotlib.use("agg")
path = "test_images/several_31415.png"
digitrec.predict_digit("test_images/digit_7.png")
print(digitrec.read_digits(path).text, digitrec.predict_uploaded_image(path).text)
model = digitrec.load_model("models/mnist_cnn_model.tflite")
print(digitrec.read_digits(path, model).text)
print({"tensorflow", "keras"} & {*sys.modules})
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("31415 31415\n31415\nset()\n", "")


# Keras models


def test_the_present_weights_are_what_reads(mnist, tmp_path):
    """After training, setting, loading and compiling: never predictions of earlier weights."""
    images = digitrec.scale(mnist[1][0][:3])
    inputs = digitrec.add_channel(images)
    model = digitrec.build_model(0)
    seen = [classify(images, model)]

    def changed():
        seen.append(classify(images, model))
        assert not np.allclose(seen[-1], seen[-2])
        fresh = keras.models.clone_model(model)
        fresh.set_weights(model.get_weights())
        np.testing.assert_allclose(fresh.predict_on_batch(inputs), model.predict_on_batch(inputs))
        np.testing.assert_allclose(classify(images, fresh), seen[-1], atol=1e-6)

    digitrec.train(model, mnist[0][0][:200], mnist[0][1][:200], epochs=1)
    changed()
    model.set_weights(digitrec.build_model(1).get_weights())
    changed()
    digitrec.build_model(2).save_weights(tmp_path / "other.weights.h5")
    model.load_weights(tmp_path / "other.weights.h5")
    changed()
    model.compile(loss="mse", optimizer="sgd")
    model.layers[-1].set_weights([2 * weights for weights in model.layers[-1].get_weights()])
    changed()


def test_models_that_follow_one_another_are_not_confused(mnist):
    """A new model may stand where one that is gone stood in memory."""
    images = digitrec.scale(mnist[1][0][:3])
    for seed in range(4):
        model = digitrec.build_model(seed)
        inputs = digitrec.add_channel(images)
        first = classify(images, model)
        model.set_weights([0 * weights for weights in model.get_weights()])
        np.testing.assert_allclose(classify(images, model), 0.1, atol=1e-6)
        assert not np.allclose(first, 0.1, atol=1e-4)
        np.testing.assert_allclose(model.predict_on_batch(inputs), 0.1, atol=1e-6)


def test_pages_of_other_numbers_of_digits_are_not_traced_again(mnist):
    traced = []

    class Counted(keras.layers.Layer):
        def call(self, inputs):
            traced.append(inputs.shape)
            return inputs

    model = keras.Sequential([Counted(), *digitrec.build_model().layers])
    model.build((None, 28, 28, 1))
    images = digitrec.scale(mnist[1][0][:20])
    for count in (1, 2):
        classify(images[:count], model)
    before = len(traced)
    for count in range(1, 20):
        classify(images[:count], model)
    assert len(traced) == before


def test_dropout_is_off_when_a_model_reads(mnist):
    images = digitrec.scale(mnist[1][0][:3])
    model = digitrec.build_model()
    np.testing.assert_array_equal(classify(images, model), classify(images, model))


@pytest.fixture
def diverged(trained_a_little):
    """A network as training leaves it when its loss has become NaN."""
    model = keras.models.clone_model(trained_a_little)
    model.set_weights([weights + np.nan for weights in trained_a_little.get_weights()])
    return model


def test_a_network_that_diverged_reads_nothing(diverged):
    for read in (digitrec.predict_digit, digitrec.read_digits):
        with pytest.raises(ValueError, match=r"probabilities that are NaN.*train it again"):
            read(SEVEN, diverged)


def test_a_network_that_diverged_is_refused_once_and_not_for_each_picture(diverged):
    with pytest.raises(ValueError, match=r"weights that are NaN.*train it again"):
        next(iter(digitrec.read_folder([SEVEN, SEVEN], diverged)))


def test_weights_that_are_numbers_but_overflow_give_no_reading(trained_a_little, tmp_path):
    """Such a file loads; its probabilities are NaN all the same."""
    model = keras.models.clone_model(trained_a_little)
    model.set_weights([1e30 * abs(weights) for weights in trained_a_little.get_weights()])
    digitrec.save_model(model, tmp_path / "overflow.tflite")
    lite = digitrec.load_model(tmp_path / "overflow.tflite")
    for network in (model, lite):
        with pytest.raises(ValueError, match="probabilities that are NaN"):
            digitrec.predict_digit(SEVEN, network)


# Files that are none of ours


def damaged_contents() -> Iterator[bytes]:
    content, chance = SHIPPED_LITE.read_bytes(), random.Random(0)
    yield b""
    yield b"no model"
    for length in (8, 100, 1000, len(content) // 2, len(content) - 1000):
        yield content[:length]
    for length in (100, 100_000):
        yield chance.randbytes(length)
        yield content[:8] + chance.randbytes(length)
        yield content[:-length] + chance.randbytes(length)


@pytest.mark.parametrize("content", list(damaged_contents()), ids=lambda content: str(len(content)))
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "model.tflite"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"model\.tflite is not a model, or is damaged"):
        digitrec.load_model(path)


def test_a_network_of_other_shapes_is_refused(tmp_path):
    layers = [keras.Input((32, 32, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
    digitrec.save_model(keras.Sequential(layers), tmp_path / "other.tflite")
    message = r"other\.tflite turns \(None, 32, 32, 1\).*\(None, 28, 28, 1\) into \(None, 10\)"
    with pytest.raises(ValueError, match=message):
        digitrec.load_model(tmp_path / "other.tflite")


def test_an_object_that_is_not_a_model_is_refused_with_a_reason():
    with pytest.raises(ValueError, match=r"the model is a str.*`digitrec\.load_model`"):
        digitrec.predict_digit(SEVEN, str(SHIPPED_LITE))


def test_a_lite_model_cannot_be_saved_again(lite, tmp_path):
    with pytest.raises(ValueError, match="copy the file"):
        digitrec.save_model(lite, tmp_path / "again.tflite")


def test_a_failed_export_leaves_the_old_file(tmp_path, monkeypatch, network):
    path = tmp_path / "model.tflite"
    path.write_bytes(SHIPPED_LITE.read_bytes())

    def fail(self, path, **options):
        path.write_bytes(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(keras.Sequential, "export", fail)
    with pytest.raises(OSError, match="no space"):
        digitrec.save_model(network, path)
    assert isinstance(digitrec.load_model(path), LiteModel)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_lite_model_cannot_be_trained(lite, mnist):
    (images, labels), _ = mnist
    with pytest.raises(ValueError, match="cannot be trained"):
        digitrec.train(lite, images[:200], labels[:200], epochs=1)
