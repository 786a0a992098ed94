"""`outpace init`: what the repository says of itself, as an annotated outpace.toml."""

from __future__ import annotations

import json
import textwrap

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
    "imports": "modules that must still import after a change",
    "run": "starts it in the sandbox, so that a probe can be tried beforehand",
    "branch": "what the pipeline deploys",
    "deploy": "your own command, for proved fixes; else your pipeline does it",
}


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
        value: object = getattr(application, key)
        lines += ["", *_comment(f"{key}: {explained}")]
        if key in because:
            lines += [*_comment(f"read from: {because[key]}"), f"{key} = {_value(value)}"]
        else:
            lines += _comment(f"question: {asked.get(key, 'not told by the repository')}")
            lines.append(f"# {key} = {_example(key)}")
    port = str(reading.port) if reading.port else "8000"
    environment = ENVIRONMENT.replace("PORT", port).replace("NAME", application.name)
    return "\n".join(lines) + "\n" + environment + PROBE


def _comment(said: str) -> list[str]:
    return textwrap.wrap(
        said, 80, initial_indent="# ", subsequent_indent="#   ", break_long_words=False, break_on_hyphens=False
    )


def _value(value: object) -> str:
    """A TOML string or a list of strings; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False)


def _example(key: str) -> str:
    return '"..."' if key == "branch" else '["..."]'
