"""Other inputs with the same effect: a witness's texts written in the ways that filters forget.

Made in great number and without knowledge of what is attacked; each kind may be wild, since one that has no effect on
base may well have one on a change that decodes it. They are held out: whoever proposes a change never sees them.
"""

from __future__ import annotations

import base64
import codecs
import html
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from outpace.proving.ladder import forms
from outpace.proving.ladder.cases import (
    Activates,
    Case,
    Connects,
    LeadsTo,
    Leaks,
    One,
    Oracle,
    Returns,
    TakesLong,
    Witness,
    numbered,
)
from outpace.proving.ladder.literals import Spelling, plainly, replaced
from outpace.proving.ladder.other_types import EQUAL, of_other_types

MOST = 320
OTHER_WAY = "another way in"
MOST_THAT_TAKE_LONG = 12
"""Each of them takes its time on base."""
LONGEST = 4000
EVALUATED = re.compile(r"[(\[{`%]|__|\bimport\b|\blambda\b")
TAILS = (
    "' or '1'='1", "' OR 1=1 --", "' oR 1=1--", "' or 2>1 --", "') or ('1'='1", "' or 'a' like 'a", "' or 1 in (1) --",
    "'/**/or/**/1=1--", "' or true --", '" or "1"="1', " or 1=1", "1 or 1=1",
)  # fmt: skip
FRONTS = (
    "//", "///", "/\\", "\\\\", "\\/", "/\t/", "/\n/", "\t//", " //", "http:", "https:", "https:/", "https:///", "HTTPS://",
    "hTTp://", "http:\\\\", "https:\\", "ftp://", "//x@", "https://x@", "https://a:b@",
)  # fmt: skip


def variants(witnesses: Sequence[Witness], siblings: Sequence[str] = (), *, seed: int = 0) -> tuple[Case, ...]:
    """`siblings` are expressions for other ways in, tried with each witness's setup, and always. The same seed gives
    the same. Where a witness is told by what it returns, another spelling may well be one that may return it: its texts
    are given as equal ones of another class, and no other."""
    ways = [
        _case(number, each, does, OTHER_WAY)
        for does in siblings
        for number, each in enumerate(witnesses)
        if not says_itself(each, does)
    ]
    found: dict[tuple[str, str, Oracle], Case] = {}
    for each in ways:
        found.setdefault((each.setup, each.does, witnesses[each.of].exploited), each)
    spelled: dict[tuple[str, str, Oracle], Case] = {}
    for number, witness in enumerate(witnesses):
        for sort, does, way in _of_ways(witness, siblings):
            if does == witness.does or len(does) > LONGEST or says_itself(witness, does):
                continue
            key = (witness.setup, does, witness.exploited)
            if key not in found:
                spelled.setdefault(key, _case(number, witness, does, sort, control_of(witness, way, does)))
    drawn = list(spelled.values())
    random.Random(seed).shuffle(drawn)  # noqa: S311  drawn again by whoever has the seed
    chosen = (list(found.values()) + of_each_sort(drawn))[:MOST]
    slow = [each for each in chosen if isinstance(witnesses[each.of].exploited, TakesLong)]
    chosen = [each for each in chosen if each not in slow[MOST_THAT_TAKE_LONG:]]
    return numbered("variant", chosen)


def _of_ways(witness: Witness, siblings: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for way in (witness.does, *siblings):
        if not says_itself(witness, way):
            made = _equal(way) if isinstance(witness.exploited, Returns) else _of(way)
            yield from ((sort, does, way) for sort, does in made)


def control_of(witness: Witness, way: str, does: str) -> tuple[str, str] | None:
    """What has to be harmless, where a whole address of a way in is none any more: a path of the same site is another
    input, but where the effect is where somebody is led to."""
    if isinstance(witness.exploited, LeadsTo | Connects | Activates):
        return None
    plain = plainly(way, does)
    return (witness.setup, plain) if plain else None


def _equal(does: str) -> Iterator[tuple[str, str]]:
    return ((OTHER_TYPE, other) for other in of_other_types(does, forms=(EQUAL,)))


def says_itself(witness: Witness, does: str) -> bool:
    """Whether what would be a leak is put into the input, which an answer may well repeat."""
    match witness.exploited:
        case Leaks(text):
            return text in does and text not in witness.does
        case _:
            return False


def of_each_sort(cases: Sequence[Case]) -> list[Case]:
    """Round after round one of each sort, so that a cut leaves none out."""
    by_sort: dict[str, list[Case]] = {}
    for case in cases:
        by_sort.setdefault(case.sort, []).append(case)
    return in_rounds(by_sort.values())


def in_rounds(groups: Iterable[list[One]]) -> list[One]:
    """The last of each group, then the last but one, and so on."""
    left, rounds = [group for group in groups if group], list[One]()
    while left:
        rounds += [group.pop() for group in left]
        left = [group for group in left if group]
    return rounds


def _case(number: int, witness: Witness, does: str, sort: str, control: tuple[str, str] | None = None) -> Case:
    return Case(id="", setup=witness.setup, does=does, of=number, sort=sort, control=control)


def _of(does: str) -> Iterator[tuple[str, str]]:
    """(sort, expression): one text of the expression spelled anew."""
    for sort, spelling in SPELLINGS.items():
        for other in replaced(does, spelling):
            yield sort, other
    for other in of_other_types(does):
        yield OTHER_TYPE, other


def _cases(text: str) -> Iterator[str]:
    yield text.upper()
    yield text.lower()
    yield text.swapcase()
    yield "".join(each.upper() if number % 2 else each.lower() for number, each in enumerate(text))


def _spaces(text: str) -> Iterator[str]:
    for space in ("\t", "\n", "\r\n", "\x0b", "\x0c", "\xa0", "  ", "/**/", "+", "${IFS}"):
        yield text.replace(" ", space)
    yield re.sub(r"\s*([=<>(),;])\s*", r" \1 ", text)


def _around(text: str) -> Iterator[str]:
    for piece in (
        " ", "\t", "\n", "\r\n", "\x00", "\x01", "./", "/", "a", "0", "'", '"', "\ufeff", "\u200b", "#", "%", "\u00e9",
        "\u65e5",
    ):  # fmt: skip
        yield piece + text
        yield text + piece


def _percent(text: str) -> Iterator[str]:
    once = quote(text, safe="")
    yield once
    yield quote(once, safe="")
    yield "".join(f"%{ord(each):02x}" if ord(each) < 128 and not each.isalnum() else each for each in text)
    yield text.replace(".", "%2e").replace("/", "%2f")
    yield text.replace("/", "%2f")
    yield text.replace("/", "%5c")


def _doubled(text: str) -> Iterator[str]:
    """What a filter removes once is there again once it has been removed."""
    for piece in (
        "../",
        "..\\",
        "./",
        "<script>",
        "</script>",
        "script",
        "--",
        "'",
        '"',
        ";",
        "&&",
        "|",
        "javascript:",
    ):
        if piece.lower() in text.lower():
            half = max(1, len(piece) // 2)
            yield text.replace(piece, piece[:half] + piece + piece[half:])
            yield text.replace(piece, piece + piece)
    for word in re.findall(r"[A-Za-z_]{3,}", text):
        yield text.replace(word, word[:2] + word + word[2:])


def _paths(text: str) -> Iterator[str]:
    if "/" not in text and ".." not in text:
        return
    yield text.replace("/", "\\")
    yield text.replace("/", "//")
    yield text.replace("../", "..//")
    yield text.replace("../", "./../")
    yield text.replace("../", "x/../../")
    yield text.replace("../", "..\\")
    for front in (
        "./",
        "x/../",
        "sub/../",
        "a/b/../../",
        ".//",
        "\u00e9/../",
        "{room}/",
        "{room}/sub/",
        "file://{room}/",
    ):
        yield front + text
    last = text.rpartition("../")[2]
    for front in (
        "{room}/",
        "{room}/../",
        "{room}/sub/../../",
        "/proc/self/cwd/../",
        "/proc/self/cwd/",
        "~/../",
        "{outside}/",
    ):
        yield front + last
    yield text + "/."
    yield text + "/"
    yield text + "/../" + text.rpartition("/")[2]


def _statements(text: str) -> Iterator[str]:
    """SQL."""
    if not re.search(r"['\"=]|--|\bor\b|\bunion\b", text, re.IGNORECASE):
        return
    yield text.replace("'", '"')
    yield text.replace("--", "#")
    yield text.replace("--", "/*")
    yield re.sub(r"\b(or|and|union|select|from|where)\b", _mixed, text, flags=re.IGNORECASE)
    yield re.sub(r"\bor\b", "||", text, flags=re.IGNORECASE)
    for tail in TAILS:
        yield tail
        yield text.partition("'")[0] + tail


def _mixed(found: re.Match[str]) -> str:
    return "".join(each.upper() if number % 2 else each.lower() for number, each in enumerate(found.group()))


def _commands(text: str) -> Iterator[str]:
    marks = (";", "&&", "||", "|", "&", "\n", "\r\n")
    for mark in marks:
        if mark in text:
            for other in marks:
                yield text.replace(mark, other)
            before, _, command = text.partition(mark)
            command = command.strip()
            for form in (f"$({command})", f"`{command}`", f"<({command})", f"'; {command}; '", f'"; {command}; "'):
                yield f"{before} {form}"
                yield before + form
            words = command.split()
            if words:
                yield text.replace(words[0], f"'{words[0]}'")
                yield text.replace(words[0], f"{words[0][:1]}\\{words[0][1:]}")
                yield text.replace(words[0], f"{words[0][:1]}''{words[0][1:]}")
                yield text.replace(command, "${IFS}".join(words))
    for option in ("--", "-"):
        if text.startswith(option):
            yield " " + text
            yield "-- " + text


def _addresses(text: str) -> Iterator[str]:
    found = re.search(r"(?:[a-z]+:)?[/\\]{2,}([^/\\?#]+)(.*)", text, re.IGNORECASE)
    if found is None:
        return
    host, rest = found.groups()
    for front in FRONTS:
        yield front + host + rest
    for front in ("https://localhost@", "https://example.com@", "//example.com:80@", "https://example.com%40@"):
        yield front + host + rest
    yield f"//{host.upper()}{rest}"
    yield f"https://{host}.{rest}"
    yield f"https://{host}:443{rest}"


def _markup(text: str) -> Iterator[str]:
    if not re.search(r"[<>]|on\w+=|javascript:|script", text, re.IGNORECASE):
        return
    yield from (
        "<img src=x onerror=alert(1)>", "<IMG SRC=x ONERROR=alert(1)>", "<svg onload=alert(1)>",
        "<svg/onload=alert(1)>",
        "<body onload=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<a href='java\tscript:alert(1)'>x</a>",
        "<iframe src=javascript:alert(1)></iframe>", "<ScRiPt>alert(1)</sCrIpT>", "<script >alert(1)</script >",
        "<script/x>alert(1)</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>", '" onmouseover="alert(1)',
        "' onmouseover='alert(1)", '"><script>alert(1)</script>', "'><script>alert(1)</script>", "x onfocus=alert(1) y",
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
        "\x01javascript:alert(1)", "<details open ontoggle=alert(1)>", "<<script>alert(1)//<</script>",
        "data:text/html,<script>alert(1)</script>", "vbscript:x", "</title><script>alert(1)</script>",
    )  # fmt: skip


def _templates(text: str) -> Iterator[str]:
    """Text that is evaluated: as Python, as a template, as a format. Other text would be another input."""
    if not EVALUATED.search(text):
        return
    for front, back in (("(", ")"), ("[", "][0]"), ("", " "), ("\n", ""), ("", "\n"), ("", "#"), ("", " or 0")):
        yield front + text + back
    yield re.sub(r"__(\w+)__", r"__\1__ ", text)
    for name in re.findall(r"__\w+__", text):
        yield text.replace(f".{name}", f".  {name}")
        yield text.replace(name, name.replace("_", "\uff3f"))
    for word in ("import", "open", "system", "exec", "eval", "os"):
        wide = "".join(chr(ord(each) + 0xFEE0) for each in word)
        if (other := re.sub(rf"(?<![A-Za-z]){word}(?![A-Za-z])", wide, text, count=1)) != text:
            yield other
            yield text.replace(f"'{word}'", f"'{word[:1]}'+'{word[1:]}'")


def _compatible(text: str) -> Iterator[str]:
    """Other characters that are made the same by a later normalization."""
    wide = {each: chr(ord(each) + 0xFEE0) for each in map(chr, range(0x21, 0x7F))}
    yield "".join(wide.get(each, each) for each in text)
    for piece in sorted({each for each in text if not each.isalnum() and each in wide}):
        yield text.replace(piece, wide[piece])
    yield text.replace("i", "\u0130").replace("s", "\u017f").replace("k", "\u212a")


def _foreign(text: str) -> Iterator[str]:
    """With a character that is not ASCII, where an encoding may fail."""
    for each in ("\u00e9", "\u65e5", "\udce9"):
        yield each + text
        yield text + each
        yield text + "/" + each + "/.."
        yield each + "/../" + text
        yield text + " " + each
        yield text + " -- " + each


def _entities(text: str) -> Iterator[str]:
    """As a page, a program or a transfer writes it: a later decoding makes it the same."""
    odd = [each for each in dict.fromkeys(text) if not each.isalnum() and not each.isspace()]
    yield "".join(f"&#{ord(each)};" if each in odd else each for each in text)
    yield "".join(f"&#x{ord(each):x};" if each in odd else each for each in text)
    yield html.escape(text).replace("&#x27;", "&apos;")
    yield "".join(f"\\x{ord(each):02x}" if each in odd and ord(each) < 256 else each for each in text)
    yield "".join(f"\\u{ord(each):04x}" if each in odd else each for each in text)
    for each in odd:
        yield text.replace(each, f"&#{ord(each)};")
    content = text.encode("utf-8", "replace")
    yield base64.b64encode(content).decode()
    yield base64.urlsafe_b64encode(content).decode().rstrip("=")
    yield content.hex()
    yield codecs.encode(text, "rot13")
    yield text[::-1]


def _long(text: str) -> Iterator[str]:
    for many in (64, 256, 1024):
        yield "a" * many + text
        yield text + "a" * many
    yield "0" * 80 + text
    for space in (" ", "\n", "/"):
        yield space * 300 + text
        yield text + space * 300
    yield text * 2
    yield text * 3
    half = len(text) // 2
    yield text + text[half:]


OTHER_TYPE = "the same as another type"
SPELLINGS: dict[str, Spelling] = {
    "other letter case": _cases,
    "other white space": _spaces,
    "something before or behind it": _around,
    "percent-encoded": _percent,
    "doubled, for a filter that removes once": _doubled,
    "another path to the same place": _paths,
    "another statement with the same effect": _statements,
    "another form of command": _commands,
    "another form of address": _addresses,
    "other markup with the same effect": _markup,
    "another form of expression": _templates,
    "characters that a normalization makes the same": _compatible,
    "as a later decoding makes it": _entities,
    "with a character that is not ASCII": _foreign,
    "longer, or repeated": _long,
    "another end of a line": forms.ends_of_lines,
    "another address of this machine": forms.addresses_of_here,
    "another way to write a tag": forms.tags,
    "another way to write a scheme": forms.schemes,
    "another expression around it": forms.expressions,
}
