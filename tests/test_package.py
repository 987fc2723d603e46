import os
import re
import socket
import subprocess
import sys

import pytest
from conftest import ROOT

import digitrec

PUBLIC = {
    "load_mnist": "data.mnist",
    "build_model": "model.network",
    "train": "model.training",
    "evaluate": "model.evaluation",
    "save_model": "model.storage",
    "load_model": "model.storage",
    "predict_digit": "recognize.digits",
    "read_digits": "recognize.digits",
    "predict_uploaded_image": "widgets.show",
    "read_folder": "recognize.folder",
    "PictureError": "preprocess.picture",
    "DrawingCanvas": "widgets.pad",
    "ImageUploader": "widgets.uploader",
}


def run(*command: str) -> str:
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_importing_digitrec_loads_nothing_heavy():
    """Not even NumPy, until a name is used."""
    heavy = "{'tensorflow', 'keras', 'numpy', 'cv2', 'matplotlib', 'ipywidgets'}"
    assert run(
        sys.executable, "-c", f"import sys, digitrec; print({heavy} & {{*sys.modules}})"
    ) == ("set()\n")


def test_reading_preprocessing_needs_no_tensorflow():
    """The preprocessing is of use without the network."""
    code = "import sys, digitrec.preprocess.ink, digitrec.viz; print('tensorflow' in sys.modules)"
    assert run(sys.executable, "-c", code) == "False\n"


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_there(name):
    assert name in dir(digitrec)
    value = getattr(digitrec, name)
    assert value.__module__ == f"digitrec.{PUBLIC[name]}"
    assert value.__doc__


def test_loading_the_network_prints_nothing():
    """TensorFlow alone would fill the notebook's first output with log lines."""
    command = [sys.executable, "-c", "import digitrec; digitrec.load_model()"]
    environment = {name: os.environ[name] for name in os.environ if name != "TF_CPP_MIN_LOG_LEVEL"}
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert (result.stdout, result.stderr) == ("", "")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'predict_digits'"):
        _ = digitrec.predict_digits


def test_the_tests_cannot_reach_the_internet():
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    code = "import socket\ntry: socket.create_connection(('192.0.2.1', 80), timeout=1)\n"
    code += "except ConnectionRefusedError: print('refused')"
    assert run(sys.executable, "-c", code) == "refused\n"


def test_style():
    """`ruff check` and `ruff format --check` have nothing to say."""
    run(sys.executable, "-m", "ruff", "check", ".")
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


def test_every_requirement_has_a_lower_and_an_upper_bound():
    for file in ROOT.glob("requirements*.txt"):
        for line in file.read_text("utf-8").splitlines():
            assert line.startswith("-r ") or re.fullmatch(r"[\w-]+>=[\d.]+,<[\d.]+", line), line
