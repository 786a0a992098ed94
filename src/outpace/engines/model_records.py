"""Answers of models as they were given once, kept as lines of JSON that say where each comes from."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from outpace import __version__
from outpace.engines.model_files import prepared
from outpace.model import proposers
from outpace.model.errors import BadInput, Error
from outpace.model.times import now
from outpace.proving.proposing.conversing import converse
from outpace.proving.proposing.edits import Carried
from outpace.proving.proposing.ports import Absent, Asked, NoProposal, Origin, Proposal, Spent
from outpace.proving.proposing.request import Answer, Answered, NotAnswered, Parts, Request

FILE = "model-answers.jsonl"
LONGEST_LINE = 2 << 20
NOTHING = Spent(tokens_in=0, tokens_out=0, cost_usd=0.0)
WHAT_TO_DO = (
    'say where it comes from: "origin": {"kind": "recorded", "provider", "model", "date", "tool"}, or {"kind": '
    '"hand-written", "author_role", "date", "purpose"}; or take the line out'
)


class AsAnswered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="recorded"):
    """A server gave this answer once."""

    provider: str
    model: str  # as answered
    date: date
    tool: str  # outpace and its version

    def __post_init__(self) -> None:
        _not_empty(provider=self.provider, model=self.model, tool=self.tool)


class HandWritten(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="hand-written"):
    """No model ever said this, and no yield is computed from it."""

    author_role: str
    date: date
    purpose: str

    def __post_init__(self) -> None:
        _not_empty(author_role=self.author_role, purpose=self.purpose)


RecordOrigin: TypeAlias = AsAnswered | HandWritten


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`request` is the digest of what was asked, `parts` of each part of that."""

    version: Literal[1] = 1
    request: str
    parts: Parts
    answer: Answered
    origin: RecordOrigin


def _not_empty(**texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise ValueError(f"`{name}` of a record's origin is empty")


def kept(request: Request, answer: Answered) -> Record:
    origin = AsAnswered(provider=answer.provider, model=answer.model, date=now().date(), tool=f"outpace {__version__}")
    return Record(request=request.digest, parts=Parts.of(request), answer=answer, origin=origin)


def append(place: Path, record: Record) -> None:
    """To a file of lines, or to the one in a folder, for its owner alone. What died in a line before is not read."""
    path = place if place.suffix == ".jsonl" else place / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(file).st_size
        torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        os.write(file, (b"\n" if torn else b"") + msgspec.json.encode(record) + b"\n")
    finally:
        os.close(file)


def read(places: Iterable[Path]) -> dict[str, Record]:
    """By the digest of the request; the latest counts. Raises BadInput with the file and the line."""
    records: dict[str, Record] = {}
    for place in places:
        for file in sorted(place.glob("*.jsonl")) if place.is_dir() else [place] if place.exists() else []:
            try:
                records.update((each.request, each) for each in _lines(file))
            except OSError as error:
                raise BadInput(f"{file} cannot be read: {error.strerror}", hint="see who may read it") from error
    return records


def _lines(path: Path) -> Iterable[Record]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if line.strip() and not _is_torn(line):
                yield _record(path, number, line)


def _is_torn(line: bytes) -> bool:
    """What a process left that died in the middle of writing it."""
    try:
        msgspec.json.decode(line.rstrip(), type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return "truncated" in str(error)
    return False


def _record(path: Path, number: int, line: bytes) -> Record:
    try:
        return msgspec.json.decode(line, type=Record)
    except msgspec.DecodeError as error:
        why = "has no `origin`" if "field `origin`" in str(error) else f"cannot be read: {error}"
        raise BadInput(f"the record in {path}, line {number}, {why}", hint=WHAT_TO_DO) from error


class RecordedAnswers:
    """Implements `proving.proposing.ports.Proposer` by records alone: nothing is asked of anybody."""

    name = "recorded"

    def __init__(self, *, config: proposers.LanguageModel, records: tuple[Path, ...]) -> None:
        self._config = config
        self._records = records

    def check(self) -> None:
        """Raises BadInput with the file and the line."""
        read(self._records)

    def propose(
        self, asked: Asked, *, seconds: float, tokens: int | None, cost_usd: float | None
    ) -> Proposal | NoProposal:
        del seconds, tokens, cost_usd  # it takes nothing of them
        try:
            records = read(self._records)
        except BadInput as error:
            why = str(error)
            return NoProposal(
                why=why, final=True, absent="not configured", by=self.name, origin="recorded", spent=NOTHING
            )
        try:
            first = prepared(asked, self._config)
        except (Error, OSError) as error:
            return NoProposal(why=str(error), final=True, by=self.name, origin="recorded", spent=NOTHING)
        used: list[Record] = []

        def ask(request: Request) -> Answer:
            record = records.get(request.digest)
            if record is None:
                return NotAnswered(why=_missed(Parts.of(request), records.values()), final=True)
            used.append(record)
            return record.answer

        talk = converse(first.request, ask, first.carry_out, first.redactor)
        origin: Origin = "hand-written" if any(isinstance(each.origin, HandWritten) for each in used) else "recorded"
        by = f"recorded {used[-1].answer.provider}:{used[-1].answer.model}" if used else self.name
        digest = talk.request.digest
        if isinstance(talk.end, Carried):
            return Proposal(diff=talk.end.diff, by=by, origin=origin, request=digest, spent=NOTHING, said=talk.said)
        absent: Absent | None = None if used else "no answer"
        return NoProposal(
            why=talk.end.why, final=True, absent=absent, by=by, origin=origin, request=digest, spent=NOTHING,
            said=talk.said,
        )  # fmt: skip


def _missed(parts: Parts, records: Iterable[Record]) -> str:
    """Which part of the question is another one in the record that is nearest."""
    differing = [
        [name for name in Parts.__struct_fields__ if getattr(each.parts, name) != getattr(parts, name)]
        for each in records
    ]
    if not differing:
        return "there is no recorded answer"
    return f"no recorded answer is to this request; the nearest differs in {', '.join(min(differing, key=len))}"
