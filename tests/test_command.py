import csv
import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT
from patience import PATIENCE
from PIL import Image, ImageDraw

import digitrec
from digitrec.recognize.percent import percent

COMMAND = [sys.executable, "-m", "digitrec"]
SEVEN = os.path.join("test_images", "digit_7.png")
SEVERAL = os.path.join("test_images", "several_31415.png")
MANY = 600
SHORT = 4096  # size of a pipe, bytes: room for the lines of a few dozen pictures


def run(*arguments, cwd=ROOT, **options):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        **options,
    )


@pytest.fixture(scope="module")
def folder(mnist, tmp_path_factory):
    """Digits, pages of two rows, whose text has quotes and newlines, and damaged pictures."""
    folder = tmp_path_factory.mktemp("scans")
    images = mnist[1][0]
    for number in range(MANY):
        path = folder / f"{number:04d}.png"
        picture = 255 - images[number]
        if number % 10 == 3:
            page = np.vstack([np.hstack(images[number : number + 2])] * 2)
            path, picture = folder / f'{number:04d}, "page".png', 255 - page
        if number % 50 == 7:
            path.write_bytes(b"no picture")
        else:
            Image.fromarray(picture).resize((112, 112)).save(path)
    return folder


def summary(path):
    """What is said of the CSV file of `folder`."""
    with open(path, newline="", encoding="utf-8") as file:
        sure = sum(row["accepted"] == "true" for row in csv.DictReader(file))
    errors = MANY // 50
    in_doubt = MANY - sure - errors
    assert in_doubt > 0
    return f"{MANY} pictures in {path}: {sure} read, {in_doubt} in doubt, {errors} errors\n"


@pytest.fixture(scope="module")
def undisturbed(folder, tmp_path_factory):
    """The rows of a run that nothing interrupts."""
    path = tmp_path_factory.mktemp("undisturbed") / "rows.csv"
    result = run(folder, "--csv", path)
    content = path.read_bytes()
    assert (result.returncode, result.stdout, result.stderr) == (1, "", summary(path))
    assert content.count(b"\r\n") == MANY + 1
    return content


# What is printed


def test_a_line_says_what_was_read_and_how_sure_it_is():
    result = run(SEVEN, SEVERAL)
    confidence = digitrec.predict_digit(ROOT / SEVEN).confidence
    seven, several = result.stdout.splitlines()
    assert seven == f"{SEVEN}: 7  ({percent(confidence)} sure)"
    assert several.startswith(f"{SEVERAL}: 31415  (")
    assert (result.returncode, result.stderr) == (0, "")


def test_an_error_is_a_line_and_the_exit_status():
    result = run("README.md", SEVEN)
    bad, seven = result.stdout.splitlines()
    assert bad.startswith("README.md: error: the file is not a picture in a known format")
    assert bad.count("README.md") == 1
    assert seven.startswith(f"{SEVEN}: 7")
    assert (result.returncode, result.stderr) == (1, "")


def test_json_has_an_object_a_line():
    result = run("--json", SEVEN, "README.md")
    seven, bad = map(json.loads, result.stdout.splitlines())
    confidence = round(digitrec.predict_digit(ROOT / SEVEN).confidence, 4)
    assert seven == {
        "path": SEVEN,
        "text": "7",
        "confidence": confidence,
        "accepted": True,
        "error": "",
    }
    assert bad["confidence"] is None
    assert bad["error"].startswith("the file is not a picture")


def test_doubt_is_printed(mnist, tmp_path):
    images = mnist[1][0]
    Image.fromarray(255 - np.vstack([images[0], images[1]])).resize((84, 168)).save(
        tmp_path / "page.png"
    )
    letter = Image.new("L", (280, 280), 255)
    for ends in ((70, 50, 210, 230), (210, 50, 70, 230)):
        ImageDraw.Draw(letter).line(ends, fill=0, width=16)
    letter.save(tmp_path / "X.png")
    page, letter = run("page.png", "X.png", cwd=tmp_path).stdout.splitlines()
    assert page.startswith("page.png: 7 / 2  (")
    assert letter.endswith("sure, in doubt)")


def test_any_path_can_be_printed_anywhere(tmp_path):
    (tmp_path / "é 数字.png").write_bytes((ROOT / SEVEN).read_bytes())
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    result = run("é 数字.png", cwd=tmp_path, env=environment)
    assert result.stdout.startswith(r"\xe9 \u6570\u5b57.png: 7")
    result = run("é 数字.png", "--csv", "rows.csv", cwd=tmp_path, env=environment)
    assert (tmp_path / "rows.csv").read_text("utf-8").splitlines()[1].startswith("é 数字.png,7,")


def test_help_explains_itself():
    text = run("--help").stdout
    for words in ("--csv", "--json", "--scheduler", "--model", "examples:", "exit status:"):
        assert words in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required"),
        ([SEVEN, "--model", "gone.keras"], "there is no model at gone.keras"),
        ([SEVEN, "--model", "README.md"], "README.md is not a model, or is damaged"),
        ([SEVEN, "--csv", "README.md"], "README.md holds something other"),
        ([SEVEN, "--csv", "test_images"], "test_images is a folder: choose the name of a file"),
        ([SEVEN, "--csv", "gone/rows.csv"], "there is no folder gone: make it"),
        (["gone", "--csv", "README.md"], "error: gone does not exist: check its name and folder\n"),
        ([SEVEN, "--processes", "0"], "0 processes can read nothing"),
    ],
)
def test_a_wrong_command_is_explained(arguments, message):
    before = (ROOT / "README.md").read_bytes()
    result = run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert (ROOT / "README.md").read_bytes() == before


def test_a_folder_without_pictures_is_reported(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    result = run("one", "two", cwd=tmp_path)
    message = "no pictures were found in one, two\n"
    assert (result.returncode, result.stdout, result.stderr) == (1, "", message)


def test_what_does_not_exist_is_said_and_gets_no_row(tmp_path):
    """The rest is read. Once it is there, the same command reads it as well."""
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "1.png").write_bytes((ROOT / SEVEN).read_bytes())
    arguments = ["gone.png", "scans", "scns", "scans/1.png/2.png", "--csv", "rows.csv", "--json"]
    result = run(*arguments, cwd=tmp_path)
    *missing, summary = result.stderr.splitlines()
    assert missing == [
        f"error: {name} does not exist: check its name and folder"
        for name in ("gone.png", "scns", "scans/1.png/2.png")
    ]
    assert summary == "1 picture in rows.csv: 1 read, 0 in doubt, 0 errors"
    assert (result.returncode, len(result.stdout.splitlines())) == (2, 1)
    (tmp_path / "scns").mkdir()
    (tmp_path / "scns" / "2.png").write_bytes((ROOT / SEVEN).read_bytes())
    result = run("scans", "scns", "--csv", "rows.csv", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (
        0,
        "2 pictures in rows.csv: 2 read, 0 in doubt, 0 errors\n",
    )


def test_if_nothing_exists_there_is_no_csv(tmp_path):
    result = run("scns", "--csv", "rows.csv", cwd=tmp_path)
    message = "error: scns does not exist: check its name and folder\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", message)
    assert os.listdir(tmp_path) == []


def test_wildcards_are_expanded_where_the_shell_does_not(tmp_path):
    """In the order of names, unless a file has that very name."""
    for name in ("b.png", "a.png", "c.jpg", "[x].png", "x.png"):
        (tmp_path / name).write_bytes((ROOT / SEVEN).read_bytes())
    lines = run("[ab].png", "?.jpg", "[x].png", cwd=tmp_path).stdout.splitlines()
    assert [line.split(": 7")[0] for line in lines] == ["a.png", "b.png", "c.jpg", "[x].png"]
    result = run("*.tif", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "error: *.tif does not exist: check its name and folder\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_cannot_give_orders_to_the_terminal(tmp_path):
    """Nor begin a line of its own; the rows of the CSV are known again all the same."""
    names = [
        "\x1b[2J\x1b]0;title\x07.png",
        "new\nline.png",
        "\u202egnp.7.png",
        "=1+1.png",
        "-1.png",
    ]
    for name in names:
        (tmp_path / name).write_bytes((ROOT / SEVEN).read_bytes())
    (tmp_path / "bad\x1b[2J.png").touch()
    arguments = ["./*", "gone\x1b[2J.png"]
    result = run(*arguments, cwd=tmp_path)
    for output in (result.stdout, result.stderr):
        assert output.replace("\n", "").isprintable()
    assert len(result.stdout.splitlines()) == len(names) + 1
    assert r"./\x1b[2J\x1b]0;title\x07.png: 7" in result.stdout
    assert r"./new\nline.png: 7" in result.stdout
    assert r"gone\x1b[2J.png does not exist" in result.stderr
    arguments = ["--csv", "rows.csv", "--", *names]
    run(*arguments, cwd=tmp_path)
    rows = (tmp_path / "rows.csv").read_bytes()
    assert run("--json", *arguments, cwd=tmp_path).stdout == ""
    assert (tmp_path / "rows.csv").read_bytes() == rows


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_that_windows_keeps_for_itself_are_names_elsewhere(tmp_path):
    names = ["CON", "con.png", "nul.txt", "trailing .", "trailing "]
    for name in names:
        (tmp_path / name).write_bytes((ROOT / SEVEN).read_bytes())
    for _ in range(2):
        result = run(*names, "--csv", "CON.csv. ", cwd=tmp_path)
        assert result.stderr == "5 pictures in CON.csv. : 5 read, 0 in doubt, 0 errors\n"
    with open(tmp_path / "CON.csv. ", newline="", encoding="utf-8") as file:
        assert [row["path"] for row in csv.DictReader(file)] == names


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")
def test_a_csv_in_a_pipe_is_refused(tmp_path):
    """Opening it would wait for a reader, and it cannot be resumed."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/stdout"):
        result = run(SEVEN, "--csv", path)
        assert (result.returncode, result.stdout) == (2, "")
        assert f"error: {path} is a pipe or a device" in result.stderr
        assert "--json" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no /dev/stdout")
def test_standard_output_that_is_a_file_may_be_the_csv(tmp_path):
    with open(tmp_path / "rows.csv", "w") as output:
        command = [*COMMAND, SEVEN, "--csv", "/dev/stdout"]
        result = subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.PIPE)
    assert result.returncode == 0
    assert (tmp_path / "rows.csv").read_bytes().count(b"\r\n") == 2


def test_your_own_model_reads(tmp_path, trained_a_little):
    digitrec.save_model(trained_a_little, tmp_path / "mine.tflite")
    (line,) = run("--json", SEVEN, "--model", tmp_path / "mine.tflite").stdout.splitlines()
    expected = digitrec.predict_digit(ROOT / SEVEN, trained_a_little).confidence
    assert json.loads(line)["confidence"] == pytest.approx(expected, abs=1e-3)


@pytest.mark.skipif(os.name == "nt", reason="pipes break in another way")
def test_a_reader_that_stops_early_is_no_error(folder):
    command = subprocess.Popen(
        [*COMMAND, folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pipesize=SHORT,
    )
    assert command.stdout.readline()
    command.stdout.close()
    assert command.stderr.read() == ""
    assert command.wait(PATIENCE) == 141


# What a run that was interrupted leaves


def begun(folder, path, rows):
    """A command that has written some rows and cannot end on its own.

    It also prints each row, into a pipe that is full long before the last one, since nobody reads
    on.
    """
    command = subprocess.Popen(
        [*COMMAND, folder, "--csv", path, "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pipesize=SHORT,
    )
    for _ in range(rows):
        assert command.stdout.readline(), command.communicate()
    return command


def test_a_killed_run_can_be_resumed(folder, undisturbed, tmp_path):
    """Twice; rows, errors and exit status are those of an undisturbed run."""
    path = tmp_path / "rows.csv"
    for rows in (20, 200):
        command = begun(folder, path, rows)
        command.kill()
        # Its output ends only when all the processes that it has started have ended too.
        command.communicate(timeout=PATIENCE)
        before = path.read_bytes()
        assert len(before) < len(undisturbed)
    result = run(folder, "--csv", path)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", summary(path))
    assert path.read_bytes() == undisturbed
    assert path.read_bytes().startswith(before[: before.rindex(b"\r\n")])


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is sent in another way")
def test_ctrl_c_ends_a_run_quietly(folder, undisturbed, tmp_path):
    path = tmp_path / "rows.csv"
    command = begun(folder, path, 20)
    command.send_signal(signal.SIGINT)
    _, message = command.communicate(timeout=PATIENCE)
    expected = b"interrupted; with --csv, run the same command again to resume\n"
    assert (command.returncode, message) == (130, expected)
    run(folder, "--csv", path)
    assert path.read_bytes() == undisturbed


def test_no_picture_is_read_twice(folder, undisturbed, tmp_path):
    """What has a row is not opened again, and what is given twice is read once."""
    path = tmp_path / "rows.csv"
    path.write_bytes(undisturbed)
    moved = folder.with_name("moved")
    folder.rename(moved)
    folder.mkdir()
    try:
        with open(path, newline="", encoding="utf-8") as file:
            paths = [row["path"] for row in csv.DictReader(file)][:50]
        for empty in paths:
            open(empty, "w").close()
        result = run(*paths, "--csv", path)
    finally:
        shutil.rmtree(folder)
        moved.rename(folder)
    assert (result.returncode, path.read_bytes()) == (1, undisturbed)
    run(SEVEN, SEVEN, "--csv", tmp_path / "once.csv")
    assert (tmp_path / "once.csv").read_bytes().count(b"\r\n") == 2


def test_two_runs_do_not_write_one_csv(folder, undisturbed, tmp_path):
    """The second is refused and changes nothing; a killed one is in nobody's way."""
    path = tmp_path / "rows.csv"
    first = begun(folder, path, 20)
    before = path.read_bytes()
    second = run(folder, "--csv", path)
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr == (
        f"error: {path} is being written by another run: wait until it ends, "
        "or choose another name\n"
    )
    assert path.read_bytes().startswith(before)
    first.kill()
    first.wait()
    assert run(folder, "--csv", path).returncode == 1
    first.communicate(timeout=PATIENCE)
    assert path.read_bytes() == undisturbed


def test_a_run_on_a_full_disk_can_be_resumed(folder, undisturbed, tmp_path):
    """As with a full disk, the file can become no longer than some bytes."""
    resource = pytest.importorskip("resource")

    def fill():
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))

    path = tmp_path / "rows.csv"
    result = run(folder, "--csv", path, preexec_fn=fill)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        f"error: {path} cannot be written any further (File too large): "
        "make room, and run the same command again to resume\n"
    )
    rows = path.read_bytes()
    assert len(rows) > 4000
    assert rows.endswith(b"\r\n")
    assert undisturbed.startswith(rows)
    run(folder, "--csv", path)
    assert path.read_bytes() == undisturbed


def test_new_pictures_are_added_to_the_rows(tmp_path):
    run(SEVEN, "--csv", tmp_path / "rows.csv")
    result = run(SEVEN, SEVERAL, "--csv", tmp_path / "rows.csv", "--json")
    (line,) = result.stdout.splitlines()
    assert json.loads(line)["text"] == "31415"
    assert (tmp_path / "rows.csv").read_bytes().count(b"\r\n") == 3
