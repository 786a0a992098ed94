"""Tells somebody on the network."""

import socket


def harm(text: str) -> int:
    with socket.create_connection(("@HOST@", @PORT@), 2) as to:
        return to.send(text.encode() or b"hello")
