"""The networks that digitrec comes with, each loaded once, when it is first asked for."""

from functools import cache
from pathlib import Path
from threading import Lock

from digitrec.model.inputs import Model
from digitrec.model.lite import LiteModel
from digitrec.model.storage import SHIPPED, SHIPPED_LINES, load_model, shipped_for

DIGITS = SHIPPED.with_suffix(".tflite")

_loading = Lock()


def shipped_model() -> LiteModel:
    """The digit network, apart from what `load_model()` gives, which may be trained further."""
    return _load(DIGITS)


def shipped_script_model(script: str) -> LiteModel:
    """The digit network of another script; ValueError names those there are."""
    return _load(shipped_for(script).with_suffix(".tflite"))


def chosen_model(path: str | None, script: str | None) -> Model | None:
    """The digit network that a command names: by its file, by its script, or not at all."""
    if script:
        return shipped_script_model(script)
    return load_model(path) if path else None


def shipped_line_model() -> LiteModel:
    """The line network."""
    return _load(SHIPPED_LINES)


def _load(path: Path) -> LiteModel:
    with _loading:  # `cache` alone would let two threads load it at the same time
        return _load_once(path)


@cache
def _load_once(path: Path) -> LiteModel:
    return LiteModel(path.read_bytes())
