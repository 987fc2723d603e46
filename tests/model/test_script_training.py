import numpy as np
import pytest
from conftest import same_weights

import digitrec
from digitrec.model import script_training
from digitrec.model.storage import to_lite


@pytest.fixture
def briefly(monkeypatch):
    """A training of seconds."""
    for name, value in {"DRAWN": 1000, "OUTLIERS": 60, "EPOCHS": 4, "VALIDATION": 50}.items():
        monkeypatch.setattr(script_training, name, value)


def test_a_script_is_learned_by_a_copy_of_its_name(briefly, network):
    before = network.get_weights()
    copy = script_training.train_script(network, "devanagari")
    images, labels = script_training.draw_script(300, 9, "devanagari")
    assert digitrec.evaluate(copy, images, labels).accuracy > 0.4
    assert copy.name == to_lite(copy).name == "devanagari"
    assert copy.count_params() == network.count_params()
    assert all(map(np.array_equal, network.get_weights(), before))
    assert not same_weights(copy, network)
