"""digitrec reads handwritten digits: drawn, scanned or photographed.

Names are imported on first use, so that `import digitrec` is fast and TensorFlow is loaded
only by what needs it.
"""

from importlib import import_module

_HOMES = {
    "load_mnist": "data.mnist",
    "scale": "data.mnist",
    "add_channel": "data.mnist",
    "one_hot": "data.mnist",
    "distort": "model.batches",
    "draw_digits": "data.drawn_digits",
    "draw_outliers": "data.outliers",
    "build_model": "model.network",
    "train": "model.training",
    "evaluate": "model.evaluation",
    "reliability": "model.evaluation",
    "save_model": "model.storage",
    "load_model": "model.storage",
    "describe": "model.network",
    "feature_maps": "model.network",
    "PictureError": "preprocess.picture",
    "predict_digit": "recognize.digits",
    "read_digits": "recognize.digits",
    "predict_uploaded_image": "widgets.show",
    "save_samples": "data.samples",
    "load_samples": "data.samples",
    "read_folder": "recognize.folder",
    "DrawingCanvas": "widgets.pad",
    "ImageUploader": "widgets.uploader",
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
