import os
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
from conftest import ROOT

import digitrec
from digitrec.model import SHIPPED, VALIDATION_SPLIT

SHIPPED_FORMS = [SHIPPED, SHIPPED.with_suffix(".h5"), SHIPPED.with_suffix("")]
ENDINGS = [".keras", ".h5", ""]


def same_weights(one, other):
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


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


def test_images_may_be_prepared_already(mnist):
    (images, labels), _ = mnist
    model, other = digitrec.build_model(), digitrec.build_model()
    digitrec.train(model, images[:200], labels[:200], epochs=1)
    inputs = digitrec.add_channel(digitrec.scale(images[:200]))
    digitrec.train(other, inputs, digitrec.one_hot(labels[:200]), epochs=1)
    assert same_weights(model, other)


@pytest.mark.parametrize("count", [1, 5, 11])
def test_a_handful_of_images_is_enough(mnist, count):
    (images, labels), _ = mnist
    history = digitrec.train(digitrec.build_model(), images[:count], labels[:count], epochs=2)
    assert np.isfinite(history.history["loss"]).all()


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
        evaluation.confusion.sum(axis=0), np.bincount(evaluation.predicted)
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


# Saving and loading


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_was_saved_is_loaded(tmp_path, trained_a_little, ending):
    path = tmp_path / "new folder" / f"model{ending}"
    digitrec.save_model(trained_a_little, path)
    loaded = digitrec.load_model(path)
    assert same_weights(loaded, trained_a_little)
    assert loaded.compiled
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_saving_again_replaces(tmp_path, trained_a_little, ending):
    path = str(tmp_path / f"model{ending}")
    digitrec.save_model(digitrec.build_model(), path)
    digitrec.save_model(trained_a_little, path)
    assert same_weights(digitrec.load_model(path), trained_a_little)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch, trained_a_little, ending):
    path = tmp_path / f"model{ending}"
    digitrec.save_model(trained_a_little, path)

    def fail(self, path, **options):
        if ending:
            path.write_bytes(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(keras.Sequential, "save" if ending else "export", fail)
    with pytest.raises(OSError, match="no space"):
        digitrec.save_model(digitrec.build_model(), path)
    assert same_weights(digitrec.load_model(path), trained_a_little)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_killed_save_leaves_a_whole_file(tmp_path, ending):
    """A process that saves for ever is killed at many moments; the file always loads."""
    path = tmp_path / f"model{ending}"
    code = f"""
import digitrec
models = [digitrec.build_model(seed) for seed in (0, 1)]
while True:
    for model in models:
        digitrec.save_model(model, {str(path)!r})
        print("saved", flush=True)
"""
    for pause in (0, 0.01, 0.02, 0.05):
        with subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE
        ) as saver:
            while b"saved" not in saver.stdout.readline():
                pass
            time.sleep(pause)
            saver.kill()
        loaded = digitrec.load_model(path)
        assert any(same_weights(loaded, digitrec.build_model(seed)) for seed in (0, 1))


def test_a_folder_killed_between_two_renamings_is_found(tmp_path, trained_a_little):
    path = tmp_path / "model"
    digitrec.save_model(trained_a_little, path)
    path.rename(tmp_path / "model.old")
    assert same_weights(digitrec.load_model(path), trained_a_little)
    digitrec.save_model(digitrec.build_model(), path)
    assert same_weights(digitrec.load_model(path), digitrec.build_model())
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]


def test_a_folder_with_something_else_is_not_overwritten(tmp_path, network):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="something else"):
        digitrec.save_model(network, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_an_unknown_ending_is_refused(tmp_path, network):
    with pytest.raises(ValueError, match=r"\.keras, \.h5 or a folder"):
        digitrec.save_model(network, tmp_path / "model.pkl")


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize("damage", ["empty", "truncated", "text"])
def test_a_damaged_file_is_named(tmp_path, network, ending, damage):
    path = tmp_path / f"model{ending}"
    digitrec.save_model(network, path)
    content = path.read_bytes()
    damaged = {"empty": b"", "truncated": content[: len(content) // 2], "text": b"no model"}
    path.write_bytes(damaged[damage])
    with pytest.raises(ValueError, match=rf"model{ending} is no model, or is damaged"):
        digitrec.load_model(path)


def test_a_damaged_folder_is_named(tmp_path, network):
    path = tmp_path / "model"
    digitrec.save_model(network, path)
    (path / "variables" / "variables.index").unlink()
    with pytest.raises(ValueError, match="model is no model, or is damaged"):
        digitrec.load_model(path)


def test_a_missing_model_is_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no model at .*gone\.keras"):
        digitrec.load_model(tmp_path / "gone.keras")


@pytest.mark.parametrize(("side", "classes"), [(32, 10), (28, 26)])
def test_a_model_of_other_shapes_is_refused(tmp_path, side, classes):
    layers = [keras.Input((side, side, 1)), keras.layers.Flatten(), keras.layers.Dense(classes)]
    other = keras.Sequential(layers)
    other.save(tmp_path / "other.keras")
    message = r"\(None, 28, 28, 1\) into \(None, 10\)"
    with pytest.raises(ValueError, match=rf"other\.keras turns.*{message}"):
        digitrec.load_model(tmp_path / "other.keras")
    with pytest.raises(ValueError, match=message):
        digitrec.predict_digit("test_images/digit_7.png", other)
    with pytest.raises(ValueError, match=message):
        digitrec.train(other, GOOD_IMAGES, GOOD_LABELS)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_code_in_a_file_is_not_run(tmp_path, ending):
    """A Lambda layer is arbitrary Python: safe mode refuses the file."""
    path, proof = tmp_path / f"model{ending}", tmp_path / "was-here"
    layers = [
        keras.Input((28, 28, 1)),
        keras.layers.Lambda(lambda x: (open(proof, "w").close(), x)[1], output_shape=(28, 28, 1)),
        keras.layers.Flatten(),
        keras.layers.Dense(10),
    ]
    keras.Sequential(layers).save(path)
    proof.unlink(missing_ok=True)
    with pytest.raises(ValueError, match="Lambda"):
        digitrec.load_model(path)
    assert not proof.exists()


# What is shipped


def test_every_shipped_form_is_the_same_network(network):
    for path in SHIPPED_FORMS:
        assert same_weights(digitrec.load_model(path), network), path


def test_plain_keras_loads_the_shipped_h5(network, mnist):
    model = keras.models.load_model(ROOT / "models" / "mnist_cnn_model.h5")
    inputs = digitrec.add_channel(digitrec.scale(mnist[1][0][:50]))
    np.testing.assert_allclose(
        model.predict(inputs, verbose=0), network.predict(inputs, verbose=0), atol=1e-6
    )


def test_the_shipped_network_is_as_good_as_its_readme_says(network, mnist):
    _, (x_test, y_test) = mnist
    accuracy = digitrec.evaluate(network, x_test, y_test).accuracy
    assert accuracy >= 0.995
    assert f"{accuracy:.2%}" in (ROOT / "models" / "README.md").read_text()


def test_training_a_loaded_model_does_not_change_what_digitrec_reads_with(mnist):
    picture = ROOT / "test_images" / "digit_7.png"
    before = digitrec.predict_digit(picture).probabilities
    model = digitrec.load_model()
    digitrec.train(model, mnist[0][0][:200], 9 - mnist[0][1][:200], epochs=1)
    np.testing.assert_array_equal(digitrec.predict_digit(picture).probabilities, before)
    assert not np.array_equal(digitrec.predict_digit(picture, model).probabilities, before)


def test_saving_over_what_cannot_be_written_raises(tmp_path, network):
    if os.name == "nt" or os.geteuid() == 0:
        (tmp_path / "file").write_text("")
        target = tmp_path / "file" / "model.keras"
    else:
        tmp_path.chmod(0o500)
        target = tmp_path / "model.keras"
    with pytest.raises(OSError, match=r"."):
        digitrec.save_model(network, target)
