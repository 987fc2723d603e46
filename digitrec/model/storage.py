"""Save and load networks: no file is ever half-written, and no code in a file is ever run.

Keras is imported only when it is needed: loading a .tflite file does not need it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from digitrec.data.atomic_file import replacing
from digitrec.data.scripts import SCRIPTS, script_named
from digitrec.model._silence import silence
from digitrec.model.inputs import Model, check_model, check_weights
from digitrec.model.lite import LiteModel

if TYPE_CHECKING:
    import keras

FOLDER = ""  # the ending of a SavedModel, which is a folder
ENDINGS = (".keras", ".h5", ".tflite", FOLDER)

NAME = "mnist_cnn_model.keras"
# A wheel has the network beside this file, a clone in the folder models/.
PLACES = [Path(__file__).parent, Path(__file__).parents[2] / "models"]
SHIPPED = next((place / NAME for place in PLACES if (place / NAME).exists()), PLACES[-1] / NAME)
SHIPPED_LINES = SHIPPED.with_name("line_model.tflite")
SHIPPED_MAP = SHIPPED.with_name("digit_map.npz")


def shipped_for(script: str) -> Path:
    """Where the network of a script is that comes with digitrec: .keras, with a .tflite beside it.

    Raises:
        ValueError: If there is none for that script.
    """
    script_named(script)
    return SHIPPED.with_name(f"{script}.keras")


def save_model(model: "keras.Model", path: str | Path) -> None:
    """Save the model; an interrupted call leaves what was there before.

    Args:
        model: The model to save.
        path: Ends in `.keras`; or in `.h5`; or in `.tflite`, for LiteRT on phones and wherever
            reading has to be fast; or has no ending: a SavedModel folder, for other programs
            that run TensorFlow. Missing parent folders are made. A symbolic link is kept, and
            what it leads to is replaced.

    Raises:
        ValueError: If it has another ending, is a file without one, the folder holds something
            else, or the model is from a .tflite file.
        OSError: If it cannot be written.
    """
    path = Path(path)
    if isinstance(model, LiteModel):
        raise ValueError("a model from a .tflite file cannot be saved: copy the file")
    if path.suffix not in ENDINGS:
        raise ValueError(
            f"{path}: a model is saved as .keras, .h5, .tflite or a folder without an ending"
        )
    if path.suffix == FOLDER:
        _check_folder(path)
    replace = _replace_folder if path.suffix == FOLDER else os.replace
    with _tensorflow_errors(path), replacing(path, replace) as fresh:
        _write(model, fresh)


def _check_folder(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise ValueError(
            f"{path} is a file, and a model without an ending is a folder: "
            "choose another name, or one that ends in .keras, .h5 or .tflite"
        )
    if path.is_dir() and any(path.iterdir()) and not _is_saved_model(path):
        raise ValueError(f"{path} holds something other than a model: choose another name")


def _write(model: "keras.Model", path: Path) -> None:
    if path.suffix == ".tflite":
        with silence():  # the converter logs its settings
            model.export(path, format="litert", verbose=False)
    elif path.suffix == ".h5":
        import keras

        # Saving as .h5 takes the optimizer out of the model, so a copy is saved
        # (https://github.com/keras-team/keras/pull/23475).
        copy = path.with_suffix(".keras")
        model.save(copy)
        keras.models.load_model(copy).save(path)
    elif path.suffix == FOLDER:
        model.export(path, verbose=False)
    else:
        model.save(path)


@contextmanager
def _tensorflow_errors(path: Path) -> Iterator[None]:
    """Turn what TensorFlow raises about a full disk, among others, into an OSError."""
    from digitrec.model._tensorflow import tf

    try:
        yield
    except tf.errors.OpError as error:
        raise OSError(f"{path} cannot be written ({error.message})") from error


def _replace_folder(fresh: Path, path: Path) -> None:
    old = _set_aside(path)
    if path.exists():
        shutil.rmtree(old, ignore_errors=True)
        path.rename(old)
    fresh.rename(path)
    shutil.rmtree(old, ignore_errors=True)


def load_model(path: str | Path = SHIPPED) -> Model:
    """Load a model that `save_model` or Keras saved; without a path, the shipped one.

    Files are opened in Keras's safe mode, and only the weights of a SavedModel are read: code
    that a file may carry is never run.

    Args:
        path: A `.keras`, `.h5` or `.tflite` file, or the SavedModel folder of a network from
            `build_model`. Or, as text, the script whose shipped network is wanted: "arabic", with
            the digits of Persian and Urdu too, "chinese" or "devanagari"; "./arabic" is a path.

    Returns:
        A compiled model that can be trained further; for a `.tflite` file, or where a script is
        named and TensorFlow is not installed, a model that reads and can be evaluated, many times
        as fast and without TensorFlow.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        ValueError: If it is damaged, not a model of a 28x28 picture and ten digits, or has weights
            that are NaN or infinite; or is a bare word, but no file, folder or script.
        ImportError: If it needs TensorFlow, which is not installed.
    """
    path = _shipped_if_script(path)
    if not path.exists() and _is_saved_model(_set_aside(path)):
        path = _set_aside(path)  # a save was killed between its two renamings
    if not path.exists():
        raise FileNotFoundError(f"there is no model at {path}")
    if not (path.is_file() or path.is_dir()):
        raise ValueError(f"{path} is neither a file nor a folder")
    if path.suffix != ".tflite" and find_spec("tensorflow") is None:
        raise ImportError(
            f"{path} needs TensorFlow: install digitrec with the extra 'train', or in a clone: "
            "python -m pip install -r requirements.txt"
        )
    try:
        model = _load_folder(path) if path.is_dir() else _load_file(path)
    except Exception as error:  # the readers of the formats raise nearly everything
        raise ValueError(f"{path} is not a model, or is damaged: {error}") from error
    check_model(model, str(path))
    check_weights(model, str(path))
    return model


def _shipped_if_script(path: str | Path) -> Path:
    if not isinstance(path, str) or not path.isalpha():
        return Path(path)
    if path not in SCRIPTS and Path(path).exists():
        return Path(path)
    shipped = shipped_for(path)
    return shipped if find_spec("tensorflow") else shipped.with_suffix(".tflite")


def to_lite(model: "keras.Model") -> LiteModel:
    """Export a Keras model, with its present weights, and load what was exported.

    Raises:
        ValueError: If a weight is NaN or infinite.
    """
    check_weights(model)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        save_model(model, path)
        return LiteModel(path.read_bytes())


def _load_file(path: Path) -> Model:
    if path.suffix == ".tflite":
        return LiteModel(path.read_bytes())
    from digitrec.model._tensorflow import keras
    from digitrec.model.network import compile_model

    model = keras.models.load_model(path, safe_mode=True)
    return model if model.compiled else compile_model(model)


def _load_folder(path: Path) -> "keras.Model":
    from digitrec.model.saved_model import load_saved_model

    return load_saved_model(path)


def _is_saved_model(folder: Path) -> bool:
    return (folder / "saved_model.pb").exists()


def _set_aside(path: Path) -> Path:
    """Where a folder, or the one that a link leads to, waits while it is replaced.

    It has a name that nobody else would give.
    """
    folder = Path(os.path.realpath(path))
    return folder.with_name(f".{folder.name}.replaced")
