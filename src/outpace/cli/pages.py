"""How `--help` is laid out: text wrapped to the terminal and never wider than 80 columns, examples left as they are."""

from __future__ import annotations

import argparse
import shutil
import textwrap

WIDEST = 80


class Page(argparse.HelpFormatter):
    """Paragraphs are parted by an empty line; an indented line is an example."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=min(shutil.get_terminal_size().columns, WIDEST))

    def add_argument(self, action: argparse.Action) -> None:
        """Room for names that stand indented under another, so that each has its line."""
        super().add_argument(action)
        self._action_max_length += 2

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n\n".join(indent + _filled(paragraph, width) for paragraph in text.strip("\n").split("\n\n"))


def _filled(paragraph: str, width: int) -> str:
    if paragraph.startswith(" "):
        return paragraph
    return textwrap.fill(paragraph, width, break_long_words=False, break_on_hyphens=False)
