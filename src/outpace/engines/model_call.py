"""The child process that asks a model: a call on its input, an answer on its output, the key in its hands alone.

The only importer of pydantic-ai and of what it brings. Nothing here is imported by the process that starts it but the
records at the top.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from outpace.engines.model_network import Oversized, client_of, reaching_only, unreached
from outpace.proving.proposing.edits import LONGEST_ANSWER
from outpace.proving.proposing.redacting import written_out
from outpace.proving.proposing.request import Answer, Answered, NotAnswered, Request
from outpace.sandbox import mask

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model

LARGEST_KEY = 8 << 10
TRIES = 3
PAUSE = 0.5
LONGEST_ERROR = 400
SHORTEST_KEY = 6
ALMOST_NOTHING = 0.2
TOO_MANY_REQUESTS = 429
OVERLOADED = 529
FIRST_SERVER_ERROR = 500
OWN = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
PATHS = {"openai": "/chat/completions", "anthropic": "/v1/messages"}


class Call(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`key` is a reference. `cost_usd` is what is left; None means that no price bounds it. `estimate` asks nothing."""

    request: Request
    base_url: str
    key: str
    seconds: float
    cost_usd: float | None = None
    estimate: bool = False


class Priced(Struct, frozen=True, kw_only=True):
    """The most that it may cost; None where no price is known."""

    cost_usd: float | None


def destination(provider: str, base_url: str) -> str:
    """The one address that is asked."""
    return (base_url or OWN[provider]).rstrip("/") + PATHS[provider]


def main() -> None:
    """Whatever else a library prints goes to standard error, which nobody reads as an answer."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    call = msgspec.json.decode(sys.stdin.buffer.read(), type=Call)
    elsewhere = reaching_only(destination(call.request.model.partition(":")[0], call.base_url))
    answer = Priced(cost_usd=_most(call)) if call.estimate else answered(call, elsewhere)
    with out:
        out.write(msgspec.json.encode(answer))


def answered(call: Call, elsewhere: list[str]) -> Answer:
    began = time.monotonic()
    provider, _, name = call.request.model.partition(":")
    most = _most(call)
    if call.cost_usd is not None and most is not None and most > call.cost_usd:
        return NotAnswered(
            why=f"the call may cost ${most:.4f}, and ${max(0.0, call.cost_usd):.4f} is left", cost_usd=0.0,
            tokens_in=0, tokens_out=0,
        )  # fmt: skip
    try:
        key = _key(call.key)
    except (OSError, ValueError, KeyError):
        return NotAnswered(
            why=f"the key {call.key} cannot be read",
            final=True,
            absent="not configured",
            tokens_in=0,
            tokens_out=0,
            cost_usd=0.0,
        )
    return _Asking(call, provider, name, key, elsewhere, began).answer()


def _key(reference: str) -> str:
    kind, _, place = reference.partition(":")
    if not reference:
        return ""
    if kind == "env":
        return os.environ[place].strip()
    with Path(place).open("rb") as file:
        key = file.read(LARGEST_KEY).decode("ascii").strip()
    if not key or not key.isprintable():
        raise ValueError(place)
    return key


class _Asking:
    """One request, tried again where the server says that it is busy."""

    def __init__(self, call: Call, provider: str, name: str, key: str, elsewhere: list[str], began: float) -> None:
        self._call = call
        self._provider = provider
        self._name = name
        self._key = key
        self._elsewhere = elsewhere
        self._began = began
        self._since = began
        self._tries = 0

    def answer(self) -> Answer:
        from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError, UnexpectedModelBehavior, UserError

        model = _model(self._provider, self._name, self._call.base_url, self._key)
        import_module("pydantic_ai.direct")
        self._since = time.monotonic()  # what was imported until here is no fault of the server
        while True:
            self._tries += 1
            try:
                return self._read(self._asked(model))
            except ModelHTTPError as error:
                wait = _wait(error.status_code, error.headers, self._tries)
                said = _said(error.body) or "nothing more"
                if wait is None or self._tries >= TRIES:
                    final = wait is None
                    return self._none(f"the server answered with status {error.status_code}: {said}", final=final)
                if wait > self._left():
                    return self._none(
                        f"the server is busy and asks to wait {wait:g} s, and {self._left():.0f} s are left"
                    )
                time.sleep(wait)
            except (ModelAPIError, UnexpectedModelBehavior, UserError, ValueError, TypeError, OSError) as error:
                if away := unreached(error, destination(self._provider, self._call.base_url)):
                    return self._unreached(away)
                late = self._left() < ALMOST_NOTHING
                return self._none(
                    f"the model did not answer within {self._call.seconds:g} s" if late else _sentence(error)
                )

    def _left(self) -> float:
        return max(0.0, self._call.seconds - (time.monotonic() - self._since))

    def _none(self, why: str, *, final: bool = False) -> NotAnswered:
        """What a call that failed has cost, nobody says."""
        elsewhere = tuple(self._elsewhere)
        why = self._without_key(why)[:LONGEST_ERROR]
        return NotAnswered(why=why, final=final, seconds=self._took(), tries=self._tries, elsewhere=elsewhere)

    def _unreached(self, why: str) -> NotAnswered:
        """Nothing was sent, so it has cost nothing."""
        return NotAnswered(
            why=self._without_key(why), final=True, absent="unreachable", tokens_in=0, tokens_out=0, cost_usd=0.0,
            seconds=self._took(), tries=self._tries, elsewhere=tuple(self._elsewhere),
        )  # fmt: skip

    def _without_key(self, text: str) -> str:
        """A server may repeat it."""
        return text.replace(self._key, "***") if len(self._key) >= SHORTEST_KEY else text

    def _took(self) -> float:
        return round(time.monotonic() - self._began, 3)

    def _asked(self, model: Model[Any]) -> ModelResponse:
        import warnings

        from pydantic_ai.direct import model_request_sync
        from pydantic_ai.models import ModelRequestParameters
        from pydantic_ai.output import OutputObjectDefinition

        schema = msgspec.json.decode(self._call.request.schema)
        native = bool(model.profile.get("supports_json_schema_output", False))
        settings = self._call.request.settings
        warnings.simplefilter("ignore")  # a setting that the model does not know is left out; see docs/models.md
        return model_request_sync(
            model,
            _messages(self._call.request),
            model_settings={
                "max_tokens": settings.max_tokens,
                "temperature": settings.temperature,
                "timeout": max(0.1, self._left()),
                "max_retries": 0,
            },
            model_request_parameters=ModelRequestParameters(
                output_mode="native" if native else "text",
                allow_text_output=True,
                output_object=OutputObjectDefinition(json_schema=schema, name="edits", strict=True) if native else None,
            ),
            instrument=False,
        )

    def _read(self, response: ModelResponse) -> Answer:
        usage = response.usage
        counted = bool(usage.input_tokens or usage.output_tokens)
        tokens = (usage.input_tokens, usage.output_tokens) if counted else (None, None)
        cost = self._cost(response) if counted else None
        text = (response.text or "").encode("utf-8", "replace").decode()  # JSON can write half a character
        text = self._without_key(text)
        why = ""
        if response.finish_reason == "length":
            why = f"the answer was cut off at {self._call.request.settings.max_tokens:,} tokens"
        elif response.finish_reason == "content_filter":
            why = "the provider's filter kept the answer back"
        elif not text.strip():
            why = "the answer holds no text"
        elif len(text) > LONGEST_ANSWER:
            why = f"the answer has more than {LONGEST_ANSWER >> 10} KiB"
        if why:
            return NotAnswered(
                why=why, tokens_in=tokens[0], tokens_out=tokens[1], cost_usd=cost, seconds=self._took(),
                tries=self._tries, elsewhere=tuple(self._elsewhere),
            )  # fmt: skip
        return Answered(
            text=text, model=_shown(response.model_name or self._name), provider=self._provider, tokens_in=tokens[0],
            tokens_out=tokens[1], cost_usd=cost, seconds=self._took(), tries=self._tries,
            elsewhere=tuple(self._elsewhere),
        )  # fmt: skip

    def _cost(self, response: ModelResponse) -> float | None:
        usage = response.usage
        name = response.model_name or self._name
        return _price(name, self._provider, self._call.base_url, usage.input_tokens, usage.output_tokens)


def _model(provider: str, name: str, base_url: str, key: str) -> Model[Any]:
    """Our own client and transport: nothing of the environment chooses the address, and no redirect is followed."""
    http = client_of(key, destination(provider, base_url))
    if provider == "anthropic":
        from anthropic import AsyncAnthropic
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        theirs = AsyncAnthropic(
            base_url=base_url or OWN[provider], api_key=key or "none", max_retries=0, http_client=http
        )
        profile: Any = {"may_tokenize_special_tokens_in_content": False}
        return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=theirs), profile=profile)
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    ours = AsyncOpenAI(base_url=base_url or OWN[provider], api_key=key or "none", max_retries=0, http_client=http)
    profile = {"may_tokenize_special_tokens_in_content": False}  # written out by us, and shown so by a dry run
    if base_url:
        profile["openai_chat_supports_max_completion_tokens"] = False  # servers of one's own know the older name
    return OpenAIChatModel(name, provider=OpenAIProvider(openai_client=ours), profile=profile)


def _messages(request: Request) -> list[ModelMessage]:
    from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, UserPromptPart

    rules = "\n".join(each.text for each in request.messages if each.role == "system")
    messages: list[ModelMessage] = []
    for each in request.messages:
        if each.role == "user":
            messages.append(ModelRequest(parts=[UserPromptPart(each.text)], instructions=rules))
        elif each.role == "assistant":
            messages.append(ModelResponse(parts=[TextPart(each.text)]))
    return messages


def _wait(status: int, headers: dict[str, str] | None, tries: int) -> float | None:
    """Seconds until the next try; None where another would be answered in the same way."""
    if status not in {408, TOO_MANY_REQUESTS} and status < FIRST_SERVER_ERROR:
        return None
    told = (headers or {}).get("retry-after", "")
    if told.isdigit():
        return float(told[:6])
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())  # noqa: TID251  a child's clock
    except (TypeError, ValueError):
        return PAUSE * 2 ** (tries - 1)


def _said(body: object) -> str:
    """What a server says of an error may repeat the key."""
    try:
        text = body if isinstance(body, str) else msgspec.json.encode(body).decode()
    except (TypeError, ValueError):
        return ""
    return mask(text)


def _shown(name: str) -> str:
    return written_out(" ".join(name.split()))[:200]


def _sentence(error: BaseException) -> str:
    seen = error
    while seen is not None:
        if isinstance(seen, Oversized):
            return str(seen)
        seen = seen.__cause__ or seen.__context__
    words = mask(" ".join(str(error).split()))
    return f"the server's answer could not be read: {words or type(error).__name__}"


def _most(call: Call) -> float | None:
    provider, _, name = call.request.model.partition(":")
    most_out = call.request.settings.max_tokens
    return _price(name, provider, call.base_url, call.request.most_tokens - most_out, most_out)


def _price(name: str, provider: str, base_url: str, tokens_in: int, tokens_out: int) -> float | None:
    """By the prices that came with the package: nothing is asked. A server of one's own has none."""
    from genai_prices import Usage, calc_price

    try:
        url = base_url or OWN[provider]
        usage = Usage(input_tokens=tokens_in, output_tokens=tokens_out)
        return float(calc_price(usage, name, provider_api_url=url).total_price)
    except (LookupError, ValueError):
        return None


if __name__ == "__main__":
    main()
