"""What a server of language models does in both protocols: asked of the fake, and of a real one where it is named.

OUTPACE_TEST_MODEL_URL is its address with /v1, OUTPACE_TEST_MODEL its model, OUTPACE_TEST_MODEL_PROTOCOL openai (as
if left out) or anthropic, OUTPACE_TEST_MODEL_KEY a reference to its key.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from msgspec import Struct

from outpace.engines.language_model import LanguageModel
from outpace.model import proposers
from outpace.proving.proposing.ports import NoProposal, Proposal
from tests.fakes.model_server import edits, model_server
from tests.fakes.model_task import LINE, RIGHT, asked, tree

REAL = os.environ.get("OUTPACE_TEST_MODEL_URL", "")
PROTOCOL = os.environ.get("OUTPACE_TEST_MODEL_PROTOCOL", "openai")


class Server(Struct, frozen=True, kw_only=True):
    protocol: str
    url: str  # with /v1
    model: str
    key: str = ""
    real: bool = False

    @property
    def base_url(self) -> str:
        """As a user would write it."""
        return self.url if self.protocol == "openai" else self.url.removesuffix("/v1")

    def ask(self, *, stream: bool, model: str = "") -> httpx2.Response:
        address = self.url + {"openai": "/chat/completions", "anthropic": "/messages"}[self.protocol]
        body = {
            "model": model or self.model,
            "max_tokens": 200,
            "stream": stream,
            "messages": [{"role": "user", "content": "Say the one word: apple"}],
        }
        secret = os.environ.get(self.key.removeprefix("env:"), "")
        headers = {"anthropic-version": "2023-06-01"} if self.protocol == "anthropic" else {}
        name = {"anthropic": "x-api-key", "openai": "authorization"}[self.protocol]
        keyed = {name: secret if name == "x-api-key" else f"Bearer {secret}"} if secret else {}
        return httpx2.post(address, json=body, headers=headers | keyed, timeout=120)


SERVERS = ["openai", "anthropic", *(["real"] if REAL else [])]


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if request.param == "real":
        model, key = (os.environ.get(f"OUTPACE_TEST_MODEL{each}", "") for each in ("", "_KEY"))
        yield Server(protocol=PROTOCOL, url=REAL, model=model, key=key, real=True)
        return
    with model_server() as fake:
        fake.says(edits(("shop/files.py", LINE, RIGHT), why="apple"))
        yield Server(protocol=request.param, url=fake.openai, model="claude-sonnet-4-5")


def events(response: httpx2.Response) -> list[dict[str, Any]]:
    lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: ")]
    return [msgspec.json.decode(line) for line in lines if line != "[DONE]"]


def test_a_plain_answer_has_its_text_its_end_its_model_and_its_tokens(server: Server) -> None:
    response = server.ask(stream=False)
    document = response.json()
    if server.protocol == "openai":
        choice = document["choices"][0]
        text, finish = choice["message"]["content"], choice["finish_reason"]
        tokens = (document["usage"]["prompt_tokens"], document["usage"]["completion_tokens"])
    else:
        text, finish = document["content"][0]["text"], document["stop_reason"]
        tokens = (document["usage"]["input_tokens"], document["usage"]["output_tokens"])
    assert (response.status_code, response.headers["content-type"].split(";")[0]) == (200, "application/json")
    assert "apple" in text.lower()
    assert finish in {"stop", "end_turn"}
    assert (bool(document["model"]), min(tokens) > 0) == (True, True)


def test_a_streamed_answer_says_the_same_in_pieces(server: Server) -> None:
    response = server.ask(stream=True)
    got = events(response)
    assert response.headers["content-type"].split(";")[0] == "text/event-stream"
    if server.protocol == "openai":
        pieces = [each["choices"][0]["delta"].get("content") or "" for each in got if each["choices"]]
        ends = [each["choices"][0]["finish_reason"] for each in got if each["choices"]]
        assert (ends.count("stop"), response.text.rstrip().endswith("data: [DONE]")) == (1, True)
    else:
        pieces = [each["delta"].get("text", "") for each in got if each["type"] == "content_block_delta"]
        kinds = [each["type"] for each in got if each["type"] != "ping"]
        assert (kinds[0], kinds[-2:]) == ("message_start", ["message_delta", "message_stop"])
    assert len(pieces) > 1
    assert "apple" in "".join(pieces).lower()


def test_an_attempt_is_a_diff_or_a_sentence_and_says_what_it_took(server: Server, tmp_path: Path) -> None:
    """Of a real model it is not known whether it mends anything; of the fake it is."""
    config = proposers.LanguageModel(
        name=f"{server.protocol}:{server.model}", base_url=server.base_url, key=server.key, send=("shop/**",)
    )
    task = asked(tree(tmp_path / "tree"))
    answer = LanguageModel(config=config, records=tmp_path / "state").propose(
        task, seconds=240, tokens=None, cost_usd=None
    )
    assert isinstance(answer, Proposal | NoProposal if server.real else Proposal), answer
    assert (answer.spent.tokens_in or 0) > 0
    assert (answer.spent.tokens_out or 0) > 0
    assert (tmp_path / "state" / "model-answers.jsonl").exists()
