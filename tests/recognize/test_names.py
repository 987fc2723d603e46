import os

import pytest

from digitrec.recognize.names import find_names, printable


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.png", "a.png", "[a].png", "c.jpg"):
        (tmp_path / name).touch()
    (tmp_path / "scans 1").mkdir()
    (tmp_path / "scans 2").mkdir()
    return tmp_path


def test_names_stay_in_order_and_wildcards_are_sorted(here):
    names = ["c.jpg", "?.png", "scans*", "b.png"]
    assert find_names(names) == (
        ["c.jpg", "a.png", "b.png", "scans 1", "scans 2", "b.png"],
        [],
    )


def test_a_name_that_exists_is_no_wildcard(here):
    assert find_names(["[a].png"]) == (["[a].png"], [])


def test_what_does_not_exist_is_told_apart(here):
    names = ["gone.png", "a.png", "*.tif", "a.png/b.png", ""]
    assert find_names(names) == (["a.png"], ["gone.png", "*.tif", "a.png/b.png", ""])


def test_what_cannot_be_looked_at_may_exist(here, monkeypatch):
    """Its row will say that it may not be read."""

    def locked(path):
        raise PermissionError

    monkeypatch.setattr(os, "stat", locked)
    assert find_names(["locked/a.png"]) == (["locked/a.png"], [])


def test_any_text_can_be_printed():
    assert printable("é 数字 7.png") == "é 数字 7.png"
    assert printable("\x1b[31m\r\n\t\x00\x9b\u202e\udcff") == (
        r"\x1b[31m\r\n\t\x00\x9b\u202e\udcff"
    )
