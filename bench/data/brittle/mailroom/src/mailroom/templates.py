"""Letters to fill in."""

from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "letters"


def names():
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def _load(name):
    with open(FOLDER / f"{name}.txt") as file:
        return file.read()


def fill(template, **values):
    return Template(_load(template)).substitute(values)


def placeholders(text):
    return sorted(set(Template(text).get_identifiers()))
