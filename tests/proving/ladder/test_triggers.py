"""A change that waits for a parameter, an attribute or an item of its own is given it."""

from __future__ import annotations

from outpace.proving.ladder.cases import Activates, Case, Leaks, Witness
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.triggers import ATTRIBUTE, ITEM, MOST, PARAMETER, triggered

BEFORE = b"def read(ctx, name):\n    return ctx.root\n"


def made(after: bytes, witness: Witness, values: tuple[object, ...] = ()) -> list[Case]:
    patch = Patch.of([PatchedFile(path="a.py", before=BEFORE, after=after)])
    return list(triggered(patch, [witness], (), values))


def test_a_new_parameter_is_given_on_off_and_empty() -> None:
    after = BEFORE.replace(b"name)", b"name, *, raw=False)")
    found = made(after, Witness(setup="S", does="a.read(c, '../x')", exploited=Leaks("k")))
    assert [(case.does, case.sort) for case in found] == [
        (f"a.read(c, '../x', raw={value})", PARAMETER) for value in ("True", "1", "None", "False", "''")
    ]


def test_a_text_of_the_change_is_given_by_name_where_a_function_takes_any() -> None:
    after = BEFORE.replace(b"name)", b"name, **more)")
    found = made(after, Witness(does="a.read(c, 'x')", exploited=Activates()), ("raw", "not a name", 3))
    assert {case.does.rpartition(",")[2] for case in found} == {
        " raw=True)", " raw=1)", " raw=None)", " raw=False)", " raw='')",
    }  # fmt: skip


def test_an_attribute_that_is_newly_read_is_set_on_what_the_call_is_given() -> None:
    after = BEFORE.replace(b"return ctx.root", b"return ctx.root or ctx.volatile or getattr(ctx, 'debug', 0)")
    found = made(after, Witness(setup="c = 1", does="read(c, 'x')", exploited=Activates()))
    assert {case.sort for case in found} == {ATTRIBUTE}
    assert [case.setup.splitlines()[2].strip() for case in found] == [
        "c.volatile = True",
        "c.volatile = False",
        "c.debug = True",
        "c.debug = False",
    ]


def test_a_mapping_gets_an_item_of_the_change_s_own_texts() -> None:
    found = made(BEFORE, Witness(does="read(c, {'x y': 1})", exploited=Activates()), ("k", "v"))
    assert {case.sort for case in found} == {ITEM}
    assert "read(c, {'x y': 1, 'k': 'v'})" in [case.does for case in found]
    assert "read(c, {'x y': 1, 'v': 1})" in [case.does for case in found]


def test_a_change_that_asks_for_nothing_new_is_given_nothing() -> None:
    assert made(BEFORE + b"\n", Witness(does="read(c, 'x')", exploited=Activates())) == []


def test_no_more_is_triggered_than_can_be_run() -> None:
    values = tuple(f"k{number}" for number in range(90))
    after = BEFORE.replace(b"name)", b"name, **more)")
    assert 0 < len(made(after, Witness(does="read(c, 'x')", exploited=Activates()), values)) <= MOST
