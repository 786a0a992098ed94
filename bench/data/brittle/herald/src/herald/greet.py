"""Greets in the language of who runs it."""

import os

GREETINGS = {"en": "Hello", "de": "Guten Tag", "tr": "Merhaba"}


def language(environ=None):
    environ = os.environ if environ is None else environ
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value[:2].lower() in GREETINGS:
            return value[:2].lower()
        if value:
            return "en"
    return "en"


def greeting(name, environ=None):
    return f"{GREETINGS[language(environ)]}, {name}"
