import ast
import hashlib
import os
import re
import shutil
import time

import nbformat
import numpy as np
import pytest
from conftest import ROOT
from nbclient import NotebookClient
from patience import PATIENCE

import digitrec
from digitrec.data.training_mix import DRAWN, NORMALIZED, OUTLIERS, SMOOTHING
from digitrec.model.fine_tuning import REHEARSE
from digitrec.model.training import BATCH_SIZE, DISTORTED, PEAK, WARM_UP
from digitrec.preprocess.digit_line import LINE_HEIGHT
from digitrec.recognize.classify import ACCEPTED

NOTEBOOK = ROOT / "digit_recognition.ipynb"
TRAINING = 54_000  # digits; the others are for validation
NUMBER = re.compile(r"\d+(?:\.\d+)?")
EXAMPLES = (  # of questions and of what a word means; nothing is measured there
    "99 % of digits",
    "gives the true digit 50 %",
    "given with a confidence of 90 %, ninety should be correct",
    "correct 99 times in 100",
    "accepting only at 99.9 %",
    "better by 0.05 %",
    "if it is near 93 %",
    "95 times in 100",
    "rows and columns 26 and 27",
    "3,000 test digits",
)
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


def prose(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def recipe():
    """What the prose says of the recipe, with the numbers of the code."""
    adam = digitrec.build_model().optimizer
    return [
        f"{TRAINING:,} training digits once, {-(-TRAINING // BATCH_SIZE)} batches",
        f"the last tenth, {60_000 - TRAINING:,} digits",
        f"a **batch** of {BATCH_SIZE} digits",
        f"\\beta_1 = {adam.beta_1}$",
        f"\\beta_2 = {adam.beta_2}$",
        f"moves by ${float(adam.learning_rate):.3f} ",
        f"{TRAINING * DRAWN:,.0f} digits are added",
        f"{TRAINING * OUTLIERS:,.0f} letters, scribbles",
        f"{1 - SMOOTHING + SMOOTHING / 10:.3f} for the true digit and {SMOOTHING / 10:.3f} for",
        f"last {1 - DISTORTED:.0%}".replace("%", " %"),
        f"to {PEAK} in the first {WARM_UP:.0%}".replace("%", " %"),
        f"at least {ACCEPTED:.0%}".replace("%", " %"),
        f"less than {ACCEPTED:.0%}".replace("%", " %"),
        f"**rehearses** {REHEARSE:,} MNIST digits",
        f"a strip {LINE_HEIGHT} pixels high",
    ]


def arithmetic():
    """What the prose computes, computed again."""
    parameters = [count for _, _, count in digitrec.describe(digitrec.build_model()) if count]
    certain, flat = slopes_of_a_sure_mistake()
    return [
        "70,000 digits, written around 1990",
        f"28 · 28 = {28 * 28}",
        f"{784 * 64 + 64:,} parameters. And what",
        *(f"= {count:,} |" for count in parameters),
        f"(3·3·64 + 1) · 64 = {(3 * 3 * 64 + 1) * 64:,}",
        f"| flatten | {3 * 3 * 64} |",
        f"**{sum(parameters):,}**",
        f"all {sum(parameters):,} parameters take theirs",
        f"The gradient of all {sum(parameters):,} parameters",
        f"the same {sum(parameters):,} parameters",
        f"convolution {parameters[1] / parameters[0]:.0f} times as many parameters",
        f"{3 * 3 * 32} weights instead of 9",
        f"-\\ln 0.1 = {-np.log(0.1):.2f}$",
        f"−ln 0.5 = {-np.log(0.5):.2f}.",
        f"(1/4)^4 = {100 * 0.25**4:.1f}\\,\\%$",
        f"−{-certain:.2f} with cross-entropy, and only −{-flat:.2f} with the squared error",
        "`digitrec.wilson(558, 600)` is {:.1f} to {:.1f} %".format(*percents(558, 600)),
        "196 of 200 means {:.1f} to {:.1f} %".format(*percents(196, 200)),
        "any accuracy from {:.0f} % up".format(*percents(20, 20)),
    ]


def slopes_of_a_sure_mistake():
    """Along the true digit's sum, by moving that sum a little; it gets 1 %, a wrong one 99 %."""

    def losses(nudge):
        powers = np.multiply([0.01, 0.99], np.exp([nudge, 0]))
        probabilities = powers / powers.sum()
        return np.array([-np.log(probabilities[0]), np.sum((probabilities - [1, 0]) ** 2)])

    return (losses(1e-6) - losses(-1e-6)) / 2e-6


def percents(correct, count):
    return [100 * end for end in digitrec.wilson(correct, count)]


def exercises():
    """What the answers say, with the numbers of the tables in benchmarks/README.md."""
    page = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| ([25]) \| .*?(\w+) \| ([\d,]+) \| ([\d.]+) % \|$", page, re.M)
    (classic, ours), dense = [row[3] for row in rows[:2]], rows[2:]
    _, hidden, parameters, accuracies = zip(*dense, strict=True)
    seeds = re.findall(r"[\d.]+", re.search(r"^\| classic \| ([^%]+) %", page, re.M)[1])
    return [
        f"Ours: {ours} % on the exam, the classic recipe {classic} % (`python -m benchmarks.exer",
        f"dense layer of {series(hidden)} before the last",
        f"reads {series(accuracies)} % of the exam, with {series(parameters)} parameters",
        f"lay between {min(seeds)} and {max(seeds)} % (`python -m benchmarks.accuracy`)",
    ]


def series(words):
    return f"{', '.join(words[:-1])} and {words[-1]}"


@pytest.mark.parametrize("checked", [recipe, arithmetic, exercises])
def test_the_numbers_in_the_prose_are_those_of_code_and_benchmarks(stored, checked):
    text = prose(stored)
    assert [phrase for phrase in checked() if phrase not in text] == []


def test_the_rate_that_is_drawn_is_that_of_the_training(stored):
    (curve,) = [cell.source for cell in code_cells(stored) if "one_cycle(" in cell.source]
    size = round(TRAINING * (1 + DRAWN + OUTLIERS))
    assert f"one_cycle({10 * -(-size // BATCH_SIZE)})" in curve


def test_what_the_prose_says_of_the_results_is_what_was_computed(stored):
    text = prose(stored)
    classic, ours = map(int, re.findall(r"(\d+) mistakes\n", output_of(stored, 'print(f"classic')))
    assert "About half the mistakes" in text
    assert 0.4 < ours / classic < 0.6
    assert "accuracy in training stayed near 90 %" in text
    last = re.findall(r"accuracy (0\.\d+)  loss", output_of(stored, "history_ours ="))[-2]
    assert 0.88 < float(last) < 0.92
    assert "one picture in ten has no correct answer" in text
    assert round((1 + DRAWN + OUTLIERS) / OUTLIERS) == 10
    assert "One digit in seven takes" in text
    assert round(1 / NORMALIZED) == 7
    assert "two to four times as many mistakes on MNIST" in text
    before, alone, rehearsed = [
        100 - float(accuracy)
        for accuracy in re.findall(r"\d+\.\d\d(?=%)", output_of(stored, "networks = (model"))
    ]
    assert 2 < alone / before < 4
    assert rehearsed < 1.5 * before
    assert "Mostly for a 0" in text
    (counts,) = re.findall(r"array\(\[(.*)\]\)", output_of(stored, "shapes_ours"))
    zeros, *others = map(int, counts.split(","))
    assert zeros > 2 * sum(others)


def output_of(notebook, start):
    """What the cell that has these words wrote or gave."""
    (cell,) = [cell for cell in code_cells(notebook) if start in cell.source]
    outputs = [output.get("text") or output.data["text/plain"] for output in cell.outputs]
    return "".join(outputs)


def test_each_number_in_the_prose_is_computed_in_a_cell_or_checked_above(stored):
    """But for years, questions, and what is 100 % less something."""
    computed = [*recipe(), *arithmetic(), *exercises(), *EXAMPLES]
    for cell in code_cells(stored):
        texts = [output.get("text") or output.data.get("text/plain", "") for output in cell.outputs]
        computed += [cell.source, *texts]
    known = set(NUMBER.findall("\n".join(computed).replace(",", "")))
    text = re.sub(r"https?://\S+|(?<=\d),(?=\d{3})", "", prose(stored))
    assert set(NUMBER.findall(text)) - known - set(map(str, range(1893, 2027))) == set()


def test_pages_without_a_kernel_show_pictures_of_the_widgets(stored):
    outputs = [output for cell in code_cells(stored) for output in cell.outputs]
    assert not [output for output in outputs if "widget-view" in str(output.get("data", {}).keys())]
    shown = [cell for cell in code_cells(stored) if cell.source.endswith(".display()")]
    assert len(shown) >= 6
    for cell in shown:
        assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.source


def test_every_picture_has_an_alternative_text(stored):
    about = [
        output.metadata
        for cell in code_cells(stored)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert len(about) > 30
    assert [each for each in about if len(each.get("image/png", {}).get("alt", "")) < 30] == []
    assert "![](" not in prose(stored)


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
