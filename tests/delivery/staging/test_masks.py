"""Which columns are masked: declared masks held against what is there, and what is refused."""

from __future__ import annotations

import pytest
from msgspec import structs

from outpace.delivery.staging.masks import Applied, Plan, Suspect, plan
from outpace.delivery.staging.schema import Column, Kind, Link, Schema, Table
from outpace.model.edge import Data, Mask
from outpace.model.errors import BadConfiguration, Unmasked

ID = Column(name="id", kind="whole", nullable=False, unique=True)
EMAIL = Column(name="email", kind="text", declared="varchar(60)", limit=60, nullable=False, unique=True)
NAME = Column(name="name", kind="text", nullable=False)
SALARY = Column(name="salary", kind="number", declared="numeric")
MOOD = Column(name="mood", kind="choice", declared="mood", nullable=False)
CUSTOMERS = Table(name="customers", columns=(ID, EMAIL, NAME, SALARY, MOOD), rows=1000)
ORDERS = Table(
    name="orders", columns=(ID, structs.replace(EMAIL, limit=40, unique=False), Column(name="total", kind="number"))
)
LETTERS = Table(name="letters", columns=(structs.replace(EMAIL, name="to", limit=50, unique=False),))
SCHEMA = Schema(
    tables=(CUSTOMERS, ORDERS, LETTERS),
    links=(Link(column="orders.email", of="customers.email"), Link(column="letters.to", of="orders.email")),
)


def planned(*masks: Mask, schema: Schema = SCHEMA, production: bool = True, reason: str = "") -> Plan:
    return plan(
        Data(source="env:A", variable="DATABASE", masks=masks, production=production, no_personal_data=reason), schema
    )


def one(column: Column, by: str, value: str = "", *, rows: int = 1000) -> Applied:
    """Of a table that has this column alone."""
    schema = Schema(tables=(Table(name="t", columns=(column,), rows=rows),))
    return planned(Mask(column=f"t.{column.name}", by=by, value=value), schema=schema).masks[0]  # type: ignore[arg-type]


def test_production_without_masks_and_without_a_reason_is_refused_and_says_what_looks_personal() -> None:
    with pytest.raises(Unmasked) as refused:
        planned()
    assert refused.value.exit_code == 4
    assert refused.value.message == (
        "the database in DATABASE is production's, and neither `masks` nor `no_personal_data` is declared"
    )
    assert refused.value.hint == "these look personal: customers.email, customers.name, orders.email"
    with pytest.raises(Unmasked):
        planned(reason="   ")


def test_production_with_a_reason_and_a_source_that_is_none_are_planned_with_their_suspects() -> None:
    looking = (
        Suspect(column="customers.email", looks="an email address, by its name"),
        Suspect(column="customers.name", looks="a name, by its name"),
        Suspect(column="orders.email", looks="an email address, by its name"),
    )
    assert planned(reason="all made up") == Plan(production=True, no_personal_data="all made up", suspects=looking)
    assert planned(production=False) == Plan(suspects=looking)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("customers.emial", "did you mean customers.email?"),
        ("customer.salary", "did you mean customers.salary?"),
        ("people.salary", "did you mean customers.salary?"),
        ("email", "did you mean customers.email or orders.email?"),
        ("zzz.qqq", "a mask names a column as table.column"),
    ],
)
def test_a_mask_for_a_column_that_is_not_there_is_refused_with_near_names(name: str, hint: str) -> None:
    with pytest.raises(Unmasked) as refused:
        planned(Mask(column=name))
    assert (refused.value.message, refused.value.hint) == (
        f"a mask is declared for {name}, and there is no such column",
        hint,
    )


def test_a_column_is_found_whatever_its_case_where_that_is_one_alone() -> None:
    assert [each.name for each in planned(Mask(column="CUSTOMERS.Name")).masks] == ["customers.name"]


def test_a_mask_goes_along_every_link_as_narrowly_as_the_narrowest_needs() -> None:
    masks = planned(Mask(column="orders.email", by="email")).masks
    assert {each.name: (each.by, each.column.limit, each.linked) for each in masks} == {
        "orders.email": ("email", 40, ""),
        "customers.email": ("email", 40, "orders.email"),
        "letters.to": ("email", 40, "orders.email"),
    }


@pytest.mark.parametrize("by", ["blank", "constant", "shuffle"])
def test_a_mask_that_would_part_what_is_linked_is_refused(by: str) -> None:
    with pytest.raises(BadConfiguration, match=f"customers.email is linked with letters.to, orders.email, and {by}"):
        planned(Mask(column="customers.email", by=by))  # type: ignore[arg-type]


def test_linked_columns_with_different_masks_and_two_masks_of_one_are_refused() -> None:
    with pytest.raises(BadConfiguration, match=r"customers.email is linked with orders.email, and they have different"):
        planned(Mask(column="customers.email", by="email"), Mask(column="orders.email"))
    with pytest.raises(BadConfiguration, match=r"more than one mask is declared for customers.name"):
        planned(Mask(column="customers.name", by="blank"), Mask(column="customers.name"))
    same = planned(Mask(column="customers.email", by="email"), Mask(column="orders.email", by="email")).masks
    assert [each.linked for each in same if each.name != "letters.to"] == ["", ""]


@pytest.mark.parametrize(
    ("column", "by", "why"),
    [
        (MOOD, "hash", "there is no such mask for mood"),
        (Column(name="c", kind="boolean"), "hash", "there is no such mask for boolean"),
        (structs.replace(SALARY, unique=True), "hash", "its values are unique, and masks of numeric are not"),
        (structs.replace(EMAIL, limit=3), "hash", "3 letters are too few for 1,000,000 rows"),
        (structs.replace(EMAIL, limit=17), "email", "it holds 17 characters, and an address takes 18"),
        (structs.replace(EMAIL, limit=18), "email", "8 letters are too few for 1,000,000 rows"),
        (SALARY, "email", "an address is text, and it holds numeric"),
        (structs.replace(NAME, shapes=("JSON",)), "email", "an address is text, and it holds JSON"),
        (EMAIL, "blank", "its values are unique"),
        (MOOD, "blank", "it must hold something, and mood has no blank"),
        (EMAIL, "constant", "its values are unique"),
        (structs.replace(NAME, limit=2), "constant", "it holds 2 characters, and the value has 7"),
        (structs.replace(SALARY, unique_with_others=True), "shuffle", "unique together with other columns"),
        (structs.replace(EMAIL, unique=False), "shuffle", "each value is an email address, which names or opens"),
        (Column(name="c", kind="text", shapes=("a card",)), "shuffle", "each value is a card"),
    ],
)
def test_a_mask_that_a_column_cannot_have_is_refused_with_the_reason(column: Column, by: str, why: str) -> None:
    with pytest.raises(BadConfiguration) as refused:
        one(column, by, "someone", rows=1_000_000)
    assert f"t.{column.name} cannot be masked by {by}: " in refused.value.message
    assert why in refused.value.message
    assert "it may be masked by" in refused.value.hint


@pytest.mark.parametrize(
    ("kind", "array", "value"),
    [
        ("text", False, ""),
        ("whole", False, "0"),
        ("json", False, "{}"),
        ("text", True, "{}"),
        ("boolean", False, "false"),
    ],
)
def test_a_blank_is_null_where_it_may_be_and_nothing_of_its_kind_where_not(kind: Kind, array: bool, value: str) -> None:
    column = Column(name="c", kind=kind, array=array)
    assert one(column, "blank").value is None
    assert one(structs.replace(column, nullable=False), "blank").value == value


def test_a_generated_column_is_masked_by_what_it_is_made_of() -> None:
    with pytest.raises(BadConfiguration, match=r"t.c is made from other columns"):
        one(Column(name="c", kind="text", generated=True), "hash")


def test_a_shuffle_and_words_that_nobody_masks_are_told() -> None:
    words = Column(name="found_by", kind="words")
    schema = Schema(tables=(Table(name="t", columns=(SALARY, words)),))
    shuffled = planned(Mask(column="t.salary", by="shuffle"), schema=schema)
    assert shuffled.suspects == (Suspect(column="t.found_by", looks="words of other columns"),)
    assert shuffled.warnings == (
        "t.found_by looks like words of other columns, and has no mask",
        "t.salary is shuffled: its values are in the copy, in other rows",
    )
    both = planned(Mask(column="t.salary"), Mask(column="t.found_by", by="blank"), schema=schema)
    assert both.warnings == ()
