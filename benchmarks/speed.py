"""How fast digitrec is, beside others: `python -m benchmarks.speed [SECTION...]`.

    python -m pip install -r benchmarks/requirements.txt

The sections are one, batch, file, start, train, busy and folder; without any, all of them run,
which takes about 12 minutes on two cores. What is compared takes turns, so that a busy machine
slows all alike. Prints medians and their ratios to the first row, and names what is absent.
"""

import argparse
import io
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

import digitrec
from benchmarks.pictures import decode, drawing, photo
from benchmarks.rivals import onnx_session, torch_network, train_torch
from digitrec.lite import processors
from digitrec.recognize import VIEWS, classify
from digitrec.storage import SHIPPED

ROUNDS = 15
LEAST = 0.02  # seconds: shorter calls are repeated until they take so long
LONG_ROUNDS = 3  # of what takes many seconds
EPOCHS = 2
BATCH = 256
PICTURES = 10_000  # of a folder

Calls = dict[str, Callable[[], object] | None]  # None is absent


def one() -> None:
    show("One image of 28 × 28, in memory", networks(1), per=1)


def batch() -> None:
    show(f"{BATCH} images of 28 × 28, in memory; time per image", networks(BATCH), per=BATCH)


def networks(count: int) -> Calls:
    """The shipped network in every form, on as many images."""
    _, (images, _) = digitrec.load_mnist()
    images = digitrec.scale(images[:count])
    inputs = digitrec.add_channel(images)
    views = np.repeat(images, len(VIEWS), axis=0)
    network, lite = digitrec.load_model(), digitrec.load_model(SHIPPED.with_suffix(".tflite"))
    calls: Calls = {
        "`model.predict`": lambda: network.predict(inputs, verbose=0),
        "`model(x)`": lambda: network(inputs).numpy(),
        "LiteRT, `LiteModel.predict_on_batch`": lambda: lite.predict_on_batch(inputs),
        **others(network, images, "ONNX Runtime", "PyTorch"),
        "ours with Keras, `classify`, five views": lambda: classify(images, network),
        "ours with LiteRT, `classify`, five views": lambda: classify(images),
        **others(network, views, "ONNX Runtime, five views", "PyTorch, five views"),
    }
    return calls


def others(network, images: np.ndarray, onnx_name: str, torch_name: str) -> Calls:
    """ONNX Runtime and PyTorch; they have to agree with Keras before they are timed."""
    inputs = np.ascontiguousarray(images[:, np.newaxis])
    expected = network.predict_on_batch(digitrec.add_channel(images))
    calls: Calls = {onnx_name: None, torch_name: None}
    if find_spec("onnx") and find_spec("onnxruntime"):
        session = onnx_session(network)
        calls[onnx_name] = lambda: session.run(None, {"images": inputs})[0]
    if find_spec("torch"):
        import torch

        module, tensor = torch_network(network), torch.from_numpy(inputs)
        calls[torch_name] = torch.inference_mode()(lambda: module(tensor).softmax(1).numpy())
    for call in filter(None, calls.values()):
        np.testing.assert_allclose(call(), expected, atol=1e-4)
    return calls


def file() -> None:
    _, (images, labels) = digitrec.load_mnist()
    digits = np.stack([images[labels == digit][0] for digit in range(10)])
    with tempfile.TemporaryDirectory() as name:
        small, pad, page = (Path(name, end) for end in ("28.png", "280.png", "photo.jpg"))
        cv2.imwrite(str(small), 255 - digits[3])
        cv2.imwrite(str(pad), drawing(digits[3]))
        page.write_bytes(photo(digits))
        show("From a file of 28 × 28 to its digit", readers(small, digitrec.predict_digit))
        show("From a file of 280 × 280 to its digit", readers(pad, digitrec.predict_digit))
        show("From a photo of 12 megapixels to its 10 digits", readers(page, digitrec.read_digits))


def readers(path: Path, ours: Callable) -> Calls:
    return {
        "decoded by Pillow alone": lambda: decode(path.read_bytes()),
        f"ours, `{ours.__name__}`": lambda: ours(path),
        "digit-recognizer-py, loaded before": package("digit_recognizer", path),
        "rapidocr-onnxruntime, loaded before": package("rapidocr_onnxruntime", path),
    }


def package(name: str, path: Path) -> Callable[[], object] | None:
    if not find_spec(name):
        return None
    reader = loaded(name)
    return lambda: reader(str(path))


@cache
def loaded(name: str) -> Callable[[str], object]:
    if name == "digit_recognizer":
        from digit_recognizer import DigitRecognizer

        return DigitRecognizer().predict
    from rapidocr_onnxruntime import RapidOCR

    return RapidOCR()


def start() -> None:
    commands = {
        '`python -c "import tensorflow"`': ["-c", "import tensorflow"],
        '`python -c "import torch"`': ["-c", "import torch"] if find_spec("torch") else None,
        "`python -m digitrec test_images/digit_7.png`": [
            "-m",
            "digitrec",
            "test_images/digit_7.png",
        ],
    }
    show(
        "From cold",
        {
            name: arguments
            and (
                lambda arguments=arguments: subprocess.run(
                    [sys.executable, *arguments], check=True, capture_output=True
                )
            )
            for name, arguments in commands.items()
        },
        rounds=5,
    )


def train() -> None:
    show(f"Training, {EPOCHS} epochs", trainings(), rounds=LONG_ROUNDS, warm=False)


def busy() -> None:
    with busy_processor():
        title = f"Training, {EPOCHS} epochs, beside a process that keeps one processor busy"
        show(title, trainings(), rounds=LONG_ROUNDS, warm=False)


def trainings() -> Calls:
    (images, labels), _ = digitrec.load_mnist()
    inputs, targets = digitrec.add_channel(digitrec.scale(images)), digitrec.one_hot(labels)

    def plain() -> None:
        digitrec.build_model().fit(
            inputs, targets, batch_size=128, epochs=EPOCHS, validation_split=0.1, verbose=2
        )

    def ours(augment: bool) -> None:
        digitrec.train(digitrec.build_model(), images, labels, EPOCHS, augment=augment)

    torch_loop = (lambda: train_torch(inputs, labels, 6000, EPOCHS)) if find_spec("torch") else None
    return {
        "plain `model.fit`": plain,
        "ours, classic": lambda: ours(False),
        "ours, `augment=True`": lambda: ours(True),
        "plain PyTorch loop": torch_loop,
    }


@contextmanager
def busy_processor() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def folder() -> None:
    """Whole commands, so that their start counts, and their memory is only what reading takes."""
    _, (images, _) = digitrec.load_mnist()
    memory: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for number, image in enumerate(images[:PICTURES]):
            cv2.imwrite(f"{name}/{number:05d}.png", 255 - image)
        calls = {
            f"processes: {count}": lambda count=count: memory.setdefault(
                f"processes: {count}", []
            ).append(peak([sys.executable, "-m", "digitrec", name, "--processes", str(count)]))
            for count in (1, 2)
        }
        title = f"A folder of {PICTURES} digits of 28 × 28; time per picture"
        show(title, calls, per=PICTURES, rounds=LONG_ROUNDS, warm=False)
    for name, values in memory.items():
        print(f"- {name}: at most {max(values):.0f} MB in all processes together")


def peak(command: list[str]) -> float:
    """Run a command; its largest memory with all its processes, MB. Shared pages count twice."""
    import psutil

    process, most = psutil.Popen(command, stdout=subprocess.DEVNULL), 0
    while process.poll() is None:
        total = 0
        for part in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                total += part.memory_info().rss
        most = max(most, total)
        time.sleep(0.2)
    return most / 1e6


def show(
    title: str, calls: Calls, *, per: int = 1, rounds: int = ROUNDS, warm: bool = True
) -> None:
    medians = measure({name: call for name, call in calls.items() if call}, rounds, warm)
    first = next(iter(medians.values()))
    print(f"\n| {title} | milliseconds | ratio |\n|---|---|---|")
    for name in calls:
        if name in medians:
            milliseconds = 1000 * medians[name] / per
            print(f"| {name} | {milliseconds:.3g} | {medians[name] / first:.3g} |", flush=True)
        else:
            print(f"| {name} | absent: not installed | |")


def measure(calls: dict[str, Callable], rounds: int, warm: bool) -> dict[str, float]:
    """Median seconds of each call; they take turns."""
    repeats = dict.fromkeys(calls, 1)
    if warm:
        for name, call in calls.items():
            call()
            repeats[name] = max(1, round(LEAST / seconds(call, 1)))
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(seconds(call, repeats[name]))
    return {name: statistics.median(values) for name, values in times.items()}


def seconds(call: Callable, repeats: int) -> float:
    with redirect_stdout(io.StringIO()):
        begin = time.perf_counter()
        for _ in range(repeats):
            call()
        return (time.perf_counter() - begin) / repeats


def processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return (names or [platform.processor()])[0]


SECTIONS = {call.__name__: call for call in (one, batch, file, start, train, busy, folder)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    chosen = parser.parse_args().sections or list(SECTIONS)
    if unknown := set(chosen) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}: there are {', '.join(SECTIONS)}")
    os.chdir(Path(__file__).parents[1])
    print(f"{processor()}, {processors()} cores, Python {platform.python_version()}")
    for name in chosen:
        SECTIONS[name]()


if __name__ == "__main__":
    main()
