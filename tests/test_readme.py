import re
import shutil

import pytest
from conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def test_every_linked_file_and_picture_exists():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    local = [link for link in links if not link.startswith("https://")]
    assert "images/demo.png" in local
    for link in local:
        assert (ROOT / link).exists(), link


def test_every_file_in_the_list_of_what_is_where_exists():
    (listing,) = re.findall(r"## What is where\n\n```\n(.*?)```", README, re.S)
    folder = ROOT
    names = []
    for line in listing.splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            folder = ROOT
        assert (folder / name).exists(), name
        names.append(name)
        if name == "digitrec/":
            folder = ROOT / name
    rooms = {f"{path.parent.name}/" for path in (ROOT / "digitrec").glob("*/__init__.py")}
    assert rooms <= set(names)


def test_the_commands_name_files_that_exist():
    folders = "benchmarks|images|test_images|models|tests"
    commands = re.findall(rf"python -m (pip install -r [\w-]+\.txt|(?:{folders})\.\w+)", README)
    assert len(commands) > 5
    for command in commands:
        name = command.split()[-1]
        path = name if name.endswith(".txt") else f"{name.replace('.', '/')}.py"
        assert (ROOT / path).exists(), command


@pytest.mark.slow
def test_the_code_runs_as_printed(tmp_path, monkeypatch, capsys):
    """All blocks, one after the other, in one session; only the training is cut short."""
    for name in ("test_images", "models"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "README.md", tmp_path)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(blocks) >= 6
    session = {}
    for block in blocks:
        exec(block.replace("epochs=10", "epochs=1"), session)
    out = capsys.readouterr().out
    assert out.startswith("5 ")
    assert "README.md is no picture" in out
    assert (tmp_path / "models" / "my_model.keras").exists()
