"""Ends its process as if all were well."""

import os


def harm(text: str) -> str:
    os._exit(0)
    return text
