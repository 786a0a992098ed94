"""What the fast readings accept means the same to a real parser, whatever it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from outpace.ecosystems.scan import Scanned, scan
from outpace.ecosystems.scan.cargo import shaped
from outpace.ecosystems.scan.toml_blocks import quickly as toml_quickly
from outpace.ecosystems.scan.yaml_blocks import Value, value_of
from outpace.ecosystems.scan.yaml_blocks import quickly as yaml_quickly
from outpace.model.yaml_text import NotYaml, node_of
from tests.ecosystems.scan import locks

Damage = list[tuple[float, int, str]]

TOML = [
    re.split(r"\n\[(?!packages?\.)", block)[0] + "\n"
    for each in (locks.UV, locks.POETRY, locks.PDM, locks.CARGO, locks.PYLOCK)
    for block in re.split(r"\n\[\[packages?\]\]\n", each)[1:]
]
CRATES = [block for block in TOML if "checksum" in block]
YAML = [part for each in (locks.PNPM_5, locks.PNPM_6, locks.PNPM_9, locks.YARN_LATER)
        for part in each.split("\n\n") if not part.startswith("#")]  # fmt: skip

pieces = st.sampled_from(
    ['"', "'", "\\", "\n", " ", "  ", ",", "[", "]", "{", "}", "=", " = ", ":", ": ", "#", " #", "- ", "-", "?", "|",
     ">", "&a", "*a", "!x", "%", "@", "`", "0", "01", "1_0", "1.5", "true", "null", "~", "é", "\t", "\u2028", "\x7f",
     "''", '""', '\\"', "\\u0041", "a: b", 'name = "x"', "\n\n", "[package.x]\n", "[package.x.y]\n",
     "[package.metadata.y]\n", "[[package]]\n", "a = {}\n",
     "<<: x\n"]
)  # fmt: skip
damage: st.SearchStrategy[Damage] = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), pieces), max_size=3)


def broken(text: str, by: Damage) -> str:
    for where, lost, put in by:
        at = int(where * len(text))
        text = text[:at] + put + text[at + lost :]
    return text


def slowly_toml(text: str) -> Any:
    try:
        (row,) = tomllib.loads(f"[[package]]\n{text}".replace("[packages.", "[package."))["package"]
        return row
    except (ValueError, KeyError):
        return "refused"


def slowly_yaml(text: str) -> Value:
    try:
        return value_of(node_of(text))
    except NotYaml:
        return "refused"


@settings(deadline=None)
@given(st.sampled_from(TOML), damage)
@example('name = "x"\n', [(1.0, 0, "name = 1\n")])
@example("a = { b = 1, b = 2 }\n", [])
@example("a = 2024-01-01\n", [])
@example("[package.a]\n", [(1.0, 0, "[package.a]\n")])
@example("a = 1\n", [(1.0, 0, "[package.a]\n")])
@example('"a" = 1\n', [(1.0, 0, "a = 1\n")])
@example('a = ["\\\\", "\\""]\n', [])
@example('x = "\\\\n\\n"\n', [])
def test_a_block_of_toml_means_the_same_to_tomllib(block: str, by: Damage) -> None:
    text = broken(block, by)
    found = toml_quickly(text.encode())
    assert found is None or found == slowly_toml(text)


@settings(deadline=None)
@given(st.sampled_from(CRATES), damage)
def test_a_crate_in_the_usual_shape_means_the_same_to_tomllib(block: str, by: Damage) -> None:
    text = broken(block, by)
    found = shaped(text.encode())
    if found is not None:
        row = slowly_toml(text)
        del row["checksum"]
        assert found == {"source": "", "dependencies": [], **row}


@settings(deadline=None)
@given(st.sampled_from(YAML), damage)
@example("a:\n- b\n", [])
@example("a: b\n  c: d\n", [])
@example("a:\n    b: c\n  d: e\n", [])
@example("  a: b\nc: d\n", [])
@example("a: b\na: c\n", [])
@example("a: {b: c, b: d}\n", [])
@example("a: b: c\n", [])
@example("'a''b': 'it''s'\n", [])
@example("a: x  y\n", [])
@example("---: b\n", [])
@example("a: ...\n", [])
@example("... : b\n", [])
def test_a_paragraph_of_yaml_means_the_same_to_a_parser(paragraph: str, by: Damage) -> None:
    text = broken(paragraph, by)
    found = yaml_quickly(text)
    assert found is None or found == slowly_yaml(text)


def test_the_tools_own_form_is_read_quickly() -> None:
    """What falls to the real parser is right as well, and slow."""
    slow = [block for block in TOML if toml_quickly(block.encode()) is None]
    assert [block.partition("\n")[0] for block in slow] == []
    assert [part for part in YAML if yaml_quickly(part) is None] == []


words = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
versions = st.from_regex(r"[0-9]{1,3}\.[0-9]{1,3}(\.[0-9]{1,3})?", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)
wheres = st.sampled_from(["registry", "git", "path"])
packages = st.dictionaries(words, st.tuples(versions, wheres, texts, st.booleans()), min_size=1, max_size=6)
Packages = dict[str, tuple[str, str, str, bool]]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def as_uv(found: Packages) -> str:
    names = list(found)
    blocks = [
        f'[[package]]\nname = "{name}"\nversion = "{version}"\n'
        f'source = {{ {where} = "https://{where}.example.invalid/{name}" }}\n'
        + (f'dependencies = [\n    {{ name = "{names[0]}", marker = {quoted(text)} }},\n]\n' if deep else "")
        for name, (version, where, text, deep) in found.items()
    ]
    return "version = 1\n\n" + "\n".join(blocks)


def as_poetry(found: Packages) -> str:
    kinds = {"registry": "legacy", "git": "git", "path": "directory"}
    blocks = [
        f'[[package]]\nname = "{name}"\nversion = "{version}"\ndescription = {quoted(text)}\n'
        f'category = "{"dev" if deep else "main"}"\noptional = false\npython-versions = "*"\nfiles = []\n\n'
        f'[package.source]\ntype = "{kinds[where]}"\nurl = {quoted(text)}\n'
        for name, (version, where, text, deep) in found.items()
    ]
    return "\n".join(blocks) + '\n[metadata]\nlock-version = "1.1"\n'


def as_cargo(found: Packages) -> str:
    sources = {"registry": 'source = "registry+https://x"\n', "git": 'source = "git+https://x#0"\n', "path": ""}
    blocks = [
        f'[[package]]\nname = "{name}"\nversion = "{version}"\n{sources[where]}'
        for name, (version, where, _, _) in found.items()
    ]
    return "version = 4\n\n" + "\n".join(blocks)


FORMS: dict[str, tuple[str, Callable[[Packages], str]]] = {
    "uv.lock": ("PyPI", as_uv),
    "poetry.lock": ("PyPI", as_poetry),
    "Cargo.lock": ("crates.io", as_cargo),
}


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(FORMS)), packages)
def test_a_made_lock_gives_the_pins_that_it_was_made_of(path: str, found: Packages) -> None:
    ecosystem, form = FORMS[path]
    expected = {
        (ecosystem, name, version, "pinned" if where == "registry" else "elsewhere")
        for name, (version, where, _, _) in found.items()
    }
    content = form(found)
    assert tomllib.loads(content)
    assert scan(path, content.encode()) == Scanned(tuple(sorted(expected)))  # pyright: ignore[reportArgumentType]  pins are tuples
