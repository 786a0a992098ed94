"""Drafts of new tests: a step that is left out, a parameter more, a program with the names of a test's module."""

from __future__ import annotations

import ast
import json
from types import SimpleNamespace
from typing import Any

import pytest

from outpace.inside.gaps.drafts import Draft, draft_of, own_text, with_parameter
from outpace.inside.gaps.relatives import Relative
from outpace.inside.gaps.spelling import as_test
from outpace.inside.gaps.telling import RAISES, Line, as_draft
from outpace.inside.probing.programs import Program, call, constant, method, named, variable

TEST = """\
def test_load(runner):
    type = "json"
    other = 1
    load(type)
"""
LINE = Line("assert load(type) == 2", 2, 0)


def text(draft: Draft | None) -> str | None:
    return None if draft is None else own_text(draft.source)


def test_a_step_that_gives_a_name_is_not_left_out_though_the_name_is_known_without_it() -> None:
    assert as_draft(draft_of(TEST), LINE, (0,)) is None
    made = 'def test_load(runner):\n    type = "json"\n    assert load(type) == 2\n'
    assert text(as_draft(draft_of(TEST), LINE, (1,))) == made


def test_what_a_call_that_raises_would_give_has_no_name() -> None:
    draft = draft_of("def test_a():\n    held = 1\n    result = load(held)\n")
    made = "def test_a():\n    held = 1\n    with pytest.raises(OSError):\n        load(held)\n"
    assert text(as_draft(draft, Line("with pytest.raises(OSError):", 1, RAISES), ())) == made


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("def test_a():", "def test_a(capsys):"),
        ("def test_a(self):", "def test_a(self, capsys):"),
        ("def test_a(runner, capsys):", "def test_a(runner, capsys):"),
    ],
)
def test_a_parameter_is_added_where_it_lacks(header: str, wanted: str) -> None:
    assert with_parameter(f"{header}\n    run()\n", "capsys") == f"{wanted}\n    run()\n"


def relative(names: dict[str, Any], *, within: type | None = None) -> Relative:
    draft = draft_of("    def test_a(self):\n        run()\n" if within else "def test_a():\n    run()\n")
    item = SimpleNamespace(module=SimpleNamespace(**names), cls=within)
    return Relative("", item, "", "", draft.node, draft, None, "", {}, unittest=False)


DUMPED: Program = (
    call(named("json", "JSONEncoder"), indent=constant(1)),
    method(variable(0), "encode", constant({}.__class__.__name__)),
)


def test_a_program_is_written_with_the_names_that_the_module_of_a_test_has() -> None:
    written = as_test(DUMPED, relative({"json": json}))
    assert written is not None
    assert written.text == (
        "def test_program():\n    json_encoder = json.JSONEncoder(indent=1)\n    json_encoder.encode('dict')\n"
    )
    assert written.imports == 0


def test_a_program_imports_what_the_module_of_a_test_lacks() -> None:
    written = as_test((call(named("json", "loads"), constant("1")),), relative({}, within=object))
    assert written is not None
    assert written.text == ("    def test_program(self):\n        from json import loads\n        loads('1')\n")
    assert isinstance(ast.parse(f"class A:\n{written.text}"), ast.Module)


def test_a_long_call_has_a_line_of_its_own() -> None:
    written = as_test((call(named("json", "loads"), constant("1" * 60)),), relative({"json": json}))
    assert written is not None
    assert f"    result = json.loads('{'1' * 60}')\n" in written.text


def test_a_program_that_is_too_long_for_a_line_is_not_written() -> None:
    assert as_test((call(named("json", "loads"), constant("1" * 200)),), relative({"json": json})) is None
