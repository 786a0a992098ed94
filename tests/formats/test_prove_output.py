"""How a proof is shown as text."""

from __future__ import annotations

import io

import msgspec
from rich.console import Console

from outpace.formats.prove import text
from outpace.model.proof import Check, CheckUndecided, Proof, Proved, Refuted, Undecided

LONG = "no result on the change: the runner left no JUnit report (status 4: the word that it cannot know)"
SETTLES = "a runner that writes JUnit (pytest, unittest) and gets as far as its tests, which this one did not"
SHOWN = """\
undecided: revisionrevi against basebasebase
  missing: suite: no result on the change: the runner left no JUnit report
    (status 4: the word that it cannot know)
  would settle it: a runner that writes JUnit (pytest, unittest) and gets as
    far as its tests, which this one did not

  undecided  suite  no result on the change: the runner left no JUnit      2.0 s
                    report (status 4: the word that it cannot know)

  note: it touches more than the lock: docs/release-notes.md, shop/grant.py,
    shop/app.py
  sandbox: full; digest abcdefabcdef
"""


def test_what_is_wrapped_stands_further_in_than_the_line_it_belongs_to() -> None:
    proof = Proof(
        base="base" * 10,
        revision="revision" * 5,
        fixes=(),
        conclusion=Undecided(f"suite: {LONG}", SETTLES),
        checks=(Check(name="suite", result=CheckUndecided(LONG), seconds=2.0),),
        tier="full",
        notes=("touches more than the lock: docs/release-notes.md, shop/grant.py, shop/app.py",),
        digest="abcdef" * 4,
    )
    page = io.StringIO()
    Console(file=page, width=80, highlight=False, emoji=False, markup=False).print(text(proof, None))
    assert "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines()) == SHOWN


def foot(proof: Proof, *, untested: bool) -> list[str]:
    page = io.StringIO()
    shown = text(proof, None, untested=untested)
    Console(file=page, width=100, highlight=False, emoji=False, markup=False).print(shown)
    return [line.strip() for line in page.getvalue().splitlines()][-2:]


def test_a_report_says_where_nobody_asked_what_the_change_takes_untested() -> None:
    proof = Proof(
        base="b" * 40, revision="r" * 40, fixes=(), conclusion=Proved(), checks=(), tier="full", digest="d" * 24
    )
    asked, sandbox = foot(proof, untested=False)
    assert asked == "what it takes to production untested was not asked for: outpace prove --untested"
    assert foot(proof, untested=True) == ["", sandbox]
    refuted = msgspec.structs.replace(proof, conclusion=Refuted("suite: 1 newly red"))
    assert foot(refuted, untested=False) == ["", sandbox]
