"""What the items of records, the settings and the files of a project are now, and which tests it has."""

from __future__ import annotations

from typing import Any

from ..answers import Answers, answer
from ..session import Session, collected
from .places import Places
from .present import Present, parts
from .settings import initial, settings


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root` of the project's files; `words` for pytest; `items`."""
    environ = initial()

    def work(session: Session) -> None:
        places = Places(request["root"])
        present = Present(places, environ)
        answers.row({"collected": session.ids, "broken": session.broken})
        answers.row({"settings": settings(session.session, environ, places)})
        for part in parts(sorted(present.contents.items())):
            answers.row({"files": dict(part)})
        for part in parts(request["items"]):
            answers.row({"digests": present.digests(part)})

    status = collected(request["words"], work)
    if status:
        answers.row({"status": status})


if __name__ == "__main__":
    answer(main)
