"""Other forms of what a weakness of a known kind takes: ends of lines, this machine's address, tags, expressions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

ENDS = (
    "\n",
    "\r",
    "\n\r",
    "\r\n\t",
    "\r\n ",
    "%0d%0a",
    "%0a",
    "\\r\\n",
    "\x0b",
    "\x0c",
    "\x85",
    "\u2028",
    "\u560d\u560a",
)
HERE = re.compile(r"127\.0\.0\.1|\blocalhost\b|\[::1\]")
ANY_HERE = "0.0.0.0"  # noqa: S104  where somebody is led to; nothing is bound
OTHERS_OF_HERE = (
    "localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001",
    "0x7f.0.0.1", "0177.0.0.1", "017700000001", ANY_HERE, "0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]", "\u2460\u2461\u2466.0.0.1", "example.com@127.0.0.1", "a:b@127.0.0.1",
    "127.0.0.1#@example.com", "127.0.0.1\\@example.com", "127.0.0.1%00.example.com", "127.0.0.1%2f",
)  # fmt: skip
WRAPPED = (
    "({})", "[{}][0]", "({},)[0]", "{{0: {}}}[0]", "(lambda: {})()", "[{} for _ in [0]][0]", "({} if 1 else 0)",
    "(1 and {})", "(_ := {})", "f'{{{}}}'", "max({}, {}, key=str)", "not {}", "0 or {}", "{};",
    "{}\n", " {}", "\ufeff{}",
)  # fmt: skip
RUNS = re.compile(r"javascript:|vbscript:", re.IGNORECASE)
TAGGED = re.compile(r"!!(\S+)")


def ends_of_lines(text: str) -> Iterator[str]:
    """Where a text has an end of a line, each other one in its place, and some of it alone."""
    found = re.search(r"\r\n|\r|\n", text)
    if found is None:
        return
    for end in ENDS:
        yield re.sub(r"\r\n|\r|\n", lambda _, end=end: end, text)
        yield text.replace(found.group(), end, 1)
    yield text.lstrip("\r\n")
    yield text + found.group() * 2


def addresses_of_here(text: str) -> Iterator[str]:
    """This machine by other names, with the port that a listener of the trial has."""
    if HERE.search(text):
        for other in OTHERS_OF_HERE:
            yield HERE.sub(lambda _, other=other: other, text)
        yield text.replace("http:", "HTTP:")
        yield text.replace("http://", "http:")
        yield text.replace("http://", "http:\\\\")


def schemes(text: str) -> Iterator[str]:
    """A scheme that runs what follows, as browsers read it all the same, wherever in a text it stands."""
    for found in RUNS.finditer(text):
        name = found.group()[:-1]
        for other in (
            f"{name[:4]}\t{name[4:]}:", f"{name[:4]}\r{name[4:]}:", f"{name[:4]}\n{name[4:]}:", f"{name}\t:",
            f"\x01{name}:", f"\x0b{name}:", f"\x1f{name}:", f" {name}:", f"\t{name}:", f"{name.swapcase()}:",
            f"{name.title()}:", f"{name}&colon;", f"{name[:4]}&Tab;{name[4:]}:", f"&#106;{name[1:]}:", f"{name}&#58;",
            "vbscript:", "data:text/html,",
        ):  # fmt: skip
            yield text[: found.start()] + other + text[found.end() :]


def tags(text: str) -> Iterator[str]:
    """YAML's, in the ways in which they may be written, and where a document may hold them."""
    if not TAGGED.search(text):
        return
    yield TAGGED.sub(r"!<tag:yaml.org,2002:\1>", text)
    yield "%TAG ! tag:yaml.org,2002:\n---\n" + text.replace("!!", "!")
    yield text.replace("object/apply", "object/new")
    yield text.replace("python/object/apply", "python/object/new").replace("python/name", "python/object/new")
    for front, back in (
        ("--- ", ""),
        ("- ", ""),
        ("[", "]"),
        ("{a: ", "}"),
        ("? ", "\n: 1"),
        ("&x ", ""),
        ("\n", "\n...\n"),
    ):
        yield front + text + back
    yield TAGGED.sub(lambda found: "!!" + found.group(1).replace("y", "%79", 1), text)


def expressions(text: str) -> Iterator[str]:
    """Of what can be read as a Python expression with a call in it."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    if any(isinstance(node, ast.Call) for node in ast.walk(tree)):
        for form in WRAPPED:
            yield form.format(text, text)
        for name in sorted({node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)})[:4]:
            yield re.sub(rf"(\w+)\.{name}\b", rf"getattr(\1, '{name}')", text)
            yield text.replace(f".{name}", f". {name}")
