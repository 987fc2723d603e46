import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from conftest import ROOT, same_weights

import digitrec
from digitrec.model._tensorflow import tf
from digitrec.model.storage import SHIPPED

SHIPPED_FORMS = [SHIPPED, SHIPPED.with_suffix(".h5"), SHIPPED.with_suffix("")]
ENDINGS = [".keras", ".h5", ""]


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_was_saved_is_loaded(tmp_path, trained_a_little, ending):
    path = tmp_path / "new folder" / f"model{ending}"
    digitrec.save_model(trained_a_little, path)
    loaded = digitrec.load_model(path)
    assert same_weights(loaded, trained_a_little)
    assert isinstance(loaded.optimizer, keras.optimizers.Adam)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_saving_does_not_change_the_model(tmp_path, ending):
    """Keras 3.15 takes the optimizer out of what it saves as .h5."""
    model = digitrec.build_model()
    before = model.get_compile_config()
    digitrec.save_model(model, tmp_path / f"model{ending}")
    assert model.get_compile_config() == before


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
        else:
            path.mkdir()
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
    digitrec.save_model(digitrec.build_model(), path)
    assert os.listdir(tmp_path) == [path.name]


def test_a_folder_killed_between_two_renamings_is_found(tmp_path, trained_a_little):
    path = tmp_path / "model"
    digitrec.save_model(trained_a_little, path)
    path.rename(tmp_path / ".model.replaced")
    assert same_weights(digitrec.load_model(path), trained_a_little)
    digitrec.save_model(digitrec.build_model(), path)
    assert same_weights(digitrec.load_model(path), digitrec.build_model())
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]


def test_files_of_the_reader_beside_a_model_are_left_alone(tmp_path, network):
    """A backup called `.old` is neither loaded in place of the model nor removed."""
    for name in ("model.old", "model.keras.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.txt").write_text("years of work")
    for name in ("model", "model.keras"):
        with pytest.raises(FileNotFoundError):
            digitrec.load_model(tmp_path / name)
        digitrec.save_model(network, tmp_path / name)
        digitrec.save_model(network, tmp_path / name)
        assert (tmp_path / f"{name}.old" / "thesis.txt").exists()


def test_a_folder_with_something_else_is_not_overwritten(tmp_path, network):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="something other"):
        digitrec.save_model(network, tmp_path)
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "years of work"


def test_a_file_is_not_turned_into_a_folder(tmp_path, network):
    path = tmp_path / "LICENSE"
    path.write_text("years of work")
    for _ in range(2):
        with pytest.raises(ValueError, match=r"LICENSE is a file, .* choose another name"):
            digitrec.save_model(network, path)
    assert path.read_text("utf-8") == "years of work"
    assert os.listdir(tmp_path) == ["LICENSE"]


@pytest.mark.parametrize("ending", [".keras", ""])
def test_a_link_is_saved_into_every_time(tmp_path, trained_a_little, ending):
    """And what a killed save has set aside is found through the link as well."""
    link, target = tmp_path / f"newest{ending}", tmp_path / "models" / f"first{ending}"
    target.parent.mkdir()
    try:
        link.symlink_to(target, target_is_directory=not ending)
    except OSError:
        pytest.skip("this user may not make links")
    for model in (digitrec.build_model(), digitrec.build_model(), trained_a_little):
        digitrec.save_model(model, link)
        assert link.is_symlink()
    assert same_weights(digitrec.load_model(target), trained_a_little)
    assert os.listdir(target.parent) == [target.name]
    assert sorted(os.listdir(tmp_path)) == sorted([link.name, "models"])
    if not ending:
        target.rename(target.parent / ".first.replaced")
        assert same_weights(digitrec.load_model(link), trained_a_little)


SAVE_WITHOUT_ROOM = """
import resource, sys
from pathlib import Path
import digitrec
models = [digitrec.build_model(seed) for seed in (0, 1)]
for ending in (".keras", ".h5", ".tflite", ""):
    path = Path(sys.argv[1]) / f"model{ending}"
    digitrec.save_model(models[0], path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    try:
        digitrec.save_model(models[1], path)
    except OSError as error:
        print("no room for", path.name)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


def test_a_full_disk_leaves_the_old_file(tmp_path):
    """As with a full disk, no file can become longer than some bytes."""
    pytest.importorskip("resource")
    command = [sys.executable, "-c", SAVE_WITHOUT_ROOM, tmp_path]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    names = ["model.keras", "model.h5", "model.tflite", "model"]
    assert result.stdout.splitlines() == [f"no room for {name}" for name in names], result.stderr
    assert sorted(os.listdir(tmp_path)) == sorted(names)
    for name in ("model.keras", "model.h5", "model"):
        assert same_weights(digitrec.load_model(tmp_path / name), digitrec.build_model(0))
    assert digitrec.load_model(tmp_path / "model.tflite")


def test_an_unknown_ending_is_refused(tmp_path, network):
    with pytest.raises(ValueError, match=r"\.keras, \.h5, \.tflite or a folder"):
        digitrec.save_model(network, tmp_path / "model.pkl")


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize("damage", ["empty", "truncated", "text"])
def test_a_damaged_file_is_named(tmp_path, network, ending, damage):
    path = tmp_path / f"model{ending}"
    digitrec.save_model(network, path)
    content = path.read_bytes()
    damaged = {"empty": b"", "truncated": content[: len(content) // 2], "text": b"no model"}
    path.write_bytes(damaged[damage])
    with pytest.raises(ValueError, match=rf"model{ending} is not a model, or is damaged"):
        digitrec.load_model(path)


def test_a_damaged_folder_is_named(tmp_path, network):
    path = tmp_path / "model"
    digitrec.save_model(network, path)
    (path / "variables" / "variables.index").unlink()
    with pytest.raises(ValueError, match="model is not a model, or is damaged"):
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
        digitrec.train(other, np.zeros((4, 28, 28), np.uint8), np.arange(4))


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_code_in_a_file_is_not_run(tmp_path, ending):
    """A Lambda layer is arbitrary Python: safe mode refuses the file."""
    path, proof = tmp_path / f"model{ending}", str(tmp_path / "was-here")
    layers = [
        keras.Input((28, 28, 1)),
        keras.layers.Lambda(lambda x: (open(proof, "w").close(), x)[1], output_shape=(28, 28, 1)),
        keras.layers.Flatten(),
        keras.layers.Dense(10),
    ]
    keras.Sequential(layers).save(path)
    Path(proof).unlink(missing_ok=True)
    with pytest.raises(ValueError, match="Lambda"):
        digitrec.load_model(path)
    assert not Path(proof).exists()


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
    assert f"{accuracy:.2%}" in (ROOT / "models" / "README.md").read_text("utf-8")


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


# Weights that no network of ours has


@pytest.mark.parametrize(
    ("ending", "value"), [*((ending, np.nan) for ending in [*ENDINGS, ".tflite"]), (".h5", np.inf)]
)
def test_weights_that_are_no_numbers_are_refused(tmp_path, trained_a_little, ending, value):
    """As after a training that diverged; a single one of the weights."""
    path = tmp_path / f"model{ending}"
    model = keras.models.clone_model(trained_a_little)
    weights = trained_a_little.get_weights()
    weights[2][1, 1, 5, 7] = value
    model.set_weights(weights)
    digitrec.save_model(model, path)
    with pytest.raises(
        ValueError, match=rf"model{ending} has weights that are NaN.*train it again"
    ):
        digitrec.load_model(path)


def write_variable(folder, number, value, shape_and_slice=""):
    """Put another value in the place of one of the shipped SavedModel's variables."""
    shutil.copytree(SHIPPED.with_suffix(""), folder)
    variables = digitrec.load_model(folder).variables
    values = {name_of(other): variable.numpy() for other, variable in enumerate(variables)}
    values.pop(name_of(number))
    shapes = [""] * len(values)
    if value is not None:
        values[name_of(number)] = value
        shapes.append(shape_and_slice)
    part, whole = str(folder / "part"), str(folder / "variables" / "variables")
    tf.raw_ops.SaveV2(
        prefix=part, tensor_names=[*values], shape_and_slices=shapes, tensors=[*values.values()]
    )
    tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=[part], destination_prefix=whole)


def name_of(number):
    return f"variables/{number}/.ATTRIBUTES/VARIABLE_VALUE"


# The huge one has 10,000,000,000 numbers, or 40 GB, of which the file holds one.
@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (None, ""),
        (np.zeros(33, np.float32), ""),
        (np.zeros(32, np.float64), ""),
        (np.array(["text"] * 32), ""),
        (np.zeros((1, 1), np.float32), "100000 100000 0,1:0,1"),
        (np.zeros(8, np.float32), "32 0,8"),
    ],
    ids=["missing", "other shape", "other type", "text", "huge", "a part of it"],
)
def test_a_folder_with_other_variables_is_named(tmp_path, value, shape):
    folder = tmp_path / "crafted"
    write_variable(folder, 1, value, shape)
    with pytest.raises(ValueError, match="crafted is not a model, or is damaged: it lacks"):
        digitrec.load_model(folder)


def test_a_folder_with_other_values_is_loaded(tmp_path):
    """So it is nothing but what is wrong that the folders above are refused for."""
    write_variable(tmp_path / "crafted", 1, np.ones(32, np.float32))
    loaded = digitrec.load_model(tmp_path / "crafted")
    np.testing.assert_array_equal(loaded.variables[1].numpy(), 1)


def test_a_crafted_index_does_not_end_the_process(tmp_path):
    """Of a type of number that does not exist TensorFlow's reader of whole checkpoints dies."""
    folder = tmp_path / "crafted"
    shutil.copytree(SHIPPED.with_suffix(""), folder)
    index = folder / "variables" / "variables.index"
    of_32_floats, of_32_others = (bytes([8, kind, 18, 4, 18, 2, 8, 32]) for kind in (1, 99))
    index.write_bytes(with_another_part(index.read_bytes(), of_32_floats, of_32_others))
    is_refused_in_another_process(folder)


def test_an_index_with_a_block_larger_than_any_memory_does_not_end_the_process(tmp_path):
    """A number of the footer, which has no checksum, is made larger."""
    folder = tmp_path / "crafted"
    shutil.copytree(SHIPPED.with_suffix(""), folder)
    index = folder / "variables" / "variables.index"
    content = index.read_bytes()
    numbers = content[-48:-8].rstrip(b"\0")
    assert numbers[-1] < 0x80  # the last byte of the size of a block
    larger = numbers[:-1] + bytes([numbers[-1] | 0x80, *7 * [0x80], 0x40])
    index.write_bytes(content[:-48] + larger.ljust(40, b"\0") + content[-8:])
    is_refused_in_another_process(folder)


def is_refused_in_another_process(folder):
    code = f"import digitrec; digitrec.load_model({str(folder)!r})"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 1, result.stderr
    assert "ValueError" in result.stderr
    assert "crafted is not a model, or is damaged" in result.stderr


def with_another_part(index, old, new):
    """An index whose first block has something else in it, and yet the correct checksum."""
    end = next(end for end in range(len(index)) if index[end : end + 4] == checksum(index[:end]))
    assert old in index[:end]
    block = index[:end].replace(old, new)
    return block + checksum(block) + index[end + 4 :]


def checksum(block):
    """The masked CRC-32C that follows each block of a LevelDB table."""
    total = 0xFFFFFFFF
    for byte in block:
        total ^= byte
        for _ in range(8):
            total = total >> 1 ^ (0x82F63B78 if total & 1 else 0)
    total ^= 0xFFFFFFFF
    masked = ((total >> 15 | total << 17) + 0xA282EAD8) & 0xFFFFFFFF
    return masked.to_bytes(4, "little")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("name", ["model.keras", "model.tflite", "variables/variables.index"])
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path, name):
    (tmp_path / "variables").mkdir()
    os.mkfifo(tmp_path / name)
    with pytest.raises(ValueError, match=r"than files|neither a file nor a folder"):
        digitrec.load_model(tmp_path / name.removesuffix("variables/variables.index"))
