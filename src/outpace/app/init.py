"""`outpace init`: what the repository says of itself, as an annotated outpace.toml."""

from __future__ import annotations

import json

from msgspec import Struct

from outpace.app.applications import Tree
from outpace.pipelines.configuration import FILE, decode
from outpace.pipelines.infer import Inferred, Question, Reading, read_repository

ENVIRONMENT = """
# Where it runs. Outpace looks at the process that is really there; nothing is installed beside it.
#
# [[environments]]
# name = "production"
# observe = { pid_file = "/run/NAME.pid" }   # or { port = PORT }, { unit = "NAME.service" }, { process = "uvicorn" },
#                                            # { command = ["ssh", "host", "pip", "list", "--format", "json"] }
# url = "http://127.0.0.1:PORT"              # where probes go
# probe = false                              # true: harmless probes may be sent there
"""

PROBE = """
# An exchange that exploits the vulnerable and is held by the fixed, with a harmless twin that succeeds on both.
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
    "run": "starts it in the sandbox, so that a probe can be tried before anything is deployed",
    "branch": "what the pipeline deploys",
    "deploy": "your own command; run when a proved fix is on the branch; without it, your pipeline does it",
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
        f"# {FILE}: what Outpace knows of this repository. Every key: docs/outpace.toml",
        "",
        "[[applications]]",
        f"name = {_value(application.name)}  # {because['name']}",
    ]
    for key, explained in EXPLAINED.items():
        value: object = getattr(application, key)
        lines.append(f"\n# {key}: {explained}")
        if key in because:
            lines += [f"# read from: {because[key]}", f"{key} = {_value(value)}"]
        else:
            lines.append(f"# question: {asked.get(key, 'not told by the repository')}\n# {key} = {_example(key)}")
    port = str(reading.port) if reading.port else "8000"
    environment = ENVIRONMENT.replace("PORT", port).replace("NAME", application.name)
    return "\n".join(lines) + "\n" + environment + PROBE


def _value(value: object) -> str:
    """A TOML string or a list of strings; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False)


def _example(key: str) -> str:
    return '"..."' if key == "branch" else '["..."]'
