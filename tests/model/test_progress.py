import re
import sys
from types import ModuleType

import digitrec


def test_in_a_notebook_each_epoch_leaves_one_line(mnist, monkeypatch, capsys):
    """The bar is overwritten; a line has the time and the numbers of its epoch."""
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    (images, labels), _ = mnist
    digitrec.train(digitrec.build_model(), images[:1500], labels[:1500], epochs=3)
    lines = [line.split("\r")[-1] for line in capsys.readouterr().out.splitlines(keepends=True)]
    shown = [line for line in lines if line.strip()]
    assert len(shown) == 3
    for number, line in enumerate(shown, start=1):
        numbers = r"accuracy 0\.\d{4}  loss \d\.\d{4}  validation accuracy 0\.\d{4}  loss \d\.\d{4}"
        assert re.fullmatch(rf"epoch {number}/3 +\d+\.\d s, {numbers}", line.rstrip())


def test_a_long_training_leaves_a_line_of_every_few_epochs(mnist, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    (images, labels), _ = mnist
    digitrec.train(digitrec.build_model(), images[:20], labels[:20], epochs=25)
    lines = [line.split("\r")[-1] for line in capsys.readouterr().out.splitlines(keepends=True)]
    shown = [int(line.split()[1].split("/")[0]) for line in lines if line.strip()]
    assert shown == [3, 6, 9, 12, 15, 18, 21, 24, 25]


def test_without_a_terminal_each_epoch_is_one_line(mnist, monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    (images, labels), _ = mnist
    digitrec.train(digitrec.build_model(), images[:300], labels[:300], epochs=3)
    out = capsys.readouterr().out
    assert "\b" not in out
    assert "\r" not in out
    assert out.count("val_accuracy") == 3
