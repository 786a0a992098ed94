"""Any text with its secrets replaced: also where they are escaped, encoded or written as a URL, a form or JSON."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus, unquote

from outpace.delivery.exchanges.declared_patterns import DeclaredPatterns
from outpace.delivery.exchanges.documents import embedded, nested
from outpace.delivery.exchanges.dropped import Dropped
from outpace.delivery.exchanges.patterns import ALWAYS, BASE64, unpacked
from outpace.delivery.exchanges.placeholders import PLACEHOLDER, Placeholders
from outpace.delivery.exchanges.plain_values import LARGE, is_plain
from outpace.delivery.exchanges.secret_names import SecretNames, counts, is_second_factor

DEEPEST = 4
MOST_FOUND = 300
TAINTING = 6
"""A secret of that length is replaced wherever the same exchange holds it; a shorter one would be found by chance."""
_ASSIGNED = re.compile(
    r"(?<![\w.\[\]-])(?P<name>[\w.\[\]-]{2,200}+)(?P<is>\\?[\"']?\s{0,3}(?:=>?|:)\s{0,3})(?![\s=:])"
    r"(?P<value>\\?\"[^\"\n]*+\"|\\?'[^'\n]*+'|[^\s\"'&;,<>{}()\[\]\\]++)"
)
_TAG = re.compile(r"<[A-Za-z](?:[^<>\"']|\"[^\"]*+\"|'[^']*+'){0,4000}+>")
ATTRIBUTE = re.compile(r"([\w:-]{1,60}+)(\s{0,3}=\s{0,3})(\"[^\"]*+\"|'[^']*+'|[^\s\"'<>=]++)")
_NAMING = frozenset({"name", "id", "property", "itemprop", "autocomplete", "for", "class"})
_HOLDING = frozenset({"value", "content", "data-value", "placeholder"})
_TOKEN = re.compile(r"[^\s\"'<>]++")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}|&#?\w{1,10};|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\/")
_HEX = re.compile(r"%[0-9A-F]{2}|\\u[0-9A-F]{4}")
_UNICODE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(/))")


_NAMED = re.compile(r"[A-Za-z_$@][\w.$:\[\]-]{0,60}", re.ASCII)
_QUERIES = frozenset({"query", "mutation", "document"})
_COMMON = re.compile(r"[A-Za-z]{0,12}", re.ASCII)
SHORT = 4
_OF_AN_EXCHANGE = frozenset({"code", "key", "state"})
"""A country's, a color's; or what opens an account, which is longer than a word."""


class Texts:
    """One exchange's: `found` are its secrets, each with what stands for it."""

    def __init__(
        self,
        make: Placeholders,
        names: SecretNames,
        declared: DeclaredPatterns,
        keeps: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`keeps`: the name is of a field or header whose value is declared to be nobody's."""
        self.make = make
        self.secret_name = names
        self.keeps = keeps
        self._declared = declared
        self.found: dict[str, str] = {}

    def replaced(self, value: str, stands: Callable[[str], str] | None = None, *, elsewhere: bool = True) -> str:
        """The whole value is a secret, and is one where the exchange has it elsewhere."""
        if not value or PLACEHOLDER.fullmatch(value):
            return value
        placeholder = (stands or self.make.text)(value)
        if elsewhere:
            self._remember(value, placeholder)
        return placeholder

    def _remember(self, value: str, placeholder: str) -> None:
        if len(value) >= TAINTING:
            self.found.setdefault(value, placeholder)
        if len(self.found) > MOST_FOUND:
            raise Dropped("an exchange has more secrets than can be looked for")

    def text(self, text: str, depth: int = 0) -> str:
        """Raises TooSlow."""
        if not text or PLACEHOLDER.fullmatch(text):
            return text
        if depth < DEEPEST and ("{" in text or "[" in text or '\\"' in text):
            text = embedded(text, self, depth)
        text = self._plain(text)
        if depth >= DEEPEST and (_ESCAPED.search(text) or "{" in text or "[" in text or "\\" in text):
            raise Dropped("a text is packed in texts too often")
        if depth < DEEPEST:
            if _ESCAPED.search(text):
                text = _TOKEN.sub(lambda found: self._escaped(found[0], depth), text)
            text = BASE64.sub(lambda found: self._packed(found[0], depth), text)
        return text

    def value(self, name: str, value: str, depth: int = 0) -> str:
        """Of a field of a request. What no program would read as a number, a date, an id or a word may be anybody's,
        and does not stay."""
        if self.secret_name(name):
            return self.replaced(value)
        if self.keeps(name):
            return self.text(value, depth)
        if self.is_somebodys(name, value):
            return self.replaced(value, elsewhere=not _COMMON.fullmatch(value))
        if LARGE.fullmatch(value) and counts(name):
            return self.text(value, depth)
        return nested(value, self, depth, is_query=name.lower() in _QUERIES)

    def name(self, name: str) -> str:
        """Of a field, a column or a part: what no program would call one may be anybody's."""
        told = self.text(name)
        named = _NAMED.fullmatch(name) or is_plain(name) or PLACEHOLDER.fullmatch(told)
        return told if named else self.replaced(name, elsewhere=False)

    def header(self, name: str, value: str) -> str:
        """Of a request, where nothing says what it is for."""
        plain = _COMMON.fullmatch(value) or (value.isdigit() and len(value) <= SHORT)
        return self.value(name, value) if plain or self.keeps(name) else self.replaced(value)

    def is_somebodys(self, name: str, value: str) -> bool:
        if is_second_factor(name):
            return not (_COMMON.fullmatch(value) or (value.isdigit() and len(value) == 1))
        if name.lower() in _OF_AN_EXCHANGE:
            return not (_COMMON.fullmatch(value) or (value.isdigit() and len(value) <= SHORT))
        return self.secret_name.may_be_a_persons(name) and not (value.isdigit() and len(value) <= SHORT)

    def _plain(self, text: str) -> str:
        if "=" in text or ":" in text:
            text = _ASSIGNED.sub(self._assigned, text)
        if "<" in text:
            text = _TAG.sub(self._tag, text)
        for pattern, stands in ALWAYS:
            text = pattern.sub(lambda found, stands=stands: self._matched(found[0], stands), text)
        return self._declared.replace(text, lambda value: self.replaced(value, self.make.text))

    def _matched(self, value: str, stands: Callable[[str, Placeholders], str]) -> str:
        placeholder = stands(value, self.make)
        if placeholder != value and value[:-1] not in placeholder:
            self._remember(value.removesuffix("@"), placeholder.removesuffix("@"))
        return placeholder

    def _assigned(self, found: re.Match[str]) -> str:
        if not self.secret_name(found["name"]):
            return found[0]
        lead = found["value"][:1] == "\\"
        value = found["value"].removeprefix("\\")
        if value[:1] in {'"', "'"}:
            shut = value[-2:] if lead and value[-2:-1] == "\\" else value[-1:]
            inner = value[1 : -len(shut)]
            escape = "\\" if lead else ""
            return f"{found['name']}{found['is']}{escape}{value[0]}{self.replaced(inner)}{shut}"
        return f"{found['name']}{found['is']}{self.replaced(value)}"

    def _tag(self, found: re.Match[str]) -> str:
        """`<input name="csrf" value="...">`, `<meta name="csrf-token" content="...">`."""
        attributes = [(name.lower(), value.strip("\"'")) for name, _, value in ATTRIBUTE.findall(found[0])]
        if not any(name in _NAMING and self.secret_name(value) for name, value in attributes):
            return found[0]
        return ATTRIBUTE.sub(self._attribute, found[0])

    def _attribute(self, found: re.Match[str]) -> str:
        name, equals, value = found.groups()
        if name.lower() not in _HOLDING:
            return found[0]
        return f'{name}{equals}"{self.replaced(html.unescape(value.strip(chr(34) + chr(39))))}"'

    def _escaped(self, token: str, depth: int) -> str:
        if not _ESCAPED.search(token):
            return token
        decoded = token
        for _ in range(DEEPEST):
            once = html.unescape(unquote(_characters(decoded), errors="surrogateescape"))
            if once == decoded:
                break
            decoded = once
        redacted = self.text(decoded, depth + 1) if decoded != token else decoded
        if redacted == decoded:
            return token
        return quote(redacted, safe="/:?&=+,;@!~*'().-_", errors="replace") if "%" in token else html.escape(redacted)

    def _packed(self, token: str, depth: int) -> str:
        inner = unpacked(token)
        if inner is None:
            return token
        redacted = self.text(inner, depth + 1)
        return token if redacted == inner else base64.b64encode(redacted.encode()).decode().rstrip("=")

    def cleaned(self, text: str) -> str:
        """Without what was found elsewhere in the exchange, in any of its usual spellings."""
        for secret in sorted(self.found, key=len, reverse=True):
            for spelled, spell in spellings(secret):
                if spelled in text:
                    text = text.replace(spelled, spell(self.found[secret]))
        return text

    def left_in(self, text: str) -> bool:
        return any(spelled in text for secret in self.found for spelled, _ in spellings(secret))


def _characters(text: str) -> str:
    """Two halves become one character, and half a one becomes none."""
    if "\\" not in text:
        return text
    told = _UNICODE.sub(lambda found: found[3] or chr(int(found[1] or found[2], 16)), text)
    return told.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def spellings(secret: str) -> Iterator[tuple[str, Callable[[str], str]]]:
    """Each with what spells a placeholder the same way."""
    raw = secret.encode("utf-8", "surrogatepass")
    seen: set[str] = set()
    for spell in (_itself, _json, _json_ascii, _percent, _percent_all, _plus, html.escape, _base64, _base64_url, _hex):
        spelled = spell(raw.decode("utf-8", "replace"))
        for each in (spelled, _HEX.sub(lambda found: found[0].lower(), spelled)):
            if each not in seen:
                seen.add(each)
                yield each, spell


def _itself(text: str) -> str:
    return text


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _json_ascii(text: str) -> str:
    return json.dumps(text)[1:-1]


def _percent(text: str) -> str:
    return quote(text, safe="")


def _percent_all(text: str) -> str:
    return "".join(f"%{each:02X}" for each in text.encode())


def _plus(text: str) -> str:
    return quote_plus(text)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode().rstrip("=")


def _base64_url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _hex(text: str) -> str:
    return text.encode().hex()
