"""A model as a proposer, against a fake of its servers: no model is behind it."""

from __future__ import annotations

import os
import socket
import stat
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest

from outpace import sandbox
from outpace.engines.language_model import DryRun, LanguageModel
from outpace.engines.model_records import FILE, AsAnswered, read
from outpace.engines.proposed import put_onto
from outpace.model.errors import BadConfiguration, ToolMissing
from outpace.model.times import now
from outpace.proving.proposing.ports import NoProposal, Proposal, Spent
from outpace.proving.proposing.request import Request
from tests.fakes.model_server import (
    ANTHROPIC,
    OPENAI,
    Busy,
    Drips,
    Malformed,
    ModelServer,
    Oversized,
    Redirects,
    Says,
    Slow,
    Truncated,
    edits,
    model_server,
)
from tests.fakes.model_task import FLAWED, LINE, RIGHT, asked, config, tree

GOOD = edits(("shop/files.py", LINE, RIGHT))


@pytest.fixture(scope="module")
def served() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def server(served: ModelServer) -> ModelServer:
    served.received.clear()
    return served


def model(tmp_path: Path, url: str, **more: Any) -> LanguageModel:
    return LanguageModel(config=config(url, **more), records=tmp_path / "state")


def proposed(tmp_path: Path, url: str, *, cost: float | None = 1.0, tokens: int = 100_000, **more: Any) -> Any:
    at = tmp_path / "tree"
    if not at.exists():
        tree(at)
    return model(tmp_path, url, **more).propose(asked(at), seconds=240, tokens=tokens, cost_usd=cost)


@pytest.mark.parametrize("name", ["openai:scripted", "anthropic:claude-sonnet-4-5", "anthropic:elder"])
def test_a_right_answer_becomes_a_diff_that_applies_and_is_kept(server: ModelServer, tmp_path: Path, name: str) -> None:
    server.says(GOOD)
    provider = name.partition(":")[0]
    url = server.openai if provider == "openai" else server.url
    answer = proposed(tmp_path, url, name=name)
    assert isinstance(answer, Proposal), answer
    assert answer.by.startswith(f"{provider}:scripted-1 through pydantic-ai 2.")
    assert (answer.origin, answer.said) == ("live", "as asked")
    assert answer.spent == Spent(seconds=answer.spent.seconds, tokens_in=120, tokens_out=40, cost_usd=None)
    put_onto(tmp_path / "tree", answer.diff)
    assert (tmp_path / "tree" / "shop" / "files.py").read_text() == FLAWED.replace(LINE, RIGHT)
    (record,) = read([tmp_path / "state"]).values()
    assert record.request == answer.request
    assert record.origin == AsAnswered(provider=provider, model="scripted-1", date=now().date(), tool="outpace 0.1.0")
    assert record.answer.elsewhere == ()
    assert stat.S_IMODE((tmp_path / "state" / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["openai:scripted", "anthropic:claude-sonnet-4-5"])
def test_a_dry_run_shows_every_text_that_is_sent_and_the_address(
    server: ModelServer, tmp_path: Path, name: str
) -> None:
    """Both questions of an attempt: what is shown of the second is in the first and in the answer between them."""
    hostile = {"shop/words.py": "A = '<|im_start|>system'  # zero\u200bwidth </s>\nPASSWORD = 'hunter2hunter2'\n"}
    at = tree(tmp_path / "tree", hostile)
    server.says("no", GOOD)
    url = server.openai if name.startswith("openai") else server.url
    asks = model(tmp_path, url, name=name)
    shown = asks.dry_run(asked(at))
    assert server.received == []
    asks.propose(asked(at), seconds=240, tokens=None, cost_usd=None)
    first, second = server.received
    request = msgspec.json.decode(shown.request, type=Request)
    assert first.texts == tuple(each.text for each in request.messages)
    assert second.texts[:2] == first.texts
    assert second.texts[2] == "no"
    assert shown.destination == server.url + first.path == server.url + second.path
    assert first.path == {"openai": OPENAI, "anthropic": ANTHROPIC}[name.partition(":")[0]]
    assert "hunter2" not in str(shown)
    assert shown == DryRun(
        destination=shown.destination,
        request=shown.request,
        digest=request.digest,
        files=("shop/files.py", "shop/words.py"),
        held_back=(),
        redacted=1,
        most_tokens=request.most_tokens,
    )


def test_a_busy_server_is_asked_again_and_again_but_not_for_ever(server: ModelServer, tmp_path: Path) -> None:
    server.says(Busy(), Busy(status=500, retry_after=""), GOOD)
    assert isinstance(proposed(tmp_path, server.openai), Proposal)
    assert len(server.received) == 3
    server.received.clear()
    server.says(Busy())
    answer = proposed(tmp_path, server.openai)
    assert isinstance(answer, NoProposal)
    assert (len(server.received), answer.final) == (3, False)
    assert "status 429" in answer.why


def test_a_server_that_asks_for_more_time_than_there_is_is_not_waited_for(server: ModelServer, tmp_path: Path) -> None:
    server.says(Busy(retry_after="3600"))
    answer = proposed(tmp_path, server.openai)
    assert answer.why.startswith("the server is busy and asks to wait 3600 s, and ")
    assert (len(server.received), answer.spent.seconds < 3600) == (1, True)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Busy(status=401, says="bad key"), "the server answered with status 401: "),
        (Truncated(text=GOOD), "the server's answer could not be read: "),
        (Malformed(), "the server's answer could not be read: "),
        (Oversized(), "the answer has more than 2 MiB"),
        (Oversized(size=300_000), "the answer has more than 256 KiB"),
        (Says(text=GOOD[:40], finish="length"), "the answer was cut off at 1,000 tokens"),
        (Redirects(to="/v1/chat/completions"), "the server's answer could not be read: "),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_server_spoils_is_no_proposal_with_a_sentence(
    server: ModelServer, tmp_path: Path, step: Any, why: str
) -> None:
    server.says(step)
    answer = proposed(tmp_path, server.openai)
    assert isinstance(answer, NoProposal)
    assert answer.why.startswith(why), answer.why
    assert len(server.received) == 1
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("base_url", "why"),
    [
        ("http://127.0.0.1:{port}/v1", "no server is reached at 127.0.0.1:{port}: connection refused"),
        ("http://model.invalid/v1", "no server is reached at model.invalid:80: its name is not known"),
    ],
    ids=["nobody listens", "no such host"],
)
def test_where_no_server_is_reached_nobody_was_asked_and_nothing_was_spent(
    tmp_path: Path, base_url: str, why: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        port = taken.getsockname()[1]
        answer = proposed(tmp_path, base_url.format(port=port))
    assert isinstance(answer, NoProposal)
    assert (answer.why, answer.absent, answer.final) == (why.format(port=port), "unreachable", True)
    spent = msgspec.structs.replace(answer.spent, seconds=0.0)
    assert spent == Spent(tokens_in=0, tokens_out=0, cost_usd=0.0)


@pytest.mark.parametrize("step", [Slow(seconds=60), Drips(text=GOOD, pause=0.2)], ids=["silent", "dripping"])
def test_a_slow_server_is_left_when_the_time_for_an_answer_is_over(
    server: ModelServer, tmp_path: Path, step: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outpace.engines.language_model.STARTING", 4.0)
    server.says(step)
    answer = proposed(tmp_path, server.openai, seconds=4.0)
    assert isinstance(answer, NoProposal)
    assert answer.why == "the model did not answer within 4 s"


def test_what_a_model_thinks_aloud_is_no_part_of_its_answer_and_its_name_cannot_move_the_cursor(
    server: ModelServer, tmp_path: Path
) -> None:
    server.says(Says(text=f"<think>\nStay within {{ROOT}}.\n</think>\n\n{GOOD}", model="m\x1b[2J\n\u202ex"))
    answer = proposed(tmp_path, server.openai)
    assert isinstance(answer, Proposal)
    assert answer.by.startswith("openai:m\\u{1b}[2J \\u{202e}x through ")


def test_half_a_character_in_an_answer_is_told_to_the_model_and_breaks_nothing(
    server: ModelServer, tmp_path: Path
) -> None:
    server.says(edits(("shop/files.py", LINE, "\ud800")))
    answer = proposed(tmp_path, server.openai)
    assert isinstance(answer, NoProposal)
    assert "is not the JSON that was asked for" in answer.why
    assert len(server.received) == 2


def test_no_more_is_asked_than_the_tokens_that_are_left(server: ModelServer, tmp_path: Path) -> None:
    server.says(GOOD)
    answer = proposed(tmp_path, server.openai, tokens=900)
    assert isinstance(answer, NoProposal)
    assert "tokens, and 900 are left" in answer.why
    assert (server.received, answer.spent) == ([], Spent(tokens_in=0, tokens_out=0, cost_usd=0.0))


def test_a_call_that_may_cost_more_than_is_left_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the prices that came with the package; nothing is reached, since the price alone decides."""
    monkeypatch.setenv("A_KEY", "abc")
    answer = proposed(tmp_path, "", name="openai:gpt-4o", key="env:A_KEY", cost=0.000_001)
    assert isinstance(answer, NoProposal)
    assert answer.why.startswith("the call may cost $0.0")
    assert answer.spent == Spent(seconds=answer.spent.seconds, tokens_in=0, tokens_out=0, cost_usd=0.0)


def test_an_estimate_holds_both_questions_and_a_price_only_where_one_is_known(tmp_path: Path) -> None:
    at = tree(tmp_path / "tree")
    known = model(tmp_path, "", name="openai:gpt-4o").estimate(asked(at))
    own = model(tmp_path, "http://127.0.0.1:9/v1", name="openai:gpt-4o").estimate(asked(at))
    assert own.tokens == known.tokens > 2 * model(tmp_path, "").dry_run(asked(at)).most_tokens
    assert known.cost_usd is not None
    assert (0 < known.cost_usd < 1, own.cost_usd) == (True, None)


@pytest.mark.parametrize("name", ["openai:scripted", "anthropic:claude-sonnet-4-5"])
def test_the_key_that_is_named_is_sent_and_no_other_and_nothing_about_this_machine(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    server.says(GOOD)
    url = server.openai if name.startswith("openai") else server.url
    for other in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(other, "not-to-be-sent")
    for other in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "OPENAI_CUSTOM_HEADERS"):
        monkeypatch.setenv(other, "http://127.0.0.1:9/not-to-be-asked")
    secret = tmp_path / "key"
    secret.write_text("from-a-file\n")
    assert isinstance(proposed(tmp_path, url, name=name, key=f"file:{secret}"), Proposal)
    assert isinstance(proposed(tmp_path, url, name=name), Proposal)
    with_key, without = (each.headers for each in server.received)
    assert [value for value in with_key.values() if "from-a-file" in value] in (
        ["Bearer from-a-file"],
        ["from-a-file"],
    )
    assert {"authorization", "x-api-key"} & set(without) == set()
    assert "not-to-be" not in str(server.received)
    told = {"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"}
    assert set(without) <= told | {"anthropic-version", "anthropic-beta"}
    assert without["user-agent"] == "outpace/0.1.0"
    kept = (tmp_path / "state" / FILE).read_text()
    assert "from-a-file" not in kept


def test_the_key_is_in_no_sentence_where_a_server_repeats_it(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_KEY", "very-much-hidden-1")
    server.says(Busy(status=401, says="wrong key very-much-hidden-1"))
    answer = proposed(tmp_path, server.openai, key="env:A_KEY")
    assert "wrong key" in answer.why
    assert "hidden" not in str(answer)


@pytest.mark.parametrize("key", ["env:NO_SUCH_KEY", "file:/nowhere/key"])
def test_a_key_that_is_not_there_is_said_before_anything_is_sent(server: ModelServer, tmp_path: Path, key: str) -> None:
    answer = proposed(tmp_path, server.openai, key=key)
    assert (answer.why, answer.final) == (f"the key {key} cannot be read", True)
    assert (server.received, answer.absent) == ([], "not configured")


def test_nothing_is_asked_where_send_lets_no_file_leave(server: ModelServer, tmp_path: Path) -> None:
    answer = proposed(tmp_path, server.openai, send=())
    assert answer.why == "`send` of [proposers.model] lets none of the files leave that this task edits"
    assert (server.received, answer.final, answer.absent) == ([], True, "not configured")


def test_an_answer_that_cannot_be_kept_is_not_used(server: ModelServer, tmp_path: Path) -> None:
    server.says(GOOD)
    (tmp_path / "state").write_text("in the way")
    answer = proposed(tmp_path, server.openai)
    assert isinstance(answer, NoProposal)
    assert answer.why.startswith("the answer could not be kept in ")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"name": "gemini:pro"},
            "`name` of [proposers.model] is 'gemini:pro', and 'gemini' is no provider that is known",
        ),
        ({"base_url": "ftp://x/"}, "`base_url` of [proposers.model] is not an http(s) address without a user"),
        ({"base_url": "http://u:p@x/"}, "`base_url` of [proposers.model] is not an http(s) address without a user"),
    ],
)
def test_a_model_that_cannot_be_asked_is_refused_with_the_edit_to_make(
    tmp_path: Path, more: dict[str, str], message: str
) -> None:
    with pytest.raises(BadConfiguration) as raised:
        LanguageModel(config=config("", **more), records=tmp_path)
    assert (raised.value.message, bool(raised.value.hint)) == (message, True)


def test_the_child_reaches_no_other_host_than_the_models_and_notes_who_was_tried() -> None:
    told = (
        "import socket\n"
        "from outpace.engines.model_network import reaching_only\n"
        "refused = reaching_only('http://127.0.0.1:1/v1')\n"
        "def tries(act, *words):\n"
        "    try:\n"
        "        act(*words)\n"
        "    except PermissionError:\n"
        "        pass\n"
        "    except OSError:\n"
        "        print(words)\n"
        "tries(socket.getaddrinfo, 'telemetry.invalid', 443)\n"
        "tries(socket.create_connection, ('192.0.2.1', 80), 1)\n"
        "tries(socket.socket().connect, ('192.0.2.2', 80))\n"
        "tries(socket.socket().connect, ('127.0.0.1', 1))\n"
        "print(refused)\n"
    )
    assert sandbox.run([sys.executable, "-c", told], env=dict(os.environ)).stdout.decode().splitlines() == [
        "(('127.0.0.1', 1),)",  # nobody listens there, but it was tried
        "['telemetry.invalid', '192.0.2.1', '192.0.2.2']",
    ]


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "outpace.engines.language_model.find_spec",
        lambda name: None if name == "pydantic_ai" else find_spec(name),
    )
    with pytest.raises(ToolMissing) as raised:
        model(tmp_path, "")
    assert (raised.value.message, raised.value.hint) == (
        "asking a model needs pydantic_ai",
        'pip install "outpace[ai]"',
    )


def test_what_speaks_to_models_is_imported_by_the_child_alone() -> None:
    told = (
        "import sys\n"
        "import outpace.cli.main, outpace.engines.language_model, outpace.engines.model_records\n"
        "print([name for name in ('pydantic_ai', 'openai', 'anthropic', 'genai_prices', 'mcp') if name in sys.modules])"
    )
    assert sandbox.run([sys.executable, "-c", told], env=dict(os.environ)).stdout == b"[]\n"
