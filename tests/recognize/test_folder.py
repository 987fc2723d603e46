import itertools
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
import tracemalloc
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from deadly import DEADLY, Deadly
from patience import wait_until
from PIL import Image

import digitrec
from digitrec.model.storage import SHIPPED
from digitrec.recognize.folder import FEW, find_pictures, read_folder
from digitrec.recognize.results import Row

SEVEN = str(ROOT / "test_images" / "digit_7.png")
SEVERAL = str(ROOT / "test_images" / "several_31415.png")
MANY = 400  # pictures, so that all processes have some


@pytest.fixture(scope="module")
def folder(mnist, tmp_path_factory):
    """MNIST test digits, a page of two rows, and files that are no pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    images = mnist[1][0]
    (folder / "inner").mkdir()
    for number in range(MANY):
        place = folder / "inner" if number % 3 else folder
        Image.fromarray(255 - images[number]).save(place / f"{number:04d}.png")
    page = np.vstack([np.hstack(images[:3]), np.hstack(images[3:6])])
    Image.fromarray(255 - page).resize((420, 280)).save(folder / 'two "rows", one.png')
    (folder / "0007 empty.png").touch()
    (folder / "inner" / "text.jpg").write_text("no picture")
    (folder / "notes.txt").write_text("not looked at")
    return folder


@pytest.fixture(scope="module")
def expected(folder):
    """What this process alone reads."""
    return list(read_folder(folder, processes=1))


def test_a_row_tells_what_was_read_or_why_not():
    one, several, bad, gone = read_folder([SEVEN, SEVERAL, ROOT / "README.md", "gone.png"])
    prediction = digitrec.predict_digit(SEVEN)
    assert one == Row(SEVEN, "7", prediction.confidence, True)
    digits = digitrec.read_digits(SEVERAL).predictions
    assert several.text == "31415"
    assert several.confidence == min(digit.confidence for digit in digits)
    assert several.accepted == all(digit.accepted for digit in digits)
    assert bad.path == str(ROOT / "README.md")
    assert (bad.text, bad.confidence, bad.accepted) == ("", None, False)
    assert "is not a picture in a known format" in bad.error
    assert gone == Row("gone.png", error="the file does not exist: check its name and folder")


def test_an_error_leaves_the_name_of_the_file_to_its_row(tmp_path):
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty.png").touch()
    for row in read_folder([tmp_path, tmp_path / "gone.png", tmp_path / ("x" * 5000)]):
        assert row.error.startswith("the file ")
        assert str(tmp_path) not in row.error
        assert "x" * 100 not in row.error


def test_all_processes_read_what_one_reads_in_the_same_order(folder, expected):
    assert list(read_folder(folder, processes=2)) == expected
    assert [row.path for row in expected] == list(find_pictures(folder))
    assert len(expected) == MANY + 3
    assert sum(row.error != "" for row in expected) == 2
    (page,) = (row for row in expected if "rows" in row.path)
    assert page.text.count("\n") == 1


def test_a_folder_is_read_by_name_with_what_is_in_it(tmp_path):
    names = ["b.png", "a/z.JPG", "a/y.txt", "a/b/c.Tiff", "c.heic", ".hidden.png", ".trash/d.png"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [
        os.path.relpath(path, tmp_path).replace(os.sep, "/") for path in find_pictures(tmp_path)
    ]
    assert found == ["a/b/c.Tiff", "a/z.JPG", "b.png", "c.heic"]


@contextmanager
def nested(top, name, depth):
    """Folders of this name one in another, with a picture in each tenth.

    They may be too deep for a path, so they are made and removed from the inside.
    """
    here = os.open(top, os.O_RDONLY)
    for level in range(1, depth + 1):
        os.mkdir(name, dir_fd=here)
        here = moved(here, name)
        if level % 10 == 0:
            with open("7.png", "wb", opener=partial(os.open, dir_fd=here)) as file:
                file.write(Path(SEVEN).read_bytes())
    try:
        yield
    finally:
        for level in range(depth, 0, -1):
            if level % 10 == 0:
                os.unlink("7.png", dir_fd=here)
            here = moved(here, "..")
            os.rmdir(name, dir_fd=here)
        os.close(here)


def moved(here, name):
    there = os.open(name, os.O_RDONLY, dir_fd=here)
    os.close(here)
    return there


@pytest.mark.skipif(os.mkdir not in os.supports_dir_fd, reason="cannot make folders so deep")
def test_folders_may_be_nested_deeper_than_python_calls_functions(tmp_path):
    if os.pathconf(tmp_path, "PC_PATH_MAX") < 4096:
        pytest.skip("a path may not be so long")
    with nested(tmp_path, "d", 1200):
        rows = list(read_folder(tmp_path, processes=1))
    assert [row.text for row in rows] == ["7"] * 120


@pytest.mark.skipif(os.mkdir not in os.supports_dir_fd, reason="cannot make folders so deep")
def test_a_folder_that_is_too_deep_for_a_path_is_a_row(tmp_path):
    with nested(tmp_path, "d" * 180, 30):  # the path of the twentieth may still be opened
        *rows, too_deep = read_folder(tmp_path, processes=1)
    assert {row.text for row in rows} <= {"7"}
    assert too_deep.error.startswith("the file cannot be opened (")
    assert "ddd" not in too_deep.error


def test_a_folder_that_cannot_be_listed_is_a_row(tmp_path, monkeypatch):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "7.png").write_bytes(Path(SEVEN).read_bytes())
    scandir = os.scandir

    def listed(path):
        if str(path).endswith("b"):
            raise PermissionError
        return scandir(path)

    monkeypatch.setattr(os, "scandir", listed)
    one, locked, two = read_folder(tmp_path, processes=1)
    assert (one.text, two.text) == ("7", "7")
    assert locked == Row(
        str(tmp_path / "b"), error="the folder may not be read by you: change its permissions"
    )


def test_a_folder_may_change_while_it_is_read(tmp_path):
    """What is gone is a row with an error; what is new in a folder still to come is read."""
    seven = Path(SEVEN).read_bytes()
    for name in ("a/1.png", "a/2.png", "b/3.png", "c/4.png", "d/5.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(seven)
    paths = find_pictures(tmp_path)
    first = next(paths)
    (tmp_path / "a" / "2.png").unlink()
    shutil.rmtree(tmp_path / "b")
    shutil.rmtree(tmp_path / "c")
    (tmp_path / "c").write_bytes(seven)
    (tmp_path / "d" / "6.png").write_bytes(seven)
    rows = list(read_folder(itertools.chain([first], paths), processes=1))
    found = {os.path.relpath(row.path, tmp_path).replace(os.sep, "/"): row for row in rows}
    assert list(found) == ["a/1.png", "a/2.png", "b", "c", "d/5.png", "d/6.png"]
    assert [row.text for row in rows] == ["7", "", "", "7", "7", "7"]
    assert found["a/2.png"].error == "the file does not exist: check its name and folder"
    assert found["b"].error == "the file does not exist: check its name and folder"


@pytest.mark.parametrize("many", [1000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_folder_of_many_pictures_takes_little_time_and_memory(tmp_path, many):
    """Only its names are held, and the first picture is read once they are known."""
    for number in range(many):
        (tmp_path / f"page {number:06}.png").touch()
    (tmp_path / "0 first.png").write_bytes(Path(SEVEN).read_bytes())
    digitrec.read_digits(SEVEN)
    tracemalloc.start()
    count = sum(1 for _ in find_pictures(tmp_path))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == many + 1
    assert most < 200 * many
    before = time.process_time()
    assert next(read_folder(tmp_path, processes=1, progress=False)).text == "7"
    assert time.process_time() - before < 1


def test_a_file_given_by_name_is_read_whatever_its_ending(tmp_path):
    hidden = tmp_path / ".seven"
    hidden.write_bytes((ROOT / "test_images" / "digit_7.png").read_bytes())
    assert [row.text for row in read_folder(hidden)] == ["7"]
    assert [row.text for row in read_folder([hidden, str(tmp_path)])] == ["7"]
    assert list(read_folder(tmp_path)) == []


def test_paths_are_taken_only_as_they_are_needed():
    """From a generator without an end, with as much memory as from a short one."""
    taken = itertools.count()
    paths = (SEVEN for _ in taken)
    for number, row in enumerate(read_folder(paths, processes=2)):
        assert row.text == "7"
        if number == 1000:
            break
    assert next(taken) < 1000 + 400


def test_your_own_model_reads(folder, expected, trained_a_little):
    rows = list(read_folder(folder, trained_a_little, processes=2))
    assert rows != expected
    for row, path in zip(rows[:20], find_pictures(folder), strict=False):
        if not row.error:
            reading = digitrec.read_digits(path, trained_a_little)
            assert row.text == reading.text
            confidences = [prediction.confidence for prediction in reading.predictions]
            assert row.confidence == pytest.approx(min(confidences), abs=1e-4)


def test_what_cannot_work_is_refused_at_once():
    with pytest.raises(ValueError, match="0 processes can read nothing"):
        read_folder([SEVEN], processes=0)
    with pytest.raises(ValueError, match="the model is a str"):
        read_folder([SEVEN], "model.keras")


def test_processes_that_die_lose_nothing(folder, expected):
    rows = []
    for row in read_folder(folder, processes=2):
        rows.append(row)
        if len(rows) in (50, 200):
            multiprocessing.active_children()[0].kill()
    assert rows == expected


@pytest.mark.slow
def test_a_picture_that_ends_its_process_is_a_row_with_an_error(mnist, tmp_path):
    images = mnist[1][0]
    for number in range(3 * FEW):
        Image.fromarray(255 - images[number]).save(tmp_path / f"{number:04d}.png")
    number = Image.fromarray(255 - np.hstack(list(images[: DEADLY + 2])))
    number.resize((140 * (DEADLY + 2), 140)).save(tmp_path / "0020 number.png")
    model = Deadly(SHIPPED.with_suffix(".tflite").read_bytes())
    rows = list(read_folder(tmp_path, model, processes=2))
    (deadly,) = (row for row in rows if row.error)
    assert deadly.path.endswith("number.png")
    assert "killed the process that read it" in deadly.error
    assert len(rows) == 3 * FEW + 1


def test_no_process_is_left_when_reading_stops(folder):
    for row in read_folder(folder, processes=2):
        assert row
        break
    wait_until(lambda: multiprocessing.active_children() == [])


def test_a_script_without_a_guard_may_read_a_folder(folder, tmp_path):
    """Other processes do not run it again, nor import what it imports."""
    script = tmp_path / "script.py"
    script.write_text(
        "import digitrec\nprint('started')\n"
        f"print(len(list(digitrec.read_folder({str(folder)!r}, processes=2))))\n"
    )
    result = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert (result.stdout, result.stderr) == (f"started\n{MANY + 3}\n", "")


def test_reading_on_one_process_loads_nothing_heavy(folder):
    code = f"""
import sys, digitrec
rows = list(digitrec.read_folder({str(folder)!r}, processes=1))
heavy = {{"tensorflow", "keras", "matplotlib", "IPython", "tqdm", "distributed"}}
print(heavy & {{*sys.modules}})
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("set()\n", "")
