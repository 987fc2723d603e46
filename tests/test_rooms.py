"""The package is seven rooms, each knowing only those before it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

ROOMS = ["preprocess", "data", "model", "recognize", "viz", "widgets", "app"]
PACKAGE = ROOT / "digitrec"
FILES = sorted(PACKAGE.rglob("*.py"))
TOP = {"__init__.py", "__main__.py"}


def imported(file: Path) -> set[str]:
    """All modules of digitrec that a file imports, also inside functions and for type checkers."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} has a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] == "digitrec"}


def room(name: str) -> str:
    return name.split(".")[1]


def of_room(name: str) -> list[Path]:
    return [file for file in FILES if file.parent.name == name]


def test_there_are_seven_rooms_and_nothing_beside_them():
    assert sorted(path.name for path in PACKAGE.iterdir() if path.is_dir()) == sorted(
        [*ROOMS, *(path.name for path in PACKAGE.glob("__pycache__"))]
    )
    assert {file.name for file in PACKAGE.glob("*.py")} == TOP


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_knows_only_those_before_it(name):
    allowed = set(ROOMS[: ROOMS.index(name) + 1])
    for file in of_room(name):
        assert {room(module) for module in imported(file)} <= allowed, file


@pytest.mark.parametrize("name", ROOMS)
def test_the_files_of_a_room_import_each_other_in_one_direction(name):
    """Within a room there is no circle either, so each file can be understood on its own."""
    files = {f"digitrec.{name}.{file.stem}": file for file in of_room(name)}
    arrows = {
        module: {other for other in files if any(_is_in(each, other) for each in imported(file))}
        for module, file in files.items()
    }
    while free := [module for module, others in arrows.items() if not others]:
        for module in free:
            del arrows[module]
        for others in arrows.values():
            others.difference_update(free)
    assert arrows == {}


def _is_in(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_says_what_it_does_and_holds_no_code(name):
    """Only `viz` and `app`, which are public themselves, also name what they give."""
    docstring, *rest = ast.parse((PACKAGE / name / "__init__.py").read_text("utf-8")).body
    assert "ever import" in docstring.value.value or "may import" in docstring.value.value
    if name in ("viz", "app"):
        *imports, names = rest
        assert all(isinstance(node, ast.ImportFrom) for node in imports)
        assert isinstance(names, ast.Assign)
        rest = []
    assert rest == []


def test_only_the_room_of_models_knows_tensorflow():
    for file in FILES:
        text = file.read_text("utf-8")
        if file.parent.name != "model":
            assert "import tensorflow" not in text, file
            assert "import keras" not in text, file


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_files_and_functions_fit_on_a_screen_or_two(file):
    """Files have under 300 lines, functions under 30 beside their docstrings."""
    text = file.read_text("utf-8")
    assert len(text.splitlines()) < 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert lines_of_code(node) < 30, node.name


def lines_of_code(node: ast.FunctionDef) -> int:
    lines = node.end_lineno - node.lineno + 1
    if ast.get_docstring(node) is None:
        return lines
    docstring = node.body[0]
    return lines - (docstring.end_lineno - docstring.lineno + 1)


LOADED = """
import sys
import digitrec
{code}
print(sorted({{"tensorflow", "keras", "matplotlib", "IPython", "ipywidgets"}} & {{*sys.modules}}))
"""


@pytest.mark.parametrize(
    "code",
    [
        "",
        "digitrec.predict_digit('test_images/digit_7.png')",
        "digitrec.read_digits('test_images/several_31415.png')",
        "list(digitrec.read_folder('test_images', processes=1))",
        "digitrec.load_mnist()",
        "digitrec.load_model('models/mnist_cnn_model.tflite')",
        "from digitrec.__main__ import main; main(['test_images/digit_7.png', '--json'])",
        "digitrec.app.create_app()",
    ],
)
def test_reading_loads_neither_tensorflow_nor_matplotlib_nor_jupyter(code):
    command = [sys.executable, "-c", LOADED.format(code=code)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (result.stdout.splitlines()[-1], result.stderr) == ("[]", "")


def test_figures_load_no_tensorflow():
    code = "import matplotlib; matplotlib.use('agg')\n"
    code += "digitrec.predict_uploaded_image('test_images/digit_7.png')"
    command = [sys.executable, "-c", LOADED.format(code=code)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("['matplotlib']\n", "")
