import csv

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
            assert table.errors == (len(table.done) > 2)
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
