"""`outpace init`: what the repository says of itself, as an annotated outpace.toml."""

from __future__ import annotations

import json
import textwrap
from typing import cast

from msgspec import Struct

from outpace.app.applications import Tree
from outpace.pipelines.configuration import FILE, decode
from outpace.pipelines.infer import Inferred, Question, Reading, read_repository

ENVIRONMENT = """
# Where it runs. Outpace looks at the process that is really there; nothing is
# installed beside it. Instead of a port, `observe` takes:
#   { pid_file = "/run/NAME.pid" }
#   { unit = "NAME.service" }
#   { process = "uvicorn" }
#   { command = ["ssh", "host", "pip", "list", "--format", "json"] }
#
# [[environments]]
# name = "production"
# observe = { port = PORT }
# url = "http://127.0.0.1:PORT"   # where probes go
# probe = false                   # true: harmless probes may be sent there
"""

PROBE = """
# An exchange that exploits the vulnerable and is held by the fixed, with a
# harmless twin that succeeds on both.
#
# [[probes]]
# advisories = ["PYSEC-0000-0"]
# request = { path = "/static/../private.txt" }
# exploited = { status = 200, contains = "what nobody may read" }
# benign = { path = "/static/site.css" }
# success = { status = 200 }
"""

EXPLAINED = {
    "locks": "the files that say what is deployed",
    "test": "the suite; started by the environment's own python",
    "test_env": "variables for the suite",
    "test_path": "where the suite is started",
    "install": "what the suite needs beside the locks, in pip's words",
    "python": "the first of them that is here; any: what the project accepts",
    "imports": "modules that must still import after a change",
    "run": "starts it in the sandbox, so that a probe can be tried beforehand",
    "branch": "what the pipeline deploys",
    "deploy": "your own command, for proved fixes; else your pipeline does it",
}
ONLY_WHERE_TOLD = ("test_env", "test_path", "install", "python")


class Draft(Struct, frozen=True, kw_only=True):
    text: str
    inferred: tuple[Inferred, ...]
    questions: tuple[Question, ...]


def draft(tree: Tree) -> Draft:
    """The file's text decodes; what could not be told is a question in it, not a guess."""
    reading = read_repository(tree.paths(), tree.look_up, directory=tree.directory, branch=tree.branch)
    text = _text(reading)
    decode(text)
    return Draft(text=text, inferred=reading.inferred, questions=reading.questions)


def _text(reading: Reading) -> str:
    application = reading.application
    because = {item.key: item.because for item in reading.inferred}
    asked = {question.key: question.asks for question in reading.questions}
    lines = [
        f"# {FILE}: what Outpace knows of this repository. Every key is shown",
        "# in docs/outpace.toml of Outpace's own repository.",
        "",
        "[[applications]]",
        f"name = {_value(application.name)}  # {because['name']}",
    ]
    for key, explained in EXPLAINED.items():
        if key in because or key in asked or key not in ONLY_WHERE_TOLD:
            lines += ["", *_comment(f"{key}: {explained}"), *_setting(reading, key)]
    port = str(reading.port) if reading.port else "8000"
    environment = ENVIRONMENT.replace("PORT", port).replace("NAME", application.name)
    return "\n".join(lines) + "\n" + environment + PROBE


def _setting(reading: Reading, key: str) -> list[str]:
    """Its line, or a question with what could stand there."""
    asked = next((question for question in reading.questions if question.key == key), None)
    said = _comment(f"question: {asked.asks if asked else 'not told by the repository'}")
    inferred = next((item for item in reading.inferred if item.key == key), None)
    if inferred is not None:
        told = [*_comment(f"read from: {inferred.because}"), f"{key} = {_value(_copied(reading, inferred))}"]
        return [*said, *told] if asked else told
    choices = asked.choices if asked else ()
    return said + ([f"# {key} = {_value(choice)}" for choice in choices] or [f"# {key} = {_example(key)}"])


def _copied(reading: Reading, inferred: Inferred) -> object:
    """Of the suite's variables, those that are named: a secret stays where it is."""
    if inferred.key != "test_env":
        return getattr(reading.application, inferred.key)
    names = inferred.value if isinstance(inferred.value, tuple) else ()
    return {name: value for name, value in reading.application.test_env.items() if name in names}


def _comment(said: str) -> list[str]:
    printable = "".join(sign if sign.isprintable() else " " for sign in said)
    return textwrap.wrap(
        printable, 80, initial_indent="# ", subsequent_indent="#   ", break_long_words=False, break_on_hyphens=False
    )


def _value(value: object) -> str:
    """A TOML string, list or table of strings; JSON's escapes are TOML's, and TOML wants one more."""
    if isinstance(value, dict):
        rows = cast("dict[str, str]", value)
        return "{ " + ", ".join(f"{_value(name)} = {_value(told)}" for name, told in rows.items()) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _example(key: str) -> str:
    return {"branch": '"..."', "test_env": '{ "NAME" = "..." }'}.get(key, '["..."]')
