"""Names of tests that say what is pinned: the target, what comes out, and of what."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence

from outpace.inside.probing.programs import (
    ATTRIBUTE,
    BUILTINS,
    CALL,
    CONSTANT,
    DICT,
    LIST,
    NAME,
    OPERATOR,
    SET,
    SETTING,
    SOURCE,
    TUPLE,
    VARIABLE,
    Node,
)
from outpace.testing.writing.found import FoundTest

ASKING = re.compile(r"^(is|has|can|contains|should|are|was|does)_|_(valid|match|matches)$")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
SIGNS = {
    "-": "dash", "_": "underscore", ".": "dot", ",": "comma", ":": "colon", ";": "semicolon", "/": "slash",
    "\\": "backslash", "@": "at_sign", "#": "hash", "?": "question_mark", "!": "exclamation_mark", "+": "plus",
    "*": "star", "=": "equals_sign", "%": "percent_sign", "&": "ampersand", "$": "dollar_sign", "'": "quote",
    '"': "double_quote", "(": "parenthesis", ")": "parenthesis", "[": "bracket", "]": "bracket", "{": "brace",
    "}": "brace", "<": "less_than_sign", ">": "greater_than_sign", "|": "pipe", "~": "tilde", "^": "caret",
    " ": "space", "\n": "newline", "\t": "tab",
}  # fmt: skip
LONGEST = 75
LONGEST_WORD = 20


def snake(name: str) -> str:
    return re.sub(r"\W+", "_", CAMEL.sub("_", name).replace(".", "_")).strip("_").lower().replace("__", "_")


OPERATORS = {
    "__eq__": "equality", "__lt__": "less_than", "__le__": "at_most", "__len__": "length", "__add__": "sum",
    "__sub__": "difference", "__mul__": "product", "__contains__": "membership", "__getitem__": "item",
    "__bool__": "truth", "__iter__": "items", "__call__": "call",
}  # fmt: skip


def target_words(target: str) -> str:
    words = [OPERATORS.get(part) or snake(part.strip("_")) for part in target.split(".")]
    return "_".join(word for word in words if word)


def outcome(test: FoundTest) -> str:
    """`rejects`, `returns_none`, `raises_value_error`."""
    if test.raises:
        return f"raises_{snake(test.raises.rpartition(':')[2].rpartition('.')[2])}"
    first = next((each for each in test.asserts if not each.place.startswith(("prints", "message"))), None)
    if first is None:
        return "prints" if test.asserts else "works"
    asking = ASKING.search(snake(test.target.rpartition(".")[2]))
    inner = first.place.partition(":")[2]
    number = int(first.place.partition(":")[0])
    if number != len(test.program) - 1:
        return "changes_its_object" if len(test.program) > 1 else "works"
    return _of_result(first.kind, first.text, inner, asking=asking is not None)


def _of_result(kind: str, text: str, inner: str, *, asking: bool) -> str:
    if inner != "{}":
        attribute = re.search(r"\.(\w+)\W*$", inner)
        if attribute:
            return f"gives_{snake(attribute[1])}"
        return f"has_length_{text}" if inner == "len({})" else "gives_items"
    match kind:
        case "is":
            return {"True": "accepts", "False": "rejects"}.get(text, "") * asking or f"returns_{snake(text)}"
        case "member" | "type":
            return f"returns_{snake(text.rpartition(':')[2].rpartition('.')[2])}"
        case "nan":
            return "returns_nan"
        case _:
            return f"returns_{EMPTY.get(text) or _sort(text)}"


EMPTY = {
    "''": "empty_string", "[]": "empty_list", "{}": "empty_dict", "()": "empty_tuple", "0": "zero",
    "set()": "empty_set", "b''": "empty_bytes", "0.0": "zero",
}  # fmt: skip


def _sort(text: str) -> str:
    if re.fullmatch(r"'[A-Za-z][A-Za-z0-9_]{0,14}'", text):
        return snake(text[1:-1])
    if re.fullmatch(r"\d{1,6}", text):
        return text
    first = text[:1]
    sorts = {"'": "text", '"': "text", "[": "list", "(": "tuple", "b": "bytes", "-": "negative_number"}
    if first == "{":
        return "dict" if ":" in text else "set"
    return sorts.get(first, "number" if first.isdigit() else "value")


def _argument(node: Node, parameter: Sequence[str]) -> str:
    """A text of digits is no number: it is called what its parameter is."""
    digits = node.kind == CONSTANT and isinstance(node.value, str) and node.value.isdigit()
    return "_".join([*map(snake, parameter if digits else ()), value_words(node)])


def condition(node: Node, parameters: Sequence[str] = ()) -> str:
    """Of what it is called with: words for its most telling arguments."""
    if node.kind == OPERATOR and len(node.children) == 2:
        return value_words(node.children[1])
    if node.kind != CALL:
        return ""
    callee, *arguments = node.children
    if callee.value == SETTING:
        return value_words(arguments[-1])
    if callee.kind == NAME and callee.value == "asyncio:run" and arguments:
        return condition(arguments[0], parameters)
    if str(callee.value).startswith(BUILTINS) and len(arguments) == 1:
        return condition(arguments[0])
    plain = len(node.children) - len(node.keywords)
    given = node.children[1:plain]
    words = [_argument(child, parameters[place : place + 1]) for place, child in enumerate(given)]
    told = [word for word in words if word]
    parts = told[:2] if told else ([] if plain == 1 else ["given_arguments"])
    for name, child in zip(node.keywords, node.children[plain:], strict=True):
        value = value_words(child)
        off = child.kind == CONSTANT and child.value is False
        parts.append(
            f"{'without' if off else 'with'}_{snake(name)}" + ("" if off or child.value is True else f"_{value}")
        )
    return "_".join(("_and_".join(parts[: len(told[:2])]), *parts[len(told[:2]) : 3])) if told else "_".join(parts[:3])


def value_words(node: Node) -> str:
    if node.kind == CONSTANT:
        return _constant(node.value)
    if node.kind in (LIST, TUPLE, SET, DICT):
        names = {LIST: "list", TUPLE: "tuple", SET: "set", DICT: "dict"}
        if not node.children:
            return f"empty_{names[node.kind]}"
        inner = {value_words(child) for child in node.children} if len(node.children) < 3 else set[str]()
        return f"{names[node.kind]}_of_{inner.pop()}" if len(inner) == 1 else names[node.kind]
    if node.kind == NAME:
        return snake(str(node.value).rpartition(":")[2].rpartition(".")[2])
    if node.kind in (CALL, SOURCE) and node.children:
        return value_words(node.children[0])
    return "object" if node.kind == VARIABLE else ""


def _constant(value: object) -> str:  # noqa: PLR0911
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case int():
            return (
                "zero"
                if value == 0
                else f"negative_{-value}"[:LONGEST_WORD]
                if value < 0
                else str(value)[:LONGEST_WORD]
            )
        case float():
            return "negative_number" if value < 0 else f"{value:g}".replace(".", "_").replace("+", "").replace("-", "_")
        case str():
            return _text(value)
        case bytes():
            return "bytes" if value else "empty_bytes"
        case _:
            return "value"


def _text(text: str) -> str:  # noqa: PLR0911
    if not text:
        return "empty_string"
    if len(text) == 1 and text in SIGNS:
        return SIGNS[text]
    if text.isspace():
        return "blank_string"
    if re.fullmatch(r"[A-Za-z0-9_]{1,16}", text):
        return snake(text) or "text"
    if "\n" in text.strip("\n"):
        return "several_lines"
    if text[0].isspace() or text[-1].isspace():
        return "surrounding_space"
    if text[-1] in SIGNS and text[:-1].isalnum():
        return f"trailing_{SIGNS[text[-1]]}"
    if text[0] in SIGNS and text[1:].isalnum():
        return f"leading_{SIGNS[text[0]]}"
    whole = snake(text)
    if whole and len(whole) <= LONGEST_WORD and re.fullmatch(r"[\x20-\x7e]+", text):
        return whole
    sign = next((SIGNS[letter] for letter in text if letter in SIGNS and letter != " "), "")
    return f"text_with_{sign}" if sign else "text"


def test_name(test: FoundTest, taken: set[str]) -> str:
    """Not yet taken; what was said is never cut in the middle of a word."""
    parts = [target_words(test.target), outcome(test)]
    said = _of_file(test) or condition(test.result, test.parameters)
    if said:
        linking = "" if parts[1] in ("accepts", "rejects") else "for_"
        parts.append(f"{linking}{said}")
    return unique("_".join(part for part in parts if part), taken)


def _of_file(test: FoundTest) -> str:
    """Words for what stands in the file that it makes."""
    for node in test.nodes[:-1]:
        if node.kind == CALL and node.children[0].kind == ATTRIBUTE and node.children[0].value == "write_text":
            word = value_words(node.children[1])
            return "empty_file" if word == "empty_string" else f"file_of_{word}"
    return ""


def group_name(test: FoundTest, taken: set[str]) -> str:
    """Of several cases of the same sort."""
    name = f"{target_words(test.target)}_{_plural(outcome(test))}"
    call = test.result
    words = [snake(word) for word in call.keywords]
    if not words and f"test_{name}" in taken and 1 < len(call.children) - 1 <= len(test.parameters):
        words = [snake(test.parameters[len(call.children) - 2])]
    return unique(f"{name}_with_{'_and_'.join(words)}" if words else name, taken)


def _plural(said: str) -> str:
    return "returns" if said.startswith("returns_") and said not in KEPT else said


KEPT = frozenset({"returns_none", "returns_true", "returns_false"})


def unique(name: str, taken: set[str]) -> str:
    while len(name) > LONGEST and "_" in name:
        name = name.rpartition("_")[0]
    name = f"test_{name}" if not keyword.iskeyword(name) else f"test_{name}_"
    chosen, number = name, 2
    while chosen in taken:
        chosen, number = f"{name}_{number}", number + 1
    taken.add(chosen)
    return chosen
