import csv
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from digitrec.recognize.results import Row
from digitrec.recognize.resumable_csv import open_csv

ROWS = [
    Row("a.png", "7", 0.98765, True),
    Row('say "two", rows.png', "202\n671", 0.5, False),
    Row("é 数字.png", "", None, False, 'it has\r"quotes"\nand lines'),
    Row("last.png", "1", 1.0, True),
]


def written(path, rows=ROWS):
    with open_csv(path) as table:
        for row in rows:
            table.add(row)
    return path.read_bytes()


def as_written(row):
    confidence = None if row.confidence is None else round(row.confidence, 4)
    return replace(row, confidence=confidence)


def test_other_programs_read_it(tmp_path):
    written(tmp_path / "rows.csv")
    with open(tmp_path / "rows.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["path"], row["text"], row["error"]) for row in rows] == [
        (row.path, row.text, row.error) for row in ROWS
    ]
    assert [row["confidence"] for row in rows] == ["0.9877", "0.5000", "", "1.0000"]
    assert [row["accepted"] for row in rows] == ["true", "false", "false", "true"]


def test_it_resumes_wherever_it_was_cut_off(tmp_path):
    """After any byte: within the heading, quotes, a row of digits, or a letter of two bytes."""
    path = tmp_path / "rows.csv"
    whole = written(path)
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        with open_csv(path) as table:
            assert table.done == {row.path for row in ROWS[: len(table.done)]}
            assert table.tally.errors == (len(table.done) > 2)
            assert list(table.rows()) == [as_written(row) for row in ROWS[: len(table.done)]]
            for row in ROWS[len(table.done) :]:
                table.add(row)
        assert path.read_bytes() == whole, length


def test_each_row_is_there_as_soon_as_it_is_written(tmp_path):
    path = tmp_path / "rows.csv"
    with open_csv(path) as table:
        for row in ROWS:
            before = path.stat().st_size
            table.add(row)
            assert path.stat().st_size > before


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "path,text,more\n", "years of work"])
def test_a_file_with_something_else_is_left_alone(tmp_path, content):
    path = tmp_path / "rows.csv"
    path.write_text(content, newline="")
    with pytest.raises(ValueError, match=r"rows\.csv holds something other"), open_csv(path):
        pass
    assert path.read_bytes() == content.encode()


def test_paths_that_are_no_text_are_kept(tmp_path):
    row = Row("odd \udcff name.png", "3", 0.9, True)
    content = written(tmp_path / "rows.csv", [row])
    assert b"odd \xff name.png" in content
    with open_csv(tmp_path / "rows.csv") as table:
        assert table.done == {row.path}


# What a path may be


STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "'"]
HOSTILE = [
    *(f"{start}1+1.png" for start in STARTS),
    *(f"'{start}1+1.png" for start in STARTS),
    "'quoted'.png",
    "new\nline.png",
    'new\r\nline, "quoted".png',
    "escape \x1b[31m.png",
    "a=1.png",
]


def test_a_spreadsheet_takes_no_cell_for_a_formula(tmp_path):
    rows = [Row(path, error="=1+1") for path in HOSTILE]
    written(tmp_path / "rows.csv", rows)
    with open(tmp_path / "rows.csv", newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not any(cell.startswith(tuple(STARTS[:-1])) for cell in cells)
    assert "'=1+1.png" in cells
    assert "a=1.png" in cells


def test_any_path_is_known_again(tmp_path):
    for number, path in enumerate(HOSTILE):
        with open_csv(tmp_path / "rows.csv") as table:
            assert table.done == set(HOSTILE[:number])
            table.add(Row(path, "7", 0.9, True))


def test_a_file_from_before_cells_were_made_harmless_is_resumed(tmp_path):
    path = tmp_path / "rows.csv"
    rows = "=1+1.png,7,0.9000,true,\r\n'quoted'.png,1,0.9000,true,\r\n"
    path.write_text("path,text,confidence,accepted,error\r\n" + rows, newline="")
    with open_csv(path) as table:
        assert table.done == {"=1+1.png", "'quoted'.png"}


# What cannot be written


def test_two_cannot_write_one_file(tmp_path):
    path = tmp_path / "rows.csv"
    with open_csv(path) as table:
        table.add(ROWS[0])
        before = path.read_bytes()
        for _ in range(2):
            with (
                pytest.raises(OSError, match=r"rows\.csv is being written by another run: wait"),
                open_csv(path),
            ):
                pass
        assert path.read_bytes() == before
    with open_csv(path) as table:
        assert table.done == {ROWS[0].path}


def test_what_is_no_file_is_refused_and_not_opened(tmp_path):
    """Opening a pipe would wait for ever."""
    places = [(tmp_path, "is a folder: choose the name of a file"), (os.devnull, "is a pipe or a")]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        places.append((tmp_path / "pipe", "pipe is a pipe or a device, .* --json"))
    for place, message in places:
        with pytest.raises(OSError, match=message), open_csv(place):
            pass


def test_a_missing_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    for name in ("gone", "file"):
        with (
            pytest.raises(FileNotFoundError, match=rf"there is no folder .*{name}: make it"),
            open_csv(tmp_path / name / "rows.csv"),
        ):
            pass


WRITE_WITHOUT_ROOM = """
import resource, sys
from digitrec.recognize.results import Row
from digitrec.recognize.resumable_csv import open_csv
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    with open_csv(sys.argv[1]) as table:
        for number in range(100):
            table.add(Row(f"{number:04}.png", "7", 0.9, True))
except OSError as error:
    print(error)
"""


@pytest.mark.parametrize("room", [0, 20, 37, 38, 500, 501])
def test_a_full_disk_leaves_whole_rows(tmp_path, room):
    """As with a full disk, the file can become no longer than some bytes."""
    pytest.importorskip("resource")
    command = [sys.executable, "-c", WRITE_WITHOUT_ROOM, "rows.csv", str(room)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.stdout.startswith("rows.csv cannot be written any further (File too large): ")
    assert result.stderr == ""
    content = (tmp_path / "rows.csv").read_bytes()
    assert room - 30 < len(content) <= room or content == b""
    assert content.endswith(b"\r\n") or content == b""
    with open_csv(tmp_path / "rows.csv") as table:
        assert len(table.done) == max(0, content.count(b"\n") - 1)
