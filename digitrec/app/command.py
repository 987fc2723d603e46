"""The command `digitrec app`: it serves the web application until it is stopped."""

import argparse
import logging
import secrets
import webbrowser
from pathlib import Path

import cv2
import segno
from flask import Flask, Response, request

from digitrec.app.application import create_app
from digitrec.app.guard import ADDRESS, HERE
from digitrec.app.serve import addresses, make_server
from digitrec.recognize.interruption import Interruption
from digitrec.recognize.names import printable
from digitrec.recognize.shipped import chosen_model

DESCRIPTION = """\
Serve a web application that reads digits: drawn, in pictures, or before a camera. Only browsers on
this machine reach it, unless --lan is given."""

EXAMPLES = """\
examples:
  digitrec app --open
  digitrec app --lan
      Shows a QR code for telephones in the same network.
  digitrec app --lan --certificate cert.pem --key key.pem
      With TLS, which browsers ask for before a telephone's live camera can be used.
  digitrec app --samples my_digits.npz
      Keeps the digits that you correct, to train on.
"""

PORT = 8000
ALL = "0.0.0.0"  # addresses of this machine

log = logging.getLogger("digitrec.app")


def run(words: list[str], interruption: Interruption) -> None:
    """Serve until Ctrl+C.

    Args:
        words: The arguments of the command.
        interruption: What Ctrl+C does.

    Raises:
        OSError: If the port is taken, or a file cannot be opened or written.
        ValueError: If the arguments do not fit together, or a file is not what it should be.
    """
    options = _parser().parse_args(words)
    if options.key and not options.certificate:
        raise ValueError("--key goes with a --certificate")
    names = _names(options.lan)
    token = secrets.token_urlsafe() if names else None
    cv2.setNumThreads(1)  # OpenCV's own gain nothing here, for a fifth more work
    app = create_app(
        chosen_model(options.model, options.script),
        hosts=HERE.union(names),
        origins=options.allow_origin,
        token=token,
        samples=options.samples,
    )
    _log_requests(app)
    host = ALL if names else "127.0.0.1"
    server = make_server(app, host, options.port, options.certificate, options.key)
    scheme = "https" if options.certificate else "http"
    ending = f":{server.effective_port}/" + (f"?{ADDRESS}={token}" if token else "")
    _announce([f"{scheme}://{name}{ending}" for name in [*names[:1], "127.0.0.1"]], options)
    interruption.unwind()
    server.run()


def _names(lan: str | None) -> list[str]:
    """What this machine is called in its networks, first what to show; nothing without them."""
    if lan is None:
        return []
    names = [*filter(None, [lan.lower()]), *addresses()]
    if not names:
        raise ValueError("no network was found: say what this machine is called there, --lan NAME")
    return names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="digitrec app",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--port", type=int, default=PORT, metavar="N", help=f"default: {PORT}; 0 is any")
    # Without a name it is "", where --lan is given at all.
    lan = "let those in your network in who have the address, which may have this name"
    add("--lan", nargs="?", const="", metavar="NAME", help=lan)
    add("--certificate", type=Path, metavar="FILE", help="for TLS: a PEM file")
    add("--key", type=Path, metavar="FILE", help="of the certificate, unless it is in that file")
    add("--samples", metavar="FILE", help="keep corrected digits in this file: .npz")
    other = "a page of others that may ask, such as https://example.org"
    add("--allow-origin", action="append", default=[], metavar="ORIGIN", help=other)
    network = parser.add_mutually_exclusive_group().add_argument
    network("--model", metavar="FILE", help="your own network: .tflite, .keras, .h5 or a folder")
    network("--script", metavar="NAME", help="other digits: arabic, chinese or devanagari")
    add("--open", action="store_true", help="open a browser")
    return parser


def _log_requests(app: Flask) -> None:
    """Log who asked for what, but nothing that was sent: neither contents nor names nor tokens."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    logging.getLogger("waitress").setLevel(logging.ERROR)

    @app.after_request
    def add(response: Response) -> Response:
        address = request.url_rule.rule if request.url_rule else "(unknown)"
        method = printable(request.method[:10])
        log.info("%s %s %s %s", request.remote_addr, method, address, response.status_code)
        return response


def _announce(urls: list[str], options: argparse.Namespace) -> None:
    if len(urls) > 1:
        segno.make(urls[0]).terminal(compact=True)
        print(f"On a telephone, scan this, or open {urls[0]}")
        print(f"On this machine: {urls[-1]}")
    else:
        print(f"digitrec reads at {urls[-1]}")
    print("Ctrl+C stops it.", flush=True)
    if options.open:
        webbrowser.open(urls[-1])
