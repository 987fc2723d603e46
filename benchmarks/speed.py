"""How fast digitrec is, beside others: `python -m benchmarks.speed [SECTION...]`.

    python -m pip install -r benchmarks/requirements.txt

The sections are one, batch, file, steps, start, train, busy and folder; without any, all of them
run, which takes three quarters of an hour on two cores. What is compared takes turns, so that a
busy machine slows all of it alike. Prints medians and their ratios to the first row, and names
what is not installed.
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
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

import digitrec
from benchmarks.pictures import decode, drawing, photo
from benchmarks.rivals import onnx_session, torch_network, train_torch
from digitrec.model import lite
from digitrec.model.lite import processors
from digitrec.model.storage import SHIPPED
from digitrec.preprocess.ink import find_ink
from digitrec.preprocess.normalize import normalize
from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.pieces import find_pieces
from digitrec.recognize.classify import VIEWS, classify
from digitrec.widgets.sketch import Sketch

ROUNDS = 7
WARM_UP, BURST = 0.1, 0.2  # seconds of a turn, not counted and counted
LONG_ROUNDS = 3  # of what takes many seconds
EPOCHS = 10  # as the notebook trains
BATCH = 256
PICTURES = 10_000  # of a folder

Calls = dict[str, Callable[[], float] | None]  # each returns its own seconds; None is absent
Makers = dict[str, Callable[[], Callable[[], object]] | None]  # each makes its call in a process


def one() -> None:
    _networks("One image of 28 × 28, in memory", 1)


def batch() -> None:
    _networks(f"{BATCH} images of 28 × 28, in memory; time per image", BATCH)


def _networks(title: str, count: int) -> None:
    network = digitrec.load_model()
    with apart(networks, count, network.get_weights()) as calls:
        show(title, calls, per=count)


def networks(count: int, weights: list[np.ndarray]) -> Makers:
    """The shipped network in every form, on as many images."""
    _, (images, _) = digitrec.load_mnist()
    images = digitrec.scale(images[:count])
    inputs = digitrec.add_channel(images)
    views = np.repeat(images, len(VIEWS), axis=0)

    def predict() -> Callable:
        network = digitrec.load_model()
        return lambda: network.predict(inputs, verbose=0)

    def called() -> Callable:
        network = digitrec.load_model()
        return lambda: network(inputs).numpy()

    def bare() -> Callable:
        network = digitrec.load_model(SHIPPED.with_suffix(".tflite"))
        return lambda: network.predict_on_batch(inputs)

    def with_keras() -> Callable:
        network = digitrec.load_model()
        return lambda: classify(images, network)

    has_onnx, has_torch = find_spec("onnx") and find_spec("onnxruntime"), find_spec("torch")
    onnx, torch = (lambda x: with_onnx(weights, x)), (lambda x: with_torch(weights, x))
    return {
        "`model.predict`": predict,
        "`model(x)`": called,
        "LiteRT, `LiteModel.predict_on_batch`": bare,
        "ONNX Runtime": (lambda: onnx(images)) if has_onnx else None,
        "PyTorch": (lambda: torch(images)) if has_torch else None,
        "ours with Keras, `classify`, three views": with_keras,
        "ours with LiteRT, `classify`, three views": lambda: lambda: classify(images),
        "ONNX Runtime, three views": (lambda: onnx(views)) if has_onnx else None,
        "PyTorch, three views": (lambda: torch(views)) if has_torch else None,
    }


def with_onnx(weights: list[np.ndarray], images: np.ndarray) -> Callable[[], np.ndarray]:
    session, inputs = onnx_session(weights), np.ascontiguousarray(images[:, np.newaxis])
    return agreeing(lambda: session.run(None, {"images": inputs})[0], images)


def with_torch(weights: list[np.ndarray], images: np.ndarray) -> Callable[[], np.ndarray]:
    import torch

    module, inputs = torch_network(weights), torch.from_numpy(images[:, np.newaxis].copy())
    call = torch.inference_mode()(lambda: module(inputs).softmax(1).numpy())
    return agreeing(call, images)


def agreeing(call: Callable[[], np.ndarray], images: np.ndarray) -> Callable[[], np.ndarray]:
    """The call, once its probabilities are known to be those of the shipped network."""
    shipped = digitrec.load_model(SHIPPED.with_suffix(".tflite"))
    expected = shipped.predict_on_batch(digitrec.add_channel(images))
    np.testing.assert_allclose(call(), expected, atol=1e-4)
    return call


def file() -> None:
    _, (images, labels) = digitrec.load_mnist()
    digits = np.stack([images[labels == digit][0] for digit in range(10)])
    with tempfile.TemporaryDirectory() as name:
        small, pad, page = (Path(name, end) for end in ("28.png", "280.png", "photo.jpg"))
        cv2.imwrite(str(small), 255 - digits[3])
        cv2.imwrite(str(pad), drawing(digits[3]))
        page.write_bytes(photo(digits))
        for title, path in (
            ("From a file of 28 × 28 to its digit", small),
            ("From a file of 280 × 280 to its digit", pad),
            ("From a photo of 12 megapixels to its 10 digits", page),
        ):
            with apart(readers, path) as calls:
                show(title, calls)


def readers(path: Path) -> Makers:
    """Only `read_digits` and rapidocr look for several digits; digit-recognizer-py takes one."""

    def recognizer() -> Callable:
        from digit_recognizer import DigitRecognizer

        network = DigitRecognizer()
        return lambda: network.predict(str(path))

    def rapid() -> Callable:
        from rapidocr_onnxruntime import RapidOCR

        engine = RapidOCR()
        return lambda: engine(str(path))

    return {
        "decoded by Pillow alone": lambda: lambda: decode(path.read_bytes()),
        "ours, `predict_digit`": lambda: lambda: digitrec.predict_digit(path),
        "ours, `read_digits`": lambda: lambda: digitrec.read_digits(path),
        "digit-recognizer-py, loaded before": recognizer if find_spec("digit_recognizer") else None,
        "rapidocr-onnxruntime, loaded before": rapid if find_spec("rapidocr_onnxruntime") else None,
    }


def steps() -> None:
    sketch = Sketch()
    sketch.press(80, 60)
    sketch.move(190, 60)
    sketch.move(120, 220)
    file = io.BytesIO()
    Image.fromarray(255 - sketch.to_array()).save(file, "PNG")
    with apart(steps_of, file.getvalue()) as calls:
        show("A 7 drawn on the pad, step by step", calls)


def steps_of(content: bytes) -> Makers:
    """Each step of `read_digits`, on what the step before made of the drawing."""
    rgb = open_picture(content)
    page = find_ink(rgb)
    pieces = find_pieces(page)
    digit = pieces.cut_out(pieces.kept, factor=1)
    images = normalize(digit.ink)[np.newaxis]
    return {
        "decoded by Pillow alone": lambda: lambda: Image.open(io.BytesIO(content)).load(),
        "opened: `open_picture`, which decodes it": lambda: lambda: open_picture(content),
        "ink: `find_ink`": lambda: lambda: find_ink(rgb),
        "pieces: `find_pieces`": lambda: lambda: find_pieces(page),
        "strokes: `normalize`": lambda: lambda: normalize(digit.ink),
        "network: `classify`": lambda: lambda: classify(images),
        "all of it: `read_digits`": lambda: lambda: digitrec.read_digits(content),
    }


@contextmanager
def apart(makers: Callable[..., Makers], *arguments) -> Iterator[Calls]:
    """Give each row a process of its own, so that no library's threads are in another's way."""
    context = get_context("spawn")
    with ExitStack() as stack:
        calls: Calls = {}
        for name, maker in makers(*arguments).items():
            workers = stack.enter_context(ProcessPoolExecutor(1, context)) if maker else None
            calls[name] = workers and partial(_ask, workers, makers, arguments, name)
        yield calls


def _ask(workers: ProcessPoolExecutor, *row) -> float:
    return workers.submit(_in_process, *row).result()


def _in_process(makers: Callable[..., Makers], arguments: tuple, name: str) -> float:
    """The median of one call, without those that wake up threads and caches after a pause."""
    if name not in made:
        lite.THREADS = processors()  # as in a process of the reader's own
        made[name] = makers(*arguments)[name]()
        seconds(made[name])
    burst(made[name], WARM_UP)
    return statistics.median(burst(made[name], BURST))


def burst(call: Callable, duration: float) -> list[float]:
    times, end = [], time.perf_counter() + duration
    while not times or time.perf_counter() < end:
        times.append(seconds(call))
    return times


made: dict[str, Callable] = {}  # of this process


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
        {name: arguments and partial(cold, arguments) for name, arguments in commands.items()},
        rounds=5,
    )


def cold(arguments: list[str]) -> float:
    command = [sys.executable, *arguments]
    return seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def train() -> None:
    show(f"Training, {EPOCHS} epochs", trainings(), rounds=LONG_ROUNDS)


def busy() -> None:
    with busy_processor():
        title = f"Training, {EPOCHS} epochs, beside a process that keeps one processor busy"
        show(title, trainings(), rounds=LONG_ROUNDS)


def trainings() -> Calls:
    (images, labels), _ = digitrec.load_mnist()
    inputs, targets = digitrec.add_channel(digitrec.scale(images)), digitrec.one_hot(labels)

    def plain() -> None:
        digitrec.build_model().fit(
            inputs, targets, batch_size=128, epochs=EPOCHS, validation_split=0.1, verbose=2
        )

    def ours(augment: bool) -> None:
        digitrec.train(digitrec.build_model(), images, labels, EPOCHS, augment=augment)

    def torch_loop() -> None:
        train_torch(inputs, labels, 6000, EPOCHS)

    return {
        "plain `model.fit`": partial(seconds, plain),
        "ours, classic": partial(seconds, lambda: ours(False)),
        "ours, `augment=True`": partial(seconds, lambda: ours(True)),
        "plain PyTorch loop": partial(seconds, torch_loop) if find_spec("torch") else None,
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
    """Run whole commands, so that their start counts and their memory is that of reading."""
    _, (images, _) = digitrec.load_mnist()
    with tempfile.TemporaryDirectory() as name:
        for number, image in enumerate(images[:PICTURES]):
            cv2.imwrite(f"{name}/{number:05d}.png", 255 - image)
        command = [sys.executable, "-m", "digitrec", name, "--processes"]
        memory: dict[str, float] = {}

        def reading(row: str, processes: int, cores: int | None = None) -> None:
            most = peak([*command, str(processes)], cores)
            memory[row] = max(memory.get(row, 0), most)

        rows = {
            "one process on one core": (1, 1) if hasattr(os, "sched_setaffinity") else None,
            "`--processes 1`, whose libraries use all cores": (1,),
            "`--processes 2`": (2,),
        }
        calls = {
            row: how and partial(seconds, partial(reading, row, *how)) for row, how in rows.items()
        }
        title = f"A folder of {PICTURES:,} digits of 28 × 28; time per picture"
        show(title, calls, per=PICTURES, rounds=LONG_ROUNDS)
    print()
    for row, most in memory.items():
        print(f"- {row}: at most {most:.0f} MB in all processes together")


def peak(command: list[str], cores: int | None = None) -> float:
    """The peak memory of a command and all its processes, MB. Shared pages count twice."""
    import psutil

    process, most = psutil.Popen(command, stdout=subprocess.DEVNULL), 0
    if cores:
        process.cpu_affinity(list(range(cores)))
    while process.poll() is None:
        total = 0
        for part in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                total += part.memory_info().rss
        most = max(most, total)
        time.sleep(0.2)
    return most / 1e6


def show(title: str, calls: Calls, *, per: int = 1, rounds: int = ROUNDS) -> None:
    medians = measure({name: call for name, call in calls.items() if call}, rounds)
    first = next(iter(medians.values()))
    print(f"\n| {title} | milliseconds | ratio |\n|---|---|---|")
    for name in calls:
        if name in medians:
            milliseconds, ratio = 1000 * medians[name] / per, medians[name] / first
            print(f"| {name} | {short(milliseconds)} | {short(ratio)} |", flush=True)
        else:
            print(f"| {name} | absent here | |")


def short(number: float) -> str:
    return f"{number:.3g}" if number < 1000 else f"{number:,.0f}"


def measure(calls: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Median seconds of each call; they take turns."""
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(call())
    return {name: statistics.median(values) for name, values in times.items()}


def seconds(call: Callable) -> float:
    with redirect_stdout(io.StringIO()):
        begin = time.perf_counter()
        call()
        return time.perf_counter() - begin


def processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return (names or [platform.processor()])[0]


SECTIONS = {call.__name__: call for call in (one, batch, file, steps, start, train, busy, folder)}


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
