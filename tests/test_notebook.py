import ast
import hashlib
import os
import shutil
import time

import nbformat
import pytest
from conftest import ROOT
from nbclient import NotebookClient
from patience import PATIENCE

from digitrec.data.training_mix import DRAWN, OUTLIERS, SMOOTHING
from digitrec.model.training import BATCH_SIZE, DISTORTED, PEAK, WARM_UP
from digitrec.recognize.classify import ACCEPTED

NOTEBOOK = ROOT / "digit_recognition.ipynb"
TRAINING = 54_000  # digits; the others are for validation
DEFINITIONS_AND_LOOPS = (
    ast.FunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.For,
    ast.While,
    ast.AsyncFunctionDef,
)


@pytest.fixture(scope="module")
def stored():
    return nbformat.read(NOTEBOOK, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_notebook_is_valid_and_small(stored):
    nbformat.validate(stored)
    assert NOTEBOOK.stat().st_size < 1_000_000
    assert stored.metadata.kernelspec.name == "python3"


def test_the_notebook_defines_nothing(stored):
    for cell in code_cells(stored):
        assert not [
            node
            for node in ast.walk(ast.parse(cell.source))
            if isinstance(node, DEFINITIONS_AND_LOOPS)
        ]
        assert len(cell.source.splitlines()) <= 8, cell.source
        assert not cell.source.lstrip().startswith(("!", "%"))


def test_all_imports_stand_in_the_first_cell(stored):
    _, *others = code_cells(stored)
    assert not [cell.source for cell in others if "import " in cell.source]


def test_the_stored_outputs_are_of_one_clean_run(stored):
    cells = code_cells(stored)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text
            assert not {"\b", "\r"} & set(output.get("text", ""))


def test_the_training_is_stored_as_one_line_an_epoch(stored):
    (training,) = [cell for cell in code_cells(stored) if "history = digitrec.train" in cell.source]
    (output,) = training.outputs
    lines = output.text.splitlines()
    assert len(lines) == 10
    assert all("validation accuracy" in line for line in lines)
    assert lines[0].startswith("epoch  1/10")


def test_the_recipe_in_the_prose_is_that_of_the_code(stored):
    prose = "\n".join(cell.source for cell in stored.cells if cell.cell_type == "markdown")
    for number in (
        f"{TRAINING:,} training digits once, {-(-TRAINING // BATCH_SIZE)} batches",
        f"{TRAINING * DRAWN:,.0f} digits are added",
        f"{TRAINING * OUTLIERS:,.0f} letters, scribbles",
        f"target of a digit is {1 - SMOOTHING + SMOOTHING / 10:.3f} and {SMOOTHING / 10:.3f} for",
        f"last {1 - DISTORTED:.0%}".replace("%", " %"),
        f"to {PEAK} in the first {WARM_UP:.0%}".replace("%", " %"),
        f"at least {ACCEPTED:.0%}".replace("%", " %"),
    ):
        assert number in prose, number
    (curve,) = [cell.source for cell in code_cells(stored) if "one_cycle(" in cell.source]
    size = round(TRAINING * (1 + DRAWN + OUTLIERS))
    assert f"one_cycle({10 * -(-size // BATCH_SIZE)})" in curve


def test_pages_without_a_kernel_show_pictures_of_the_widgets(stored):
    outputs = [output for cell in code_cells(stored) for output in cell.outputs]
    assert not [output for output in outputs if "widget-view" in str(output.get("data", {}).keys())]
    shown = [cell for cell in code_cells(stored) if cell.source.endswith(".display()")]
    assert len(shown) >= 6
    for cell in shown:
        assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.source


@pytest.mark.slow
def test_the_notebook_runs_from_top_to_bottom(tmp_path, monkeypatch):
    """In a fresh clone, so to speak: with what is shipped, and leaving it untouched."""
    for name in ("digitrec", "models", "test_images", "images"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("my_*"))
    before = digests(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.environ["PYTHONPATH"].split(os.pathsep)[0])
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    start = time.monotonic()
    NotebookClient(
        notebook,
        timeout=PATIENCE,
        startup_timeout=PATIENCE,
        iopub_timeout=PATIENCE,
        kernel_name="python3",
        resources={"metadata": {"path": tmp_path}},
    ).execute()
    print(f"the notebook took {time.monotonic() - start:.0f} s")

    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert [o.text for cell in cells for o in cell.outputs if o.get("name") == "stderr"] == []
    after = digests(tmp_path)
    assert {name for name in after if after[name] != before.get(name)} == {"models/my_model.keras"}
    assert before.keys() <= after.keys()


def digests(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
