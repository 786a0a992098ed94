"""Answers that were given once: kept, read, and refused where nobody says where they come from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from outpace.engines.model_files import prepared
from outpace.engines.model_records import (
    FILE,
    AsAnswered,
    HandWritten,
    Record,
    RecordedAnswers,
    RecordOrigin,
    append,
    read,
)
from outpace.model.errors import BadInput
from outpace.proving.proposing.edits import Mismatch, decoded
from outpace.proving.proposing.ports import Asked, NoProposal, Proposal, Spent
from outpace.proving.proposing.redacting import Redactor
from outpace.proving.proposing.request import Answered, Parts, Request, again
from tests.fakes.model_server import edits
from tests.fakes.model_task import LINE, RIGHT, asked, config, tree

GOOD = edits(("shop/files.py", LINE, RIGHT))
BY_HAND = HandWritten(author_role="test author", date=date(2026, 3, 1), purpose="to try what reads it")
ANSWERED = AsAnswered(provider="openai", model="m-1", date=date(2026, 3, 1), tool="outpace 0.1.0")
CONFIG = config("http://127.0.0.1:9/v1")


def record(request: Request, text: str, origin: RecordOrigin = BY_HAND) -> Record:
    answer = Answered(text=text, model="m-1", provider="openai", tokens_in=5, tokens_out=6, cost_usd=0.5, seconds=9.0)
    return Record(request=request.digest, parts=Parts.of(request), answer=answer, origin=origin)


def proposed(task: Asked, *places: Path) -> Proposal | NoProposal:
    return RecordedAnswers(config=CONFIG, records=places).propose(task, seconds=0, tokens=0, cost_usd=0)


def test_what_was_kept_is_read_as_it_was(tmp_path: Path) -> None:
    request = prepared(asked(tree(tmp_path / "tree")), CONFIG).request
    kept = [record(request, GOOD), record(again(request, "?", "?", Redactor()), "no", ANSWERED)]
    for each in kept:
        append(tmp_path / "state", each)
    assert list(read([tmp_path / "state"]).values()) == kept
    assert list(read([tmp_path / "state" / FILE, tmp_path / "nowhere"]).values()) == kept


def test_what_is_kept_in_a_file_that_is_named_is_read_from_it(tmp_path: Path) -> None:
    request = prepared(asked(tree(tmp_path / "tree")), CONFIG).request
    append(tmp_path / "new" / "answers.jsonl", record(request, GOOD))
    assert list(read([tmp_path / "new" / "answers.jsonl"]).values()) == [record(request, GOOD)]
    assert (tmp_path / "new" / "answers.jsonl").is_file()


@pytest.mark.parametrize(("origin", "said"), [(BY_HAND, "hand-written"), (ANSWERED, "recorded")])
def test_a_recorded_answer_proposes_again_for_nothing_and_says_where_it_comes_from(
    tmp_path: Path, origin: RecordOrigin, said: str
) -> None:
    task = asked(tree(tmp_path / "tree"))
    request = prepared(task, CONFIG).request
    append(tmp_path, record(request, GOOD, origin))
    answer = proposed(task, tmp_path)
    assert isinstance(answer, Proposal), answer
    assert (answer.origin, answer.by, answer.request) == (said, "recorded openai:m-1", request.digest)
    assert answer.spent == Spent(tokens_in=0, tokens_out=0, cost_usd=0.0)
    assert answer.diff.startswith(b"diff --git a/shop/files.py b/shop/files.py\n")


def test_an_attempt_with_one_hand_written_answer_is_hand_written(tmp_path: Path) -> None:
    task = asked(tree(tmp_path / "tree"))
    first = prepared(task, CONFIG)
    append(tmp_path, record(first.request, "no JSON", BY_HAND))
    unread = decoded("no JSON")
    assert isinstance(unread, Mismatch)
    append(tmp_path, record(again(first.request, "no JSON", unread.why, first.redactor), GOOD, ANSWERED))
    answer = proposed(task, tmp_path)
    assert (type(answer), answer.origin) == (Proposal, "hand-written")


def test_where_nothing_is_recorded_the_part_that_differs_is_named(tmp_path: Path) -> None:
    at = tree(tmp_path / "tree")
    append(tmp_path, record(prepared(asked(at), CONFIG).request, GOOD))
    other = proposed(asked(at, brief="another"), tmp_path)
    assert isinstance(other, NoProposal)
    assert (other.why, other.final) == ("no recorded answer is to this request; the nearest differs in messages", True)
    assert other.absent == "no answer"
    none = proposed(asked(at), tmp_path / "nowhere")
    assert isinstance(none, NoProposal)
    assert (none.why, none.absent) == ("there is no recorded answer", "no answer")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"origin": None}, "has no `origin`"),
        ({"origin": {"kind": "invented"}}, "cannot be read: "),
        ({"origin": msgspec.to_builtins(BY_HAND) | {"author_role": ""}}, "cannot be read: "),
        ({"origin": {"kind": "recorded", "provider": "p", "model": "m", "tool": "t"}}, "cannot be read: "),
        ({"origin": msgspec.to_builtins(ANSWERED) | {"date": "soon"}}, "cannot be read: "),
        ({"remark": "?"}, "cannot be read: "),
    ],
    ids=range(6),
)
def test_a_record_of_unsaid_origin_is_refused_with_its_place_and_what_to_do(
    tmp_path: Path, change: dict[str, object], why: str
) -> None:
    task = asked(tree(tmp_path / "tree"))
    good = record(prepared(task, CONFIG).request, GOOD)
    bad = msgspec.to_builtins(good) | change
    place = tmp_path / "answers.jsonl"
    lines = [msgspec.json.encode(good), msgspec.json.encode({k: v for k, v in bad.items() if v is not None})]
    place.write_bytes(b"\n".join(lines) + b"\n")
    with pytest.raises(BadInput) as raised:
        read([place])
    assert raised.value.message.startswith(f"the record in {place}, line 2, {why}")
    assert '"hand-written", "author_role", "date", "purpose"' in raised.value.hint
    answer = proposed(task, place)
    assert (type(answer), "line 2" in str(answer)) == (NoProposal, True)


def test_a_line_that_a_dying_process_left_costs_no_other_line(tmp_path: Path) -> None:
    request = prepared(asked(tree(tmp_path / "tree")), CONFIG).request
    append(tmp_path, record(request, "first"))
    with (tmp_path / FILE).open("ab") as file:
        file.write(msgspec.json.encode(record(request, "torn"))[:200])
    append(tmp_path, record(request, "last"))
    assert [each.answer.text for each in read([tmp_path]).values()] == ["last"]
    assert len((tmp_path / FILE).read_bytes().splitlines()) == 3
