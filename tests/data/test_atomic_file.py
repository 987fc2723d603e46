import os
import subprocess
import sys

import pytest
from conftest import ROOT

from digitrec.data import atomic_file
from digitrec.data.atomic_file import replacing

SAVE = """
import sys
from pathlib import Path
from digitrec.data.atomic_file import replacing
with replacing(Path(sys.argv[1])) as fresh:
    fresh.write_text("half")
    print("begun", flush=True)
    sys.stdin.read()
"""


def begun(path):
    """A process that has begun to save and waits for ever."""
    command = [sys.executable, "-c", SAVE, path]
    saver = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert saver.stdout.readline() == "begun\n"
    return saver


def save(path, content="whole"):
    with replacing(path) as fresh:
        fresh.write_text(content)


def left_behind(folder):
    return [path for path in folder.iterdir() if path.name.startswith(".saving-")]


def test_what_a_killed_save_left_is_removed_by_the_next_one(tmp_path):
    for _ in range(2):
        with begun(tmp_path / "model.keras") as saver:
            saver.kill()
    assert left_behind(tmp_path)
    save(tmp_path / "another.npz")
    assert os.listdir(tmp_path) == ["another.npz"]


def test_a_save_in_progress_is_left_alone(tmp_path):
    with begun(tmp_path / "one.npz") as saver:
        (folder,) = left_behind(tmp_path)
        save(tmp_path / "two.npz")
        assert (folder / "fresh.npz").read_text() == "half"
        saver.stdin.close()
        assert saver.wait() == 0
    assert sorted(os.listdir(tmp_path)) == ["one.npz", "two.npz"]


def test_a_save_may_lose_its_folder_before_it_has_the_lock(tmp_path, monkeypatch):
    """Another one can take it for one left behind, in the moment before it is locked."""
    answers = iter([False, True])
    monkeypatch.setattr(atomic_file, "lock", lambda file: next(answers))
    save(tmp_path / "one.npz")
    assert os.listdir(tmp_path) == ["one.npz"]


def test_a_save_may_lose_its_folder_before_it_has_made_the_lock(tmp_path, monkeypatch):
    def take_away(path, mode):
        monkeypatch.undo()
        os.rmdir(os.path.dirname(path))
        return open(path, mode)

    monkeypatch.setattr(atomic_file, "open", take_away, raising=False)
    save(tmp_path / "one.npz")
    assert os.listdir(tmp_path) == ["one.npz"]


def test_a_save_killed_before_it_has_made_the_lock_leaves_nothing(tmp_path):
    (tmp_path / ".saving-1234").mkdir()
    save(tmp_path / "one.npz")
    assert os.listdir(tmp_path) == ["one.npz"]


def test_without_locks_nothing_is_taken_for_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic_file, "lock", lambda file: None)
    with replacing(tmp_path / "one.npz") as fresh:
        fresh.write_text("one")
        save(tmp_path / "two.npz", "two")
    assert (tmp_path / "one.npz").read_text() == "one"
    assert (tmp_path / "two.npz").read_text() == "two"


def test_a_folder_of_yours_with_such_a_name_is_left_alone(tmp_path):
    yours = tmp_path / ".saving-tips" / "notes.txt"
    yours.parent.mkdir()
    yours.write_text("years of work")
    save(tmp_path / "one.npz")
    assert yours.read_text() == "years of work"


def test_a_link_is_kept_and_what_it_leads_to_is_replaced(tmp_path):
    """Every time, also before there is anything, and whatever the name that it leads to."""
    (tmp_path / "elsewhere").mkdir()
    link, target = tmp_path / "link.npz", tmp_path / "elsewhere" / "no ending"
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("this user may not make links")
    for content in ("first", "second"):
        save(link, content)
        assert link.is_symlink()
        assert target.read_text() == content
    assert os.listdir(target.parent) == ["no ending"]


def test_what_is_read_only_is_not_replaced(tmp_path):
    path = tmp_path / "one.npz"
    save(path, "protected")
    path.chmod(0o400)
    if os.access(path, os.W_OK):
        pytest.skip("everything may be written here")
    with pytest.raises(PermissionError, match=r"one\.npz is read-only: choose another name"):
        save(path)
    assert path.read_text() == "protected"
    assert os.listdir(tmp_path) == ["one.npz"]
    path.chmod(0o600)


def test_any_name_can_be_written(tmp_path):
    """Also as long as the system allows, and those that Windows keeps for devices."""
    names = ["digitrec.lock", "é 数字 .npz", "=1+1.npz"]
    if os.name != "nt":
        names += ["x" * 251 + ".npz", "CON.npz", "nul", "trailing. .", "new\nline.npz"]
    for name in names:
        save(tmp_path / name)
    assert sorted(os.listdir(tmp_path)) == sorted(names)
