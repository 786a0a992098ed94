"""Laws are proposed by names and types; values of other types say nothing against them."""

from __future__ import annotations

import pytest

from outpace.inside.probing.callables import Hint, Parameter, Target
from outpace.inside.probing.fitting import Fitting
from outpace.inside.probing.laws import laws, undoes
from outpace.inside.probing.programs import Node, call, constant, method, named, printed, source, variable


def target(name: str, *hints: Hint, kind: str = "function", returns: Hint = ("any",)) -> Target:
    names = ("text", "key", "third")
    parameters = tuple(Parameter(names[n], "POSITIONAL_OR_KEYWORD", True, hint) for n, hint in enumerate(hints))
    return Target(name, kind, parameters, returns=returns)


def claims(*targets: Target, sources: tuple[str, ...] = ()) -> dict[str, str]:
    return {law.name: printed(law.whole).replace("m:", "") for law in laws("m", targets, dict.fromkeys(sources))}


STR, BYTES = ("str",), ("bytes",)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("quote", "unquote"),
        ("url_encode", "url_decode"),
        ("dumps", "loads"),
        ("to_json", "from_json"),
        ("rgb_to_hex", "hex_to_rgb"),
        ("compress", "decompress"),
        ("zip_all", "unzip_all"),
    ],
)
def test_names_say_what_undoes_what(first: str, second: str) -> None:
    assert undoes(first.split("_"), second.split("_"))


@pytest.mark.parametrize(("first", "second"), [("quote", "quote"), ("quote_all", "unquote"), ("a_to_b", "b_to_c")])
def test_other_names_promise_nothing(first: str, second: str) -> None:
    assert not undoes(first.split("_"), second.split("_"))


def test_each_of_two_may_undo_the_other_and_the_first_is_expected_to() -> None:
    pair = target("quote", STR, returns=STR), target("unquote", STR, returns=STR)
    assert claims(*pair) == {
        "unquote_reverses_quote": "m.unquote(m.quote(v0)) == v0",
        "quote_reverses_unquote": "m.quote(m.unquote(v0)) == v0",
        "quote_is_idempotent": "m.quote(m.quote(v0)) == m.quote(v0)",
        "unquote_is_idempotent": "m.unquote(m.unquote(v0)) == m.unquote(v0)",
    }
    assert [law.name for law in laws("m", pair, {}) if law.expected] == ["unquote_reverses_quote"]


def test_a_key_is_the_same_on_both_ways() -> None:
    found = claims(target("encrypt", STR, STR, returns=BYTES), target("decrypt", BYTES, STR, returns=STR))
    assert found["decrypt_reverses_encrypt"] == "m.decrypt(m.encrypt(v0, v1), v1) == v0"


def test_types_that_do_not_fit_make_no_law() -> None:
    assert claims(target("encode", STR, returns=BYTES), target("decode", STR, returns=STR)).keys() == {
        "decode_is_idempotent"
    }


def test_methods_undo_each_other_on_one_object() -> None:
    pair = [target(f"Codec.{name}", STR, kind="method", returns=STR) for name in ("encode", "decode")]
    assert claims(*pair)["codec_decode_reverses_encode"] == "v0.decode(v0.encode(v1)) == v1"


def test_what_a_class_writes_it_reads() -> None:
    kinds = target("Price", STR, kind="class"), target("Price.parse", STR, kind="static", returns=("class", "m:Price"))
    assert claims(*kinds, sources=("Price.__str__",)) == {"price_parse_reverses_str": "m.Price.parse(str(v0)) == v0"}


def test_a_class_is_held_to_the_operators_that_it_defines_itself() -> None:
    kind = target("Price", STR, kind="class")
    assert claims(kind) == {}
    assert claims(kind, sources=("Price.__eq__", "Price.__hash__")) == {
        "price_equals_one_built_alike": "v0 == v1",
        "price_equality_is_symmetric": "(v0 == v1) == (v1 == v0)",
        "price_hashes_like_one_built_alike": "hash(v0) == hash(v1)",
        "price_hashes_are_equal_where_objects_are": "v0 != v1 or hash(v0) == hash(v1)",
    }
    assert claims(kind, sources=("Price.__lt__",)) == {
        "price_is_not_less_than_one_built_alike": "not (v0 < v1)",
        "price_is_not_less_both_ways": "not ((v0 < v1) and (v1 < v0))",
        "price_order_is_transitive": "not ((v0 < v1) and (v1 < v2)) or (v0 < v2)",
    }


def test_steps_stand_one_behind_the_other_for_whoever_looks_which_one_raised() -> None:
    law = laws("m", [target("quote", STR), target("unquote", STR)], {})[0]
    assert source(law.steps([constant("%")])) == "v0 = '%'\nv1 = m.quote(v0)\nv2 = m.unquote(v1) == v0"


LINES = ("list", STR)
SIZE = {"name": "size", "kind": "KEYWORD_ONLY"}
FITTING = Fitting(
    "m",
    [target("join", LINES, ("union", [STR, ("none",)])), target("Shelf.add", STR, kind="method")],
    {
        "m:Shelf": {
            "parameters": [{"name": "size", "kind": "KEYWORD_ONLY", "required": True, "hint": ["int"], "default": ""}]
        }
    },
)


@pytest.mark.parametrize(
    ("node", "fit"),
    [
        (call(named("m", "join"), Node("list", None, (constant("a"),)), constant(None)), True),
        (call(named("m", "join"), Node("list", None, (constant(1),)), constant("a")), False),
        (call(named("m", "join"), constant("a"), constant("a")), False),
        (call(named("m", "Shelf"), size=constant(3)), True),
        (call(named("m", "Shelf"), size=constant("3")), False),
        (method(variable(0), "add", constant("a")), True),
        (method(variable(0), "add", constant(None)), False),
        (call(named("elsewhere", "join"), constant(1)), True),
    ],
)
def test_arguments_fit_where_they_have_the_types_of_the_signature(node: Node, fit: bool) -> None:
    assert FITTING.fits((constant(1), node)) is fit


ZONE = [target("zone_of", STR), target("times", ("int",), ("float",)), target("pair", ("tuple", STR, ("int",)))]
MORE = [*ZONE, target("shade", ("class", "m:Color")), target("of", ("class", "m:Base")), target("odd", ("any",))]
STRICT = Fitting("m", MORE, {"m:Base": {"parameters": [], "below": ["m:Square"]}, "m:Square": {"parameters": []}})


@pytest.mark.parametrize(
    ("program", "fit"),
    [
        ((call(named("m", "zone_of"), Node("list", None, (constant("9"),))),), False),
        ((call(named("m", "times"), constant(1), constant(2)),), True),
        ((call(named("m", "times"), constant(True), constant(2.5)),), False),
        ((call(named("m", "pair"), Node("tuple", None, (constant("a"), constant(1)))),), True),
        ((call(named("m", "pair"), Node("tuple", None, ())),), False),
        ((call(named("m", "shade"), named("m", "Color.RED")),), True),
        ((call(named("m", "shade"), named("m", "Kind.FOOD")),), False),
        ((call(named("m", "Square")), call(named("m", "of"), variable(0))), True),
        ((call(named("m", "Shelf")), call(named("m", "of"), variable(0))), False),
        ((call(named("m", "of"), constant("a")),), False),
        ((call(named("m", "odd"), constant(b"")),), True),
    ],
)
def test_each_kind_of_argument_is_told_from_what_the_signature_asks_for(program: tuple[Node, ...], fit: bool) -> None:
    assert STRICT.fits(program) is fit
