"""A language model as a proposer: asked by a child process, answered in edits, each answer kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from outpace import sandbox
from outpace.engines.model_call import OWN, Call, Priced, destination
from outpace.engines.model_files import Prepared, prepared
from outpace.engines.model_records import append, kept
from outpace.model import proposers
from outpace.model.errors import BadConfiguration, Error, ToolMissing, ToolTimedOut
from outpace.proving.proposing.budget import Estimate
from outpace.proving.proposing.conversing import Conversation, converse
from outpace.proving.proposing.edits import Carried
from outpace.proving.proposing.ports import Asked, NoProposal, Proposal, Spent
from outpace.proving.proposing.request import LONGEST_SHOWN_AGAIN, Answer, Answered, NotAnswered, Request, again

LARGEST_OUTPUT = 4 << 20
NOTHING = Spent(tokens_in=0, tokens_out=0, cost_usd=0.0)
STARTING = 30.0
"""Seconds that the child may take besides the answer: it imports for about two."""

PASSED_ON = frozenset(
    {"PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY",
     "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"}
)  # fmt: skip
"""Neither another key nor what would choose another server, as OPENAI_BASE_URL does."""

SILENT = {
    "OTEL_SDK_DISABLED": "true",
    "LOGFIRE_SEND_TO_LOGFIRE": "false",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "DO_NOT_TRACK": "1",
}


class DryRun(Struct, frozen=True, kw_only=True):
    """What would leave this machine, and where to: `request` is the JSON of every text that is sent."""

    destination: str
    request: bytes
    digest: str
    files: tuple[str, ...]
    held_back: tuple[tuple[str, str], ...]  # paths that the task names, and why each is not sent
    redacted: int
    most_tokens: int


class LanguageModel:
    """Implements `proving.proposing.ports.Proposer`."""

    name = "model"

    def __init__(
        self, *, config: proposers.LanguageModel, records: Path, report: Callable[[str], None] = lambda _event: None
    ) -> None:
        """Raises BadConfiguration, and ToolMissing without the extra."""
        _check(config)
        self._config = config
        self._records = records
        self._report = report
        self._provider = config.name.partition(":")[0]

    def dry_run(self, asked: Asked) -> DryRun:
        """Nothing is sent, and no key is read."""
        first = prepared(asked, self._config)
        return DryRun(
            destination=destination(self._provider, self._config.base_url),
            request=msgspec.json.encode(first.request),
            digest=first.request.digest,
            files=tuple(each.path for each in first.sent.pieces),
            held_back=first.sent.held_back,
            redacted=first.sent.redacted,
            most_tokens=first.request.most_tokens,
        )

    def estimate(self, asked: Asked) -> Estimate:
        """The most that one attempt takes, the second question included. Sends nothing."""
        first = prepared(asked, self._config)
        second = again(first.request, "x" * LONGEST_SHOWN_AGAIN, "x", first.redactor)
        done = sandbox.run(
            _argv(), env=self._environment(), stdin=msgspec.json.encode(self._call(second, 0.0, None, estimate=True)),
            timeout=timedelta(seconds=STARTING), limit=LARGEST_OUTPUT,
        )  # fmt: skip
        price = msgspec.json.decode(done.stdout, type=Priced).cost_usd
        return Estimate(
            tokens=first.request.most_tokens + second.most_tokens,
            cost_usd=None if price is None else 2 * price,
            seconds=2 * self._config.seconds,
        )

    def propose(
        self, asked: Asked, *, seconds: float, tokens: int | None, cost_usd: float | None
    ) -> Proposal | NoProposal:
        try:
            first = prepared(asked, self._config)
        except Error as error:
            return NoProposal(why=error.message, by=self.name)
        if not first.shown and not asked.created:
            why = "`send` of [proposers.model] lets none of the files leave that this task edits"
            return NoProposal(why=why, final=True, absent="not configured", by=self.name, spent=NOTHING)
        self._report(f"asking {self._config.name} at {destination(self._provider, self._config.base_url)}")
        left = _Left(seconds, tokens, cost_usd)
        talk = converse(first.request, lambda request: self._asked(request, left), first.carry_out, first.redactor)
        return self._proposed(talk, first)

    def _proposed(self, talk: Conversation, first: Prepared) -> Proposal | NoProposal:
        by = f"{self._provider}:{talk.model or self._config.name.partition(':')[2]} through {_version()}"
        digest = talk.request.digest
        if isinstance(talk.end, Carried):
            return Proposal(diff=talk.end.diff, by=by, request=digest, spent=talk.spent, said=talk.said)
        final = isinstance(talk.end, NotAnswered) and talk.end.final
        absent = talk.end.absent if isinstance(talk.end, NotAnswered) and len(talk.answers) == 1 else None
        why = first.redactor.fit(talk.end.why)
        return NoProposal(
            why=why, final=final, absent=absent, by=by, request=digest,
            spent=talk.spent, said=talk.said,
        )  # fmt: skip

    def _asked(self, request: Request, left: _Left) -> Answer:
        if left.tokens is not None and request.most_tokens > left.tokens:
            why = f"the call may take {request.most_tokens:,} tokens, and {max(0, left.tokens):,} are left"
            return NotAnswered(why=why, tokens_in=0, tokens_out=0, cost_usd=0.0)
        seconds = min(self._config.seconds, left.seconds)
        if seconds <= 0:
            return NotAnswered(why="no time is left", tokens_in=0, tokens_out=0, cost_usd=0.0)
        answer = self._called(self._call(request, seconds, left.cost_usd), seconds)
        left.take(request, answer)
        return self._kept(request, answer) if isinstance(answer, Answered) else answer

    def _kept(self, request: Request, answer: Answered) -> Answer:
        """What cannot be kept is not used: nobody could say later where it came from."""
        try:
            append(self._records, kept(request, answer))
        except OSError as error:
            return NotAnswered(
                why=f"the answer could not be kept in {self._records}: {error.strerror}", final=True,
                tokens_in=answer.tokens_in, tokens_out=answer.tokens_out, cost_usd=answer.cost_usd,
                seconds=answer.seconds,
            )  # fmt: skip
        return answer

    def _call(self, request: Request, seconds: float, cost_usd: float | None, *, estimate: bool = False) -> Call:
        kind, _, place = self._config.key.partition(":")
        key = f"file:{Path(place).expanduser().absolute()}" if kind == "file" else self._config.key
        return Call(
            request=request, base_url=self._config.base_url, key=key, seconds=seconds, cost_usd=cost_usd,
            estimate=estimate,
        )  # fmt: skip

    def _called(self, call: Call, seconds: float) -> Answer:
        """The child is ended when its time is over, whatever its server does."""
        try:
            done = sandbox.run(
                _argv(), env=self._environment(), stdin=msgspec.json.encode(call), accept=None, limit=LARGEST_OUTPUT,
                timeout=timedelta(seconds=seconds + STARTING),
            )  # fmt: skip
        except ToolTimedOut:
            return NotAnswered(why=f"the model did not answer within {seconds:g} s", seconds=seconds)
        try:
            return msgspec.json.decode(done.stdout, type=Answer)
        except msgspec.DecodeError:
            said = sandbox.mask(done.stderr.decode(errors="replace").strip())[-300:]
            return NotAnswered(why=f"the call ended with status {done.returncode}: {said}", seconds=seconds)

    def _environment(self) -> dict[str, str]:
        kind, _, name = self._config.key.partition(":")
        names = PASSED_ON | ({name} if kind == "env" else set[str]())
        return {name: value for name, value in os.environ.items() if name in names} | SILENT


class _Left:
    """Of what one attempt may take; what is not known counts as the most that it can have been."""

    def __init__(self, seconds: float, tokens: int | None, cost_usd: float | None) -> None:
        self.seconds = seconds
        self.tokens = tokens
        self.cost_usd = cost_usd

    def take(self, request: Request, answer: Answer) -> None:
        self.seconds -= answer.seconds
        if self.tokens is not None:
            known = answer.tokens_in is not None and answer.tokens_out is not None
            self.tokens -= (answer.tokens_in or 0) + (answer.tokens_out or 0) if known else request.most_tokens
        if self.cost_usd is not None:
            self.cost_usd -= answer.cost_usd or 0.0


def _argv() -> list[str]:
    return [sys.executable, "-I", "-m", "outpace.engines.model_call"]


def _check(config: proposers.LanguageModel) -> None:
    provider = config.name.partition(":")[0]
    if provider not in OWN:
        raise BadConfiguration(
            f"`name` of [proposers.model] is {config.name!r}, and {provider!r} is no provider that is known",
            hint="openai:MODEL with a base_url speaks to any compatible server; anthropic:MODEL to Anthropic's",
        )
    parts = urlsplit(config.base_url)
    if config.base_url and (parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc):
        raise BadConfiguration(
            "`base_url` of [proposers.model] is not an http(s) address without a user",
            hint="for example http://127.0.0.1:11434/v1; a key goes into `key`, as env:NAME or file:PATH",
        )
    missing = [name for name in ("pydantic_ai", provider) if find_spec(name) is None]
    if missing:
        raise ToolMissing(f"asking a model needs {missing[0]}", hint='pip install "outpace[ai]"')


def _version() -> str:
    return f"pydantic-ai {metadata.version('pydantic-ai-slim')}"
