"""What `--html` and `--annotated` add to the command."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from conftest import ROOT
from patience import PATIENCE
from PIL import Image

SEVEN = ROOT / "test_images" / "digit_7.png"
SEVERAL = ROOT / "test_images" / "several_31415.png"
MANY = 400
SHORT = 4096  # size of a pipe, bytes: room for the lines of a few dozen pictures


def run(*arguments, cwd):
    command = [sys.executable, "-m", "digitrec", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(SEVEN.read_bytes())
    (folder / "c.png").write_bytes(b"no picture")
    return folder


def names_on(page):
    text = page.read_text("utf-8")
    return re.findall(r'<td role="cell" class="file"><a [^>]+>(.*?)</a>', text)


def test_a_page_pictures_and_rows_are_written_by_one_run(scans, tmp_path):
    arguments = ["--html", "page.html", "--annotated", "out", "--csv", "rows.csv"]
    result = run("scans", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "3 pictures in rows.csv: 2 read, 0 in doubt, 1 error\n"
    assert sorted(os.listdir(tmp_path / "out")) == ["a.png", "b.png"]
    path = os.path.join("scans", "c.png")
    assert names_on(tmp_path / "page.html")[0] == path
    assert len(names_on(tmp_path / "page.html")) == 3
    assert (tmp_path / "rows.csv").read_bytes().count(b"\r\n") == 4


def test_rows_that_were_there_are_on_the_page_without_pictures(scans, tmp_path):
    """They are not read again, and the page says so."""
    run("scans", "--csv", "rows.csv", cwd=tmp_path)
    (scans / "d.png").write_bytes(SEVERAL.read_bytes())
    result = run("scans", "--csv", "rows.csv", "--html", "page.html", cwd=tmp_path)
    assert result.stderr == "4 pictures in rows.csv: 3 read, 0 in doubt, 1 error\n"
    assert sorted(names_on(tmp_path / "page.html")) == [
        os.path.join("scans", name) for name in ("a.png", "b.png", "c.png", "d.png")
    ]
    text = (tmp_path / "page.html").read_text("utf-8")
    assert text.count("no picture: read by an earlier run") == 2
    assert text.count("<img") == 1


def test_what_is_printed_with_a_page(scans, tmp_path):
    """A summary if there are several; lines only if nothing else has the digits, or for --json."""
    result = run("scans", "--html", "page.html", cwd=tmp_path)
    assert (result.stdout, result.stderr) == ("", "3 pictures: 2 read, 0 in doubt, 1 error\n")
    result = run("scans/a.png", "--html", "page.html", cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    result = run("scans", "--annotated", "out", cwd=tmp_path)
    assert len(result.stdout.splitlines()) == 3
    assert result.stderr == "3 pictures: 2 read, 0 in doubt, 1 error\n"
    plain = run("scans", "--json", cwd=tmp_path)
    result = run("scans", "--json", "--html", "page.html", "--annotated", "out", cwd=tmp_path)
    assert result.stdout == plain.stdout
    assert len(json.loads(result.stdout.splitlines()[0])) == 5
    assert plain.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--html", "scans/a.png"], "scans/a.png holds something other than a report"),
        (["--html", "scans"], "scans is no file"),
        (["--html", "rows.csv", "--csv", "rows.csv"], "rows.csv holds something other"),
        (["--annotated", "scans"], "cannot be written to scans, since scans is read"),
        (["--annotated", "."], "cannot be written to ., since scans is read"),
        (["--annotated", "scans/out", "--html", "page.html"], "since scans is read"),
    ],
)
def test_what_would_replace_something_is_refused(arguments, message, scans, tmp_path):
    before = {path: path.read_bytes() for path in scans.iterdir()}
    result = run("scans", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert {path: path.read_bytes() for path in scans.iterdir()} == before
    assert not (tmp_path / "page.html").exists()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is sent in another way")
def test_ctrl_c_leaves_no_half_page_and_what_is_drawn_is_whole(mnist, tmp_path):
    (tmp_path / "scans").mkdir()
    for number in range(MANY):
        image = Image.fromarray(255 - mnist[1][0][number])
        image.save(tmp_path / "scans" / f"{number:04}.png")
    arguments = ["--html", "page.html", "--annotated", "out", "--json", "--processes", "2"]
    command = subprocess.Popen(
        [sys.executable, "-m", "digitrec", "scans", *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pipesize=SHORT,
        start_new_session=True,
    )
    for _ in range(20):
        assert command.stdout.readline(), command.communicate()
    os.killpg(command.pid, signal.SIGINT)
    _, message = command.communicate(timeout=PATIENCE)
    assert (command.returncode, message.count(b"\n")) == (130, 1)
    assert sorted(os.listdir(tmp_path)) == ["out", "scans"]
    drawn = sorted(os.listdir(tmp_path / "out"))
    assert 20 <= len(drawn) < MANY
    for name in drawn:
        Image.open(tmp_path / "out" / name).load()


def test_neither_loads_what_is_slow_to_import(scans, tmp_path):
    code = """
import sys
from digitrec.__main__ import main
main(["scans", "--html", "page.html", "--annotated", "out"])
print({"tensorflow", "keras", "matplotlib", "IPython"} & {*sys.modules})
"""
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert result.stdout == "set()\n"


def test_a_plain_run_imports_nothing_of_these(scans, tmp_path):
    code = """
import sys
from digitrec.__main__ import main
main(["scans/a.png"])
print([name for name in sys.modules if name.startswith("digitrec.recognize.")])
"""
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    loaded = result.stdout.splitlines()[1]
    assert "digitrec.recognize.folder" in loaded
    for name in ("report", "annotate", "illustrate"):
        assert name not in loaded
