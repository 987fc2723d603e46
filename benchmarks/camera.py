"""How many frames of scenes without a number are accepted: `python -m benchmarks.camera`.

A camera shows a reading once it was the same, and accepted, in several frames in a row. Prints for
each kind of scene how many frames were accepted, the longest run of frames with the same accepted
text, and how long a frame took; for scenes with a number, how many frames were read correctly.
"""

import argparse
import time
from itertools import groupby, islice
from typing import NamedTuple

import cv2
import numpy as np

from benchmarks.scenes import SCENES, frames, number_of
from digitrec.recognize.frame import read_frame

SEEDS = 30  # scenes of a kind
FRAMES = 10  # of a scene
EVERY = 3  # frames of a camera; the others come while this one is read
FINDER = slice(102, 378), slice(44, 596)  # what camera.js sends of a frame of 640 x 480


class Scene(NamedTuple):
    """What was read of one scene."""

    texts: list[str]  # of each frame; empty where it was not accepted
    seconds: list[float]
    correct: int

    @property
    def longest_run(self) -> int:
        """Of frames with the same accepted text."""
        return max((len([*run]) for text, run in groupby(self.texts) if text), default=0)


def read(kind: str, seed: int) -> Scene:
    number = number_of(seed) if kind == "digits" else None
    texts, seconds = [], []
    for frame in islice(frames(kind, seed), 0, EVERY * FRAMES, EVERY):
        bgr = cv2.cvtColor(frame[FINDER], cv2.COLOR_RGB2BGR)
        jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
        start = time.perf_counter()
        reading = read_frame(jpeg)
        seconds.append(time.perf_counter() - start)
        texts.append(reading.text if reading.accepted else "")
    return Scene(texts, seconds, texts.count(number) if number else 0)


def row(kind: str, scenes: list[Scene]) -> str:
    texts = [text for scene in scenes for text in scene.texts]
    accepted = sum(map(bool, texts))
    correct = f"{sum(scene.correct for scene in scenes)}" if kind == "digits" else ""
    run = "" if kind == "digits" else f"{max(scene.longest_run for scene in scenes)}"
    seconds = [each for scene in scenes for each in scene.seconds]
    median, late = 1000 * np.percentile(seconds, [50, 95])
    times = f"{median:.0f} ms | {late:.0f} ms"
    return f"| {kind} | {accepted} of {len(texts)} | {correct} | {run} | {times} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", help="only these scenes")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="scenes of each kind")
    options = parser.parse_args()
    print("| scene | frames accepted | correctly | longest run | median time | 95th percentile |")
    print("|---|---|---|---|---|---|")
    for kind in options.kinds or SCENES:
        print(row(kind, [read(kind, seed) for seed in range(options.seeds)]), flush=True)


if __name__ == "__main__":
    main()
