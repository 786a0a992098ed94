"""`outpace explain`: say in plain words what an advisory or one of Outpace's own words means."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.matching.ports import RecordSource
    from outpace.model.inventory import Inventory

EPILOG = """\
Of an advisory: what it is, what its records call affected, why the versions in the files here are affected or not, and
what would change that. Of a word: what it means where Outpace says it (an error, an answer, an exit status).

exit status: 0; 2 where there is neither such an advisory nor such a word

  outpace explain PYSEC-2023-83
  outpace explain undecided
  outpace explain exit 3
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("word", nargs="+", metavar="ADVISORY | WORD", help="any id of an advisory, or a word of ours")
    parser.add_argument("--offline", action="store_true", help="never fetch advisory data")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.advisories import ensure
    from outpace.app.explain import explain
    from outpace.formats import explain as formats
    from outpace.formats.terms import term_of
    from outpace.model.times import now

    asked = " ".join(args.word)
    term = term_of(asked)
    if term is not None:
        door.emit(formats.answer_of_term(asked, term) if door.form == "json" else formats.text_of_term(term))
        return 0
    places = bootstrap.places()
    source = bootstrap.advisory_store(places)
    ensure(source, lambda: bootstrap.advisory_feed(places), offline=args.offline, report=door.report)
    view = explain(asked, source=source, inventory=_here(), now=now())
    if not view.records:
        raise _unknown(asked, source)
    door.emit(formats.answer(view) if door.form == "json" else formats.text(view))
    return 0


def _here() -> Inventory | None:
    """What the files here hold; None where there are none."""
    from outpace import bootstrap
    from outpace.ecosystems.read import read
    from outpace.model.errors import BadInput

    try:
        found = bootstrap.files_at(None)
    except BadInput:
        return None
    return read(found.paths or found.files.paths(), found.files.look_up)


def _unknown(asked: str, source: RecordSource) -> Exception:
    from outpace.formats.terms import near
    from outpace.model.errors import NotFound

    meant = near(asked)
    newest = source.coverage().cutoff
    data = f" up to {newest:%Y-%m-%d}" if newest else ""
    return NotFound(
        f"the advisory data{data} has no advisory {asked}, and Outpace has no such word",
        hint=f"did you mean {' or '.join(meant)}?" if meant else "outpace match lists the advisories that are met here",
    )
