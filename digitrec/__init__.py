"""digitrec reads handwritten digits: drawn, scanned or photographed.

Names are imported on first use, so that `import digitrec` is fast and only what needs TensorFlow
or Matplotlib loads them. `__init__.pyi` lists the same names for type checkers.
"""

from importlib import import_module

__version__ = "1.1.0"

# Where each public name is. Rooms that reading does not need have an extra, which installs them.
_HOMES = {
    "PictureError": "preprocess.errors",
    "load_mnist": "data.mnist",
    "scale": "data.mnist",
    "add_channel": "data.mnist",
    "one_hot": "data.mnist",
    "draw_digits": "data.drawn_digits",
    "draw_outliers": "data.outliers",
    "draw_script": "data.scripts",
    "draw_glyphs": "data.unseen",
    "draw_shapes": "data.unseen",
    "upside_down": "data.unseen",
    "draw_lines": "data.drawn_lines",
    "Samples": "data.samples",
    "save_samples": "data.samples",
    "load_samples": "data.samples",
    "load_labelled_folder": "data.labelled_folder",
    "build_model": "model.network",
    "describe": "model.network",
    "DigitMap": "model.features",
    "features": "model.features",
    "convolve": "model.convolution",
    "receptive_fields": "model.convolution",
    "look_inside": "model.inside",
    "distort": "model.batches",
    "OneStep": "model.one_step",
    "one_step": "model.one_step",
    "one_cycle": "model.training",
    "train": "model.training",
    "fine_tune": "model.fine_tuning",
    "adapt": "model.adaptation",
    "ensemble": "model.ensembles",
    "build_line_model": "model.line_network",
    "train_line_model": "model.line_network",
    "Evaluation": "model.evaluation",
    "evaluate": "model.evaluation",
    "reliability": "model.evaluation",
    "risk_coverage": "model.risk",
    "wilson": "model.interval",
    "save_model": "model.storage",
    "load_model": "model.storage",
    "Prediction": "recognize.results",
    "Reading": "recognize.results",
    "Row": "recognize.results",
    "predict_digit": "recognize.digits",
    "read_digits": "recognize.digits",
    "read_folder": "recognize.folder",
    "look_at_lines": "recognize.seen_lines",
    "Explanation": "recognize.explanation",
    "explain": "recognize.explain",
    "predict_uploaded_image": "widgets.show",
    "DrawingCanvas": "widgets.pad",
    "MapExplorer": "widgets.map_explorer",
    "ThresholdExplorer": "widgets.threshold_explorer",
    "ImageUploader": "widgets.uploader",
    "Camera": "widgets.camera",
    "FilterExplorer": "widgets.filter_explorer",
}
_EXTRAS = {"model": "train", "viz": "notebook", "widgets": "notebook", "app": "app"}

__all__ = [*_HOMES, "app", "viz"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'digitrec' has no attribute {name!r}")
    home = _HOMES.get(name, name)
    try:
        module = import_module(f"digitrec.{home}")
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get(home.split(".")[0])
        missing = (error.name or "digitrec").split(".")[0]
        if extra is None or missing == "digitrec":
            raise
        file = "requirements-app.txt" if extra == "app" else "requirements.txt"
        raise ImportError(
            f"digitrec.{name} needs {missing}: install digitrec with the extra {extra!r}, or in "
            f"a clone: python -m pip install -r {file}"
        ) from error
    value = module if name == home else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
