"""digitrec reads handwritten digits: drawn, scanned or photographed.

Names are imported on first use, so that `import digitrec` is fast and TensorFlow is loaded
only by what needs it.
"""

from importlib import import_module

_HOMES = {
    "load_mnist": "data",
    "scale": "data",
    "add_channel": "data",
    "one_hot": "data",
    "distort": "batches",
    "draw_digits": "strokes",
    "draw_outliers": "outliers",
    "build_model": "model",
    "train": "model",
    "evaluate": "model",
    "reliability": "calibration",
    "save_model": "storage",
    "load_model": "storage",
    "describe": "model",
    "feature_maps": "model",
    "PictureError": "picture",
    "predict_digit": "recognize",
    "read_digits": "recognize",
    "predict_uploaded_image": "recognize",
    "save_samples": "samples",
    "load_samples": "samples",
    "read_folder": "folder",
    "DrawingCanvas": "widgets",
    "ImageUploader": "widgets",
}

__all__ = list(_HOMES)


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module 'digitrec' has no attribute {name!r}")
    value = getattr(import_module(f"digitrec.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
