"""Save and load networks, so that no file is ever half-written and no code in one is run.

Keras is imported only by what needs it: a .tflite file is loaded without.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from digitrec.model._silence import silence
from digitrec.model.inputs import check_model
from digitrec.model.lite import LiteModel

if TYPE_CHECKING:
    import keras

SHIPPED = Path(__file__).parents[2] / "models" / "mnist_cnn_model.keras"


def save_model(model: "keras.Model", path: str | Path) -> None:
    """Save the model; an interrupted call leaves what was there before.

    Args:
        model: The model to save.
        path: Ends in `.keras`; or in `.h5`; or in `.tflite`, to be run by LiteRT on phones and
            where reading has to be fast; or has no ending: a SavedModel folder, for other
            programs that run TensorFlow. Missing parent folders are made.

    Raises:
        ValueError: If the ending is another, the folder holds something else, or the model is
            from a .tflite file.
    """
    path = Path(path)
    if isinstance(model, LiteModel):
        raise ValueError("a model from a .tflite file cannot be saved: copy the file")
    if path.suffix not in (".keras", ".h5", ".tflite", ""):
        raise ValueError(
            f"{path}: a model is saved as .keras, .h5, .tflite or a folder without an ending"
        )
    is_folder = path.suffix == ""
    if is_folder and path.is_dir() and any(path.iterdir()) and not _is_saved_model(path):
        raise ValueError(f"{path} holds something else than a model: choose another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".saving-", dir=path.parent) as folder:
        fresh = Path(folder) / path.name
        _write(model, fresh)
        if not is_folder:
            os.replace(fresh, path)
            return
        old = _set_aside(path)
        if path.exists():
            shutil.rmtree(old, ignore_errors=True)
            path.rename(old)
        fresh.rename(path)
        shutil.rmtree(old, ignore_errors=True)


def _write(model: "keras.Model", path: Path) -> None:
    if path.suffix == ".tflite":
        with silence():  # the converter tells of its settings
            model.export(path, format="litert", verbose=False)
    elif path.suffix == "":
        model.export(path, verbose=False)
    elif path.suffix == ".h5":
        import keras

        # Saving as .h5 takes the optimizer out of the model, so a copy is saved
        # (https://github.com/keras-team/keras/pull/23475).
        copy = path.with_suffix(".keras")
        model.save(copy)
        keras.models.load_model(copy).save(path)
    else:
        model.save(path)


def load_model(path: str | Path = SHIPPED) -> "keras.Model | LiteModel":
    """Load a model that `save_model` or Keras has saved; without a path, the shipped one.

    Files are opened in Keras's safe mode, and of a SavedModel only the weights are read:
    code that a file may carry is never run.

    Args:
        path: A `.keras`, `.h5` or `.tflite` file, or the SavedModel folder of a network from
            `build_model`.

    Returns:
        A compiled model that can be trained on; of a `.tflite` file, a model that reads and
        can be evaluated, many times as fast and without TensorFlow.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        ValueError: If it is damaged, or is no model of a 28x28 picture and ten digits.
    """
    path = Path(path)
    if not path.exists() and _is_saved_model(_set_aside(path)):
        path = _set_aside(path)  # a save was killed between its two renamings
    if not path.exists():
        raise FileNotFoundError(f"there is no model at {path}")
    try:
        model = _load_saved_model(path) if path.is_dir() else _load_file(path)
    except Exception as error:  # the readers of the formats raise nearly everything
        raise ValueError(f"{path} is no model, or is damaged: {error}") from error
    check_model(model, str(path))
    return model


def to_lite(model: "keras.Model") -> LiteModel:
    """Export the model, as its weights are now, and load what was exported."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        save_model(model, path)
        return load_model(path)


def _load_file(path: Path) -> "keras.Model | LiteModel":
    if path.suffix == ".tflite":
        return LiteModel(path.read_bytes())
    from digitrec.model.network import compile_model, keras

    model = keras.models.load_model(path, safe_mode=True)
    return model if model.compiled else compile_model(model)


def _load_saved_model(folder: Path) -> "keras.Model":
    """Rebuild the network around the folder's weights, so that its graph need not be trusted."""
    from digitrec.model._tensorflow import tf
    from digitrec.model.network import build_model

    checkpoint = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    model = build_model()
    for number, variable in enumerate(model.variables):
        variable.assign(checkpoint.get_tensor(f"variables/{number}/.ATTRIBUTES/VARIABLE_VALUE"))
    return model


def _is_saved_model(folder: Path) -> bool:
    return (folder / "saved_model.pb").exists()


def _set_aside(path: Path) -> Path:
    """Where a folder waits while it is replaced; a name that nobody else would give."""
    return path.with_name(f".{path.name}.replaced")
