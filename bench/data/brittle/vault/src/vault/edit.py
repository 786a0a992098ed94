"""Opens a secret in an editor."""

import os
import shlex


def editor(environ=None):
    environ = os.environ if environ is None else environ
    return environ.get("VISUAL") or environ.get("EDITOR") or "vi"


def command(path, environ=None):
    return [*shlex.split(editor(environ)), str(path)]
