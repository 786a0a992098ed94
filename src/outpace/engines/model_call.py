"""The child process that asks a model: a call on its input, an answer on its output, the key in its hands alone.

The only importer of pydantic-ai and of what it brings. Nothing here is imported by the process that starts it but the
records at the top.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from outpace import __version__
from outpace.proving.proposing.edits import LONGEST_ANSWER
from outpace.proving.proposing.redacting import written_out
from outpace.proving.proposing.request import Answer, Answered, NotAnswered, Request
from outpace.sandbox import mask

if TYPE_CHECKING:
    import httpx2  # noqa: TID251  see `_http`
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model

LARGEST_BODY = 2 << 20
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
TOLD_TO_NOBODY = ("x-stainless-", "openai-organization", "openai-project")


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


class _Oversized(ValueError):
    """Has passed through the clients of the providers, which know nothing of it."""


def destination(provider: str, base_url: str) -> str:
    """The one address that is asked."""
    return (base_url or OWN[provider]).rstrip("/") + PATHS[provider]


def main() -> None:
    """Whatever else a library prints goes to standard error, which nobody reads as an answer."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    call = msgspec.json.decode(sys.stdin.buffer.read(), type=Call)
    elsewhere = _only(destination(call.request.model.partition(":")[0], call.base_url))
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
            why=f"the key {call.key} cannot be read", final=True, tokens_in=0, tokens_out=0, cost_usd=0.0
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


def _only(url: str) -> list[str]:
    """From here on this process reaches no host but the destination's and its proxy's; what else was tried is noted."""
    proxy = _proxy(url)
    allowed = {urlsplit(each).hostname for each in (url, proxy) if each}
    looked_up: list[str] = []
    refused: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            host: object = arguments[0]
        elif event == "socket.connect" and arguments[0].family != socket.AF_UNIX and not looked_up:
            host = arguments[1][0]  # by its number, so that no name had to be looked up
        else:
            return
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        if name not in allowed:
            refused.append(name[:200])
            raise PermissionError(f"{name[:200]} is not the model's server")
        if event == "socket.getaddrinfo":
            looked_up.append(name)

    sys.addaudithook(watch)
    return refused


def _proxy(url: str) -> str:
    """What the environment says for this one address; empty for none, as always for this machine itself."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in {"localhost", "127.0.0.1", "::1"} or proxy_bypass(host):
        return ""
    proxy = getproxies().get(parts.scheme, "")
    return proxy if "//" in proxy or not proxy else f"http://{proxy}"


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
            text=text, model=written_out(" ".join((response.model_name or self._name).split()))[:200], provider=self._provider, tokens_in=tokens[0],
            tokens_out=tokens[1], cost_usd=cost, seconds=self._took(), tries=self._tries,
            elsewhere=tuple(self._elsewhere),
        )  # fmt: skip

    def _cost(self, response: ModelResponse) -> float | None:
        usage = response.usage
        name = response.model_name or self._name
        return _price(name, self._provider, self._call.base_url, usage.input_tokens, usage.output_tokens)


def _model(provider: str, name: str, base_url: str, key: str) -> Model[Any]:
    """Our own client and transport: nothing of the environment chooses the address, and no redirect is followed."""
    http = _http(key, destination(provider, base_url))
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


def _http(key: str, url: str) -> httpx2.AsyncClient:
    import httpx2  # noqa: TID251  the clients of the providers take one of these and nothing else

    class Whole(httpx2.AsyncByteStream):
        """The body of an answer, up to its limit."""

        def __init__(self, inner: httpx2.AsyncByteStream) -> None:
            self._inner = inner

        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for part in self._inner:
                size += len(part)
                if size > LARGEST_BODY:
                    raise _Oversized(f"the answer has more than {LARGEST_BODY >> 20} MiB")
                yield part

        async def aclose(self) -> None:
            await self._inner.aclose()

    class Bounded(httpx2.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            unwanted = [name for name in request.headers if name.lower().startswith(TOLD_TO_NOBODY)]
            for name in (*unwanted, *(() if key else ("authorization", "x-api-key"))):
                request.headers.pop(name, None)
            request.headers["user-agent"] = f"outpace/{__version__}"
            request.headers["accept-encoding"] = "identity"  # a small body that unpacks to a large one is no use here
            response = await super().handle_async_request(request)
            if response.headers.get("content-encoding", "identity") != "identity":
                raise _Oversized("the answer is compressed, which was not asked for")
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            response.stream = Whole(response.stream)
            return response

    return httpx2.AsyncClient(follow_redirects=False, transport=Bounded(proxy=_proxy(url) or None))


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


def _sentence(error: BaseException) -> str:
    seen = error
    while seen is not None:
        if isinstance(seen, _Oversized):
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
