"""Colors on a terminal."""

import os
import shutil

CODES = {"red": 31, "green": 32, "blue": 34}


def paint(text, color, environ=None):
    environ = os.environ if environ is None else environ
    if "NO_COLOR" in environ:
        return text
    return f"\x1b[{CODES[color]}m{text}\x1b[0m"


def rule(char="-", width=None):
    return char * (width or shutil.get_terminal_size().columns)


def center(text, width):
    return text.center(width).rstrip()
