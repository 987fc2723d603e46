import ast
import importlib.metadata
import os
import re
import socket
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from conftest import OFFLINE, ROOT
from packaging.requirements import Requirement

import digitrec

PUBLIC = {
    "load_mnist": "data.mnist",
    "draw_lines": "data.drawn_lines",
    "build_model": "model.network",
    "train": "model.training",
    "convolve": "model.convolution",
    "receptive_fields": "model.convolution",
    "look_inside": "model.inside",
    "adapt": "model.adaptation",
    "ensemble": "model.ensembles",
    "load_labelled_folder": "data.labelled_folder",
    "build_line_model": "model.line_network",
    "train_line_model": "model.line_network",
    "evaluate": "model.evaluation",
    "Evaluation": "model.evaluation",
    "save_model": "model.storage",
    "load_model": "model.storage",
    "predict_digit": "recognize.digits",
    "read_digits": "recognize.digits",
    "predict_uploaded_image": "widgets.show",
    "read_folder": "recognize.folder",
    "look_at_lines": "recognize.seen_lines",
    "Prediction": "recognize.results",
    "Reading": "recognize.results",
    "Row": "recognize.results",
    "Samples": "data.samples",
    "PictureError": "preprocess.errors",
    "DrawingCanvas": "widgets.pad",
    "ImageUploader": "widgets.uploader",
    "Camera": "widgets.camera",
    "FilterExplorer": "widgets.filter_explorer",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def run(*command, cwd=ROOT, **options):
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, **options)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


# Public names


def test_importing_digitrec_loads_nothing_heavy():
    """Not even NumPy, until a name is used."""
    heavy = "{'tensorflow', 'keras', 'numpy', 'cv2', 'matplotlib', 'ipywidgets'}"
    code = f"import sys, digitrec; print({heavy} & {{*sys.modules}})"
    assert run(sys.executable, "-c", code) == "set()\n"


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_there(name):
    assert name in dir(digitrec)
    value = getattr(digitrec, name)
    assert value.__module__ == f"digitrec.{PUBLIC[name]}"
    assert value.__doc__


def test_figures_are_there_after_import_digitrec():
    code = "import digitrec; print(digitrec.viz.plot_digits.__name__, 'viz' in dir(digitrec))"
    assert run(sys.executable, "-c", code) == "plot_digits True\n"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'predict_digits'"):
        _ = digitrec.predict_digits


def test_type_checkers_know_the_same_names_in_the_same_places():
    stub = ast.parse((ROOT / "digitrec" / "__init__.pyi").read_text("utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    listed = {node.names[0].asname: node.module for node in imports}
    assert listed.keys() == set(digitrec.__all__)
    for name, module in listed.items():
        if name not in ("app", "viz"):
            assert getattr(import_module(module), name) is getattr(digitrec, name)


def test_a_reading_and_a_prediction_are_a_line_each():
    reading = digitrec.read_digits(ROOT / "test_images" / "several_31415.png")
    confidence = f"{reading.confidence:.4f}"
    assert repr(reading) == f"Reading(text='31415', confidence={confidence}, accepted=True)"
    prediction = repr(reading.predictions[0])
    assert prediction.startswith("Prediction(digit=3, confidence=0.")
    assert "\n" not in prediction
    assert len(prediction) < 150


def test_a_reading_is_as_sure_as_its_least_sure_digit():
    reading = digitrec.read_digits(ROOT / "test_images" / "several_31415.png")
    confidences = [prediction.confidence for prediction in reading.predictions]
    assert reading.confidence == min(confidences)
    assert reading.accepted
    unsure = digitrec.read_digits(ROOT / "test_images" / "digit_7.png", digitrec.build_model())
    assert not unsure.accepted


def test_loading_the_network_prints_nothing():
    """TensorFlow alone would fill the notebook's first output with log lines."""
    command = [sys.executable, "-c", "import digitrec; digitrec.load_model()"]
    environment = {name: os.environ[name] for name in os.environ if name != "TF_CPP_MIN_LOG_LEVEL"}
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert (result.stdout, result.stderr) == ("", "")


@pytest.mark.parametrize(
    ("absent", "name", "extra"),
    [
        ("tensorflow", "build_model", "train"),
        ("matplotlib", "viz", "notebook"),
        ("ipycanvas", "DrawingCanvas", "notebook"),
        ("flask", "app", "app"),
    ],
)
def test_what_is_not_installed_is_named_with_the_way_to_install_it(absent, name, extra):
    code = f"""
import sys
sys.modules["{absent}"] = None
import digitrec
try:
    digitrec.{name}
except ImportError as error:
    print(error)
"""
    message = f"digitrec.{name} needs {absent}: install digitrec with the extra '{extra}'"
    assert run(sys.executable, "-c", code).startswith(message)


# Style and types


def test_style():
    """`ruff check` and `ruff format --check` have nothing to say."""
    run(sys.executable, "-m", "ruff", "check", ".")
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


@pytest.mark.slow
def test_types(tmp_path):
    """`mypy` has nothing to say about the package, and knows the types of its public names."""
    mypy = (sys.executable, "-m", "mypy", "--cache-dir", tmp_path / "cache")
    run(*mypy)
    user = tmp_path / "user.py"
    user.write_text("import digitrec\nreveal_type(digitrec.read_digits('7.png').predictions)\n")
    said = run(*mypy, user, cwd=ROOT)
    assert "tuple[digitrec.recognize.results.Prediction, ...]" in said


# Requirements


def lines(name):
    return {
        line for line in (ROOT / name).read_text("utf-8").splitlines() if not line.startswith("-r ")
    }


def test_every_requirement_has_a_lower_and_an_upper_bound():
    listed = set(PROJECT["dependencies"]).union(*map(set, EXTRAS.values())) - set(EXTRAS["all"])
    for file in ROOT.glob("requirements*.txt"):
        listed |= lines(file.name)
    for line in listed:
        assert re.fullmatch(r"[\w-]+>=[\d.]+,<[\d.]+", line), line


def test_the_requirement_files_agree_with_the_extras():
    notebook = {*PROJECT["dependencies"], *EXTRAS["train"], *EXTRAS["notebook"]}
    assert lines("requirements.txt") == notebook
    assert lines("requirements-cluster.txt") == set(EXTRAS["cluster"])
    assert lines("requirements-app.txt") == set(EXTRAS["app"])
    (everything,) = map(Requirement, EXTRAS["all"])
    assert everything.extras == EXTRAS.keys() - {"all"}


def test_reading_needs_neither_tensorflow_nor_jupyter():
    names = {Requirement(line).name for line in PROJECT["dependencies"]}
    assert names == {"numpy", "opencv-python", "pillow", "ai-edge-litert", "tqdm"}


# What pip installs


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder]
    run(sys.executable, "-m", "pip", "wheel", *options, ROOT)
    (wheel,) = folder.glob("digitrec-*.whl")
    return wheel


@pytest.mark.slow
def test_the_wheel_holds_the_package_the_network_and_mnist(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "digitrec").rglob("*.py")}
    assert code <= names
    assert {
        "digitrec/py.typed",
        "digitrec/__init__.pyi",
        "digitrec/data/mnist.npz",
        "digitrec/model/mnist_cnn_model.tflite",
        "digitrec/model/mnist_cnn_model.keras",
        "digitrec/model/line_model.tflite",
        "digitrec/model/arabic.keras",
        "digitrec/model/arabic.tflite",
        "digitrec/model/digit_map.npz",
        "digitrec/widgets/widgets.css",
        "digitrec/widgets/upload.js",
        "digitrec/widgets/camera.css",
        "digitrec/widgets/camera.js",
        "digitrec/widgets/map.js",
        "digitrec/widgets/layers.css",
        "digitrec/widgets/layers.js",
        "digitrec/app/icon-512.png",
        "digitrec/app/manifest.json",
        "digitrec/app/openapi.json",
        "digitrec/app/page.css",
        "digitrec/app/page.html",
        "digitrec/app/page.js",
        "digitrec/recognize/report.css",
        "digitrec/recognize/report.js",
    } <= names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"digitrec"}


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_environment_and_another_folder(wheel, tmp_path):
    """With nothing beside it but what it requires, and what that requires in its turn."""
    environment = tmp_path / "environment"
    venv.create(environment)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    install = ["install", "--no-deps", "--no-index", "--quiet", wheel]
    run(sys.executable, "-m", "pip", "--python", python, *install)
    find = "import sysconfig; print(sysconfig.get_path('purelib'))"
    add_requirements(Path(run(python, "-c", find).strip()))

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x.png").write_bytes((ROOT / "test_images" / "digit_7.png").read_bytes())
    number = (ROOT / "test_images" / "several_31415.png").read_bytes()
    (elsewhere / "number.png").write_bytes(number)
    clean = {"cwd": elsewhere, "env": {**os.environ, "PYTHONPATH": str(OFFLINE)}}
    code = "import digitrec; print(digitrec.predict_digit('x.png').digit, digitrec.__file__)"
    digit, file = run(python, "-c", code, **clean).split()
    assert digit == "7"
    code = "import digitrec; print(digitrec.read_digits('number.png').text)"
    assert run(python, "-c", code, **clean) == "31415\n"
    assert Path(file).is_relative_to(environment)
    assert run(scripts / "digitrec", "x.png", **clean).startswith("x.png: 7  (")
    assert run(scripts / "digitrec", "--version", **clean) == f"digitrec {digitrec.__version__}\n"
    code = "import digitrec; print(len(digitrec.load_mnist()[0][1]))"
    assert run(python, "-c", code, **clean) == "60000\n"
    code = "import digitrec\ntry: digitrec.load_model()\nexcept ImportError as error: print(error)"
    assert "with the extra 'train'" in run(python, "-c", code, **clean)


def add_requirements(site: Path) -> None:
    """Link what digitrec requires into an environment, from this one: without the internet."""
    wanted = {Requirement(line).name for line in PROJECT["dependencies"]}
    done = set()
    while wanted:
        name = wanted.pop()
        done.add(name)
        distribution = importlib.metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files} - {"..", "__pycache__"}:
            link = site / top
            if not link.exists():
                try:
                    link.symlink_to(distribution.locate_file(top))
                except OSError:
                    pytest.skip("links need a right that not everybody has here")
        for line in distribution.requires or []:
            requirement = Requirement(line)
            marker = requirement.marker
            if (marker is None or marker.evaluate({"extra": ""})) and requirement.name not in done:
                wanted.add(requirement.name)


# The tests themselves


def test_the_tests_cannot_reach_the_internet():
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    code = "import socket\ntry: socket.create_connection(('192.0.2.1', 80), timeout=1)\n"
    code += "except ConnectionRefusedError: print('refused')"
    assert run(sys.executable, "-c", code) == "refused\n"
