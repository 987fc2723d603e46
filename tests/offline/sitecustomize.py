"""Refuse connections to other machines, in the tests and in every Python that they start."""

import sys

HERE = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "", None)


def refuse(event: str, arguments: tuple) -> None:
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and address[0] not in HERE:
            raise ConnectionRefusedError(f"the tests must not reach {address}")
    elif event == "socket.getaddrinfo" and arguments[0] not in HERE:
        raise ConnectionRefusedError(f"the tests must not look up {arguments[0]}")


sys.addaudithook(refuse)
