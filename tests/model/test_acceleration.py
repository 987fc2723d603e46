import pytest
from conftest import same_weights

import digitrec
from digitrec.model import acceleration


@pytest.fixture
def processor(monkeypatch, tmp_path):
    """Says that the processor has some instructions, and that TensorFlow may use them."""

    def has(flags):
        path = tmp_path / "cpuinfo"
        path.write_text(f"flags\t\t: fpu avx avx2 {flags}\n")
        monkeypatch.setattr(acceleration, "PROCESSOR", path)

    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    return has


def computes_in(model):
    return [layer.compute_dtype for layer in model.layers]


def test_all_layers_but_the_last_compute_in_bfloat16_where_the_processor_can(processor):
    model = digitrec.build_model()
    processor("avx512f avx512_bf16")
    with acceleration.accelerated(model):
        assert computes_in(model) == ["bfloat16"] * 8 + ["float32"]
        assert {weight.dtype for weight in model.weights} == {"float32"}
    processor("avx512f")
    with acceleration.accelerated(model):
        assert computes_in(model) == ["float32"] * 9


def test_bfloat16_is_left_alone_where_it_would_be_emulated(processor, monkeypatch, tmp_path):
    model = digitrec.build_model()
    processor("avx512_bf16")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    with acceleration.accelerated(model):
        assert computes_in(model) == ["float32"] * 9
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS")
    monkeypatch.setattr(acceleration, "PROCESSOR", tmp_path / "not on this system")
    with acceleration.accelerated(model):
        assert computes_in(model) == ["float32"] * 9


def test_a_model_is_as_before_when_training_ends_or_is_interrupted(processor):
    processor("avx512_bf16")
    model = digitrec.build_model()
    model.layers[0].dtype_policy = "float16"
    with acceleration.accelerated(model):
        assert computes_in(model)[:2] == ["float16", "bfloat16"]
    assert computes_in(model) == ["float16"] + ["float32"] * 8
    with pytest.raises(KeyboardInterrupt), acceleration.accelerated(model):
        raise KeyboardInterrupt
    assert computes_in(model) == ["float16"] + ["float32"] * 8
    assert model.steps_per_execution == 1


def test_both_precisions_learn_alike(processor, mnist):
    (images, labels), (x_test, y_test) = mnist
    models, accuracies = [], []
    for flags in ("avx512_bf16", ""):
        processor(flags)
        models.append(digitrec.build_model())
        digitrec.train(models[-1], images[:6000], labels[:6000], epochs=2)
        accuracies.append(digitrec.evaluate(models[-1], x_test, y_test).accuracy)
    assert not same_weights(*models)
    assert accuracies[0] == pytest.approx(accuracies[1], abs=0.01)
