"""How many pictures the web application reads a second: `python -m benchmarks.app`.

    python -m pip install -r requirements-dev.txt

Eight clients send 28 x 28 PNG files of MNIST test digits to `POST /api/read`, 20,000 in all. Prints
requests a second, how long one takes, and the server's memory after every 2,000 of them.
"""

import http.client
import threading
import time

import cv2
import numpy as np
import psutil

import digitrec
from tests.served import App, served

CLIENTS = 8
SHARE = 2000  # requests from one look at the memory to the next
SHARES = 10


def main() -> None:
    _, (images, _) = digitrec.load_mnist()
    pictures = [cv2.imencode(".png", 255 - image)[1].tobytes() for image in images]
    with served() as app:
        server = psutil.Process(app.process.pid)
        ask(app, pictures[:200])
        print(f"{server.memory_info().rss / 1e6:.0f} MB after 200 requests")
        times: list[float] = []
        began = time.perf_counter()
        for number in range(SHARES):
            start = number * SHARE % len(pictures)
            times += ask(app, pictures[start : start + SHARE])
            print(f"{server.memory_info().rss / 1e6:.0f} MB after {len(times):,} more")
        took = time.perf_counter() - began
    median, late = 1000 * np.percentile(times, [50, 95])
    print(f"{len(times) / took:.0f} requests a second from {CLIENTS} clients: ", end="")
    print(f"median {median:.1f} ms, 95th percentile {late:.1f} ms")


def ask(app: App, pictures: list[bytes]) -> list[float]:
    """Send pictures from all clients at once; seconds that each took."""
    times: list[float] = []
    shares = [pictures[client::CLIENTS] for client in range(CLIENTS)]
    clients = [threading.Thread(target=send, args=(app, share, times)) for share in shares]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if len(times) != len(pictures):
        raise RuntimeError(f"{len(pictures) - len(times)} requests were not answered")
    return times


def send(app: App, pictures: list[bytes], times: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", app.port)
    for picture in pictures:
        began = time.perf_counter()
        connection.request("POST", "/api/read", picture)
        response = connection.getresponse()
        response.read()
        if response.status == 200:
            times.append(time.perf_counter() - began)
    connection.close()


if __name__ == "__main__":
    main()
