"""Whether two releases answer alike: what a fault changes is found, and what differs anyhow is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.delivery.exchanges.answers import Answered, Difference, Different, NoAnswer, NotComparable, Same, shown
from outpace.delivery.exchanges.comparing import Comparer
from outpace.delivery.exchanges.exchange import Fields

ASKED = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
JSON: Fields = (("content-type", "application/json"),)
HTML: Fields = (("content-type", "text/html; charset=utf-8"),)


def document(value: object, *fields: tuple[str, str], status: int = 200) -> Answered:
    return Answered(status, (*JSON, *fields), json.dumps(value).encode())


def page(text: str, *fields: tuple[str, str]) -> Answered:
    return Answered(200, (*HTML, *fields), text.encode())


def compared(*answers: Answered | NoAnswer, **known: Any) -> Same | Different | NotComparable:
    """All but the last are the old release's."""
    comparer = Comparer(**known)
    return comparer.settled(comparer.compared(answers[:-1], answers[-1:], asked=ASKED), "")


def readable(*answers: Answered | NoAnswer, **known: Any) -> str:
    result = compared(*answers, **known)
    assert isinstance(result, Different), result
    return result.readable


ITEMS = [
    {"id": 1, "name": "Tea", "price": 3.5},
    {"id": 2, "name": "Mate", "price": 4},
    {"id": 3, "name": "Rum", "price": 9},
]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"price": 3.5}, {"price": 3.6}, "$.price: 3.5 -> 3.6"),
        ({"price": 3}, {"price": "3"}, '$.price: 3 -> "3"'),
        ({"stock": True}, {"stock": 1}, "$.stock: true -> 1"),
        ({"a": 1, "b": 2}, {"b": 2}, "$.a: missing, was 1"),
        ({"b": 2}, {"a": 1, "b": 2}, "$.a: added, 1"),
        ({"items": ITEMS}, {"items": ITEMS[:2]}, '$.items[id=3]: missing, was {"id": 3, "name": "Rum", "price": 9}'),
        ({"items": ITEMS}, {"items": ITEMS[::-1]}, "$.items: another order, 1, 2, 3 -> 3, 2, 1"),
        ({"items": ITEMS}, {"items": [ITEMS[0], {**ITEMS[1], "price": 5}, ITEMS[2]]}, "$.items[id=2].price: 4 -> 5"),
        ([1, 2, 3], [1, 3, 2], "$: another order, [1] 2 -> [1] 3"),
        ([1, 2, 3], [1, 2], "$: 3 items -> 2 items, without 3"),
        ([1, 2, 3], [1, 5, 3], "$[1]: 2 -> 5"),
        ({"a": {"b": [None]}}, {"a": {"b": [False]}}, "$.a.b[0]: null -> false"),
        ({"at": "2024-01-02T03:04:05Z"}, {"at": "2024-01-03T03:04:05Z"}, None),
        ({"text": "one two three"}, {"text": "one too three"}, '$.text: "one two three" -> "one too three"'),
    ],
)
def test_a_fault_in_a_document_is_found_where_it_is(old: object, new: object, told: str | None) -> None:
    result = readable(document(old), document(old), document(new))
    assert result == told or (told is None and result.startswith("$.at: "))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"a": 1, "b": 2}', '{ "b":2, "a":1}'),
        ('{"id": "550e8400-e29b-41d4-a716-446655440000"}', '{"id": "650e8400-e29b-41d4-a716-446655440000"}'),
        ('{"t": "2026-11-27T02:59:58.123Z"}', '{"t": "2026-11-27T03:00:02.9Z"}'),
        ('{"t": 1795748398, "u": 5}', '{"t": 1795748401.25, "u": 5}'),
        ('{"t": "27 Nov 2026 02:59:58 AM GMT"}', '{"t": "27 Nov 2026 03:00:02 AM GMT"}'),
        ('{"request_id": "a"}', '{"request_id": "b"}'),
        (
            '{"note": "made 2026-11-27 02:59:58 as 3f2a99c1d04b77aa"}',
            '{"note": "made 2026-11-27 03:00:01 as aa2a99c1d04b77bb"}',
        ),
    ],
)
def test_clocks_around_now_and_ids_that_were_just_drawn_are_no_difference(old: str, new: str) -> None:
    assert compared(Answered(200, JSON, old.encode()), Answered(200, JSON, new.encode())) == Same()


def test_an_id_that_the_old_release_gave_elsewhere_stands_for_another_thing() -> None:
    mine, other = "550e8400-e29b-41d4-a716-446655440000", "650e8400-e29b-41d4-a716-446655440000"
    comparer = Comparer()
    comparer.remember(document({"customer": other}))
    result = comparer.compared((document({"customer": mine}),), (document({"customer": other}),), asked=ASKED)
    assert isinstance(result, Different)


def test_what_differs_between_two_answers_of_the_old_release_is_noise_and_is_said() -> None:
    def answer(number: int, price: float, order: int) -> Answered:
        return document({"load": number, "items": ITEMS[::order], "price": price})

    assert compared(answer(1, 5, 1), answer(7, 5, -1), answer(9, 5, 1)) == Same(("$.items", "$.load"))
    result = compared(answer(1, 5, 1), answer(7, 5, -1), answer(9, 6, -1))
    assert result == Different(
        (Difference("$.price", "changed", "5", "6", "$.price", ("5", "6")),), 0, ("$.items", "$.load")
    )


def test_what_always_changes_is_there_still_and_keeps_its_form() -> None:
    old = [
        document({"n": n, "at": f"2026-11-27T02:59:5{n}Z", "id": f"{n}50e8400-e29b-41d4-a716-446655440000"})
        for n in (1, 2)
    ]
    fine = {"n": 9, "at": "2026-11-27T03:00:01Z", "id": "950e8400-e29b-41d4-a716-446655440000"}
    assert isinstance(compared(*old, document(fine)), Same)
    assert readable(*old, document({**fine, "at": "2026-11-28T03:00:01Z"})).startswith("$.at: ")
    assert readable(*old, document({**fine, "id": "none"})).startswith("$.id: ")
    assert readable(*old, document({**fine, "n": "9"})) == '$.n: 1 -> "9"'
    assert readable(*old, document({"at": fine["at"], "id": fine["id"]})) == "$.n: missing, was 1"


def test_a_fault_within_a_list_whose_order_is_noise_is_found() -> None:
    faulty = [ITEMS[2], {**ITEMS[1], "price": 40}, ITEMS[0]]
    assert readable(document(ITEMS), document(ITEMS[::-1]), document(faulty)) == "$[id=2].price: 4 -> 40"
    assert readable(document([1, 2, 3]), document([3, 1, 2]), document([2, 1, 4])) == "$[2]: 3 -> 4"


def test_a_difference_that_does_not_last_is_none() -> None:
    comparer = Comparer()
    old = (document({"a": 1}), document({"a": 1}))
    assert comparer.compared(old, (document({"a": 2}), document({"a": 1})), asked=ASKED) == Same()
    both = comparer.compared(old, (document({"a": 2}), document({"a": 3})), asked=ASKED)
    assert isinstance(both, Different)


def test_what_is_declared_is_left_out_and_lists_without_order_have_none() -> None:
    old, new = {"v": 1, "tags": ["a", "b"]}, {"v": 2, "tags": ["b", "a"]}
    assert compared(document(old), document(new), ignore=("V",), unordered=("tags",)) == Same()
    assert readable(document(old), document(new), ignore=("v",)).startswith("$.tags: another order")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ((("x-frame-options", "DENY"),), (), "header x-frame-options: missing, was DENY"),
        ((), (("x-debug", "1"),), "header x-debug: added, 1"),
        ((("cache-control", "no-store"),), (("cache-control", "public"),), "header cache-control: no-store -> public"),
        ((("etag", '"a"'),), (), "header etag: missing, was (a tag)"),
        ((("x-request-id", "1"),), (), "header x-request-id: missing, was (of one answer)"),
        ((), (("server-timing", "db;dur=5"),), "header server-timing: added, (of one answer)"),
        (
            (("set-cookie", "sid=1; HttpOnly"),),
            (("set-cookie", "sid=2"),),
            "header set-cookie: sid=...; httponly -> sid=...",
        ),
        ((("link", "a"), ("link", "b")), (("link", "a"),), "header link: a, b -> a"),
    ],
)
def test_a_fault_in_the_headers_is_found(old: Fields, new: Fields, told: str) -> None:
    assert readable(document(1, *old), document(1, *old), document(1, *new)) == told


def test_headers_of_one_answer_are_no_difference() -> None:
    old = (("date", "a"), ("x-request-id", "1"), ("etag", '"a"'), ("set-cookie", "sid=1; Path=/"), ("vary", "A, b"))
    new = (("x-request-id", "b"), ("etag", '"b"'), ("set-cookie", "sid=2; path=/"), ("vary", "B,a"), ("server", "x"))
    assert compared(document(1, *old), document(1, *new)) == Same()
    traced = document(1, ("traceparent", "00-1-2-01"))
    assert compared(document(1), traced, document(1)) == Same(("header traceparent",))


def test_a_changed_status_and_a_missing_answer_are_differences() -> None:
    assert readable(document(1), document(1), document(1, status=404)) == "status: 200 -> 404"
    assert readable(document(1), document(1), NoAnswer("refused")) == "answer: status 200 -> no answer: refused"


def test_an_old_release_that_is_no_measure_makes_nothing_comparable() -> None:
    assert compared(NoAnswer("refused"), document(1)) == NotComparable("the old release gives no answer: refused")
    told = "the old release answers now with 200, now with 500"
    assert compared(document(1), document(1, status=500), document(1)) == NotComparable(told)
    packed = (("content-encoding", "br"),)
    assert isinstance(compared(document(1, *packed), document(2, *packed)), NotComparable)


def test_a_fault_in_a_page_is_found_beside_its_noise() -> None:
    def html(time: str, token: str, price: str, more: str = "") -> Answered:
        return page(
            f'<html><body><p>At {time}</p><input type="hidden" name="csrf_token" value="{token}">'
            f"<ul><li>Tea {price}</li>"
            f"{more}<li>Rum 9.00</li></ul></body></html>"
        )

    noise = html("02:59", "aa", "3.50"), html("03:00", "bb", "3.50")
    assert compared(*noise, html("03:01", "cc", "3.50")) == Same(("line, <p>At *:*</p>",))
    assert "3.50 -> 3.60" in readable(*noise, html("03:02", "dd", "3.60"))
    assert "<li>Mate 4.00</li>" in readable(*noise, html("03:02", "dd", "3.50", "<li>Mate 4.00</li>"))


def test_a_line_that_comes_and_goes_hides_no_fault_beside_it() -> None:
    def html(greeting: str, title: str, nonce: str) -> Answered:
        return page(f"<title>{title}</title>\n<script nonce={nonce}></script>\n{greeting}<h1>Tea</h1>")

    old = html("", "Board", "aa"), html("<p>Hello</p>\n", "Board", "bb")
    assert isinstance(compared(*old, html("<p>Hi</p>\n", "Board", "cc")), Different)
    comparer = Comparer()
    news = html("<p>Hi</p>\n", "Board", "cc"), html("", "Board", "dd")
    assert isinstance(comparer.compared(old, news, asked=ASKED), Same)
    faulty = html("<p>Hi</p>\n", "Bord", "cc"), html("", "Bord", "dd")
    result = comparer.compared(old, faulty, asked=ASKED)
    assert isinstance(result, Different)
    assert result.readable == "line 1, behind '<title>': Board -> Bord"


def test_a_word_beside_noise_in_the_same_text_is_no_noise() -> None:
    def link(path: str, signature: str) -> Answered:
        return document({"next": f"/{path}?room=7&n={signature}"})

    old = link("ics", "11"), link("ics", "22")
    assert isinstance(compared(*old, link("ics", "33")), Same)
    assert readable(*old, link("ical", "33")) == '$.next: "/ics?room=7&n=11" -> "/ical?room=7&n=33"'


def test_what_is_shown_once_more_is_a_difference() -> None:
    once, twice = "<h1>Tea</h1><p>Fine</p><p>End</p>", "<h1>Tea</h1><p>Fine</p><p>Fine</p><p>End</p>"
    assert "added, <p>Fine</p>" in readable(page(once), page(once), page(twice))
    assert "missing, was <p>Fine</p>" in readable(page(twice), page(twice), page(once))


def test_what_came_by_chance_as_one_value_is_settled_by_what_other_answers_show() -> None:
    comparer = Comparer()
    lucky = comparer.compared(
        (document({"node": "a"}),) * 3, (document({"node": "b"}),) * 2, asked=ASKED, about="GET /"
    )
    assert isinstance(lucky, Different)
    assert comparer.settled(lucky, "GET /") == lucky
    comparer.compared((document({"node": "a"}), document({"node": "b"})), (), asked=ASKED, about="GET /")
    assert comparer.settled(lucky, "GET /") == Same()
    assert comparer.settled(lucky, "GET /other") == lucky
    third = comparer.compared(
        (document({"node": "a"}),) * 3, (document({"node": "c"}),) * 2, asked=ASKED, about="GET /"
    )
    assert comparer.settled(third, "GET /") == third


def test_other_bytes_are_told_by_their_digest() -> None:
    image = (("content-type", "image/png"),)
    old, new = Answered(200, image, b"\x89\xff1"), Answered(200, image, b"\x89\xff2")
    assert readable(old, old, new).startswith("body: 3 bytes, sha256 ")
    assert compared(old, new, old) == Same(("body",))


def test_what_is_shown_is_bounded_and_obeyed_by_no_terminal() -> None:
    hostile = "\x1b]0;owned\x07\u202e" * 500
    told = readable(document({hostile: 1, "b": hostile}), document({"b": hostile + "x"}))
    assert told.isprintable() or "\n" in told
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert all(len(line) < 600 for line in told.split("\n"))
    assert shown("é漢字 ü") == "é漢字 ü"


def test_many_differences_are_counted_and_each_place_is_shown_first() -> None:
    old = {"rows": [{"id": n, "a": 1} for n in range(100)], "z": 1}
    new = {"rows": [{"id": n, "a": 2} for n in range(100)], "z": 2}
    result = compared(document(old), document(new))
    assert isinstance(result, Different)
    assert result.more == 81
    assert {each.place for each in result.differences} == {"$.rows[].a", "$.z"}


ROWS = [f"{number},item {number},{number * 7 % 1000}" for number in range(20_000)]
SAME_ROWS = [f"row {number % 5}" for number in range(20_000)]


@pytest.mark.parametrize(
    ("rows", "faulty", "told"),
    [
        (ROWS, [*ROWS[:9_000], "9000,item 9000,1", *ROWS[9_001:]], "line 9001, behind '9000,item 9000,': 0 -> 1"),
        (ROWS, [*ROWS, "new"], "line 20001: added, new"),
        (ROWS, ROWS[1:], "line 1: missing, was 0,item 0,0"),
        (ROWS, [ROWS[-1], *ROWS[:-1]], "line 20000: missing, was 19999,item 19999,993"),
        (SAME_ROWS, [*SAME_ROWS[:9_000], *SAME_ROWS[9_001:]], "line 9001: missing, was row 0"),
        (SAME_ROWS, [*SAME_ROWS[:9_000], "row 0", *SAME_ROWS[9_000:]], "line 9002: added, row 0"),
    ],
)
def test_a_fault_in_tens_of_thousands_of_rows_is_found(rows: list[str], faulty: list[str], told: str) -> None:
    def text(rows: list[str]) -> Answered:
        return Answered(200, (("content-type", "text/csv"),), "\n".join(rows).encode())

    result = readable(text(rows), text(rows), text(faulty))
    assert result == told


def test_a_fault_beside_noise_in_each_of_many_rows_is_found() -> None:
    def text(drawn: int, last: str) -> Answered:
        return page("\n".join([*(f"{row},{(drawn * number) % 997}" for number, row in enumerate(ROWS)), last]))

    old = text(3, "end"), text(5, "end")
    assert isinstance(compared(*old, text(7, "end")), Same)
    assert readable(*old, text(7, "over")) == "line 20001: missing, was end\nline 20001: added, over"


def test_a_changed_row_among_many_without_order_is_told_from_those_that_moved() -> None:
    rows = [{"who": f"item {number % 97}", "price": number} for number in range(2_000)]
    other = {**rows[1_000], "price": -5}
    old = document(rows), document(rows[::-1])
    assert readable(*old, document([other, *rows[1_001:], *rows[:1_000]])) == "$[1000].price: 1000 -> -5"


LIST = ["<li>a</li>", "<li>b</li>", "<li>c</li>", "<li>d</li>"]
MAIN = ["<h1>1</h1>", "<h2>2</h2>", "<h3>3</h3>"]


@pytest.mark.parametrize(
    ("old", "new", "of_order"),
    [
        (document([1, 2]), document([2, 1]), True),
        (document({"tags": "red, blue"}), document({"tags": "blue, red"}), True),
        (document({"tags": "red, blue"}), document({"tags": "blue, reds"}), False),
        (document({"n": 12}), document({"n": 21}), False),
        (document([1, 2]), document([1, 2, 3]), False),
        (page("\n".join(LIST)), page("\n".join(LIST[::-1])), True),
        (page("\n".join(LIST)), page("\n".join(LIST[1:])), False),
        (page("\n".join(LIST)), page("\n".join([*LIST[1:], "<li>e</li>"])), False),
    ],
)
def test_what_is_of_order_alone_is_told_from_what_is_not(old: Answered, new: Answered, of_order: bool) -> None:
    result = compared(old, old, new)
    assert isinstance(result, Different)
    assert all(each.is_of_order for each in result.differences) is of_order


def test_a_run_of_lines_that_has_no_order_in_the_old_release_hides_no_other_order() -> None:
    def html(run: list[str], rest: list[str] = MAIN) -> Answered:
        return page("\n".join([rest[0], *run, *rest[1:]]))

    old = html(LIST), html([LIST[1], LIST[0], *LIST[2:]][::-1])
    assert isinstance(compared(*old, html(LIST[2:] + LIST[:2])), Same)
    assert isinstance(compared(*old, html(LIST[1:] + LIST[:1], MAIN[::-1])), Different)
    assert isinstance(compared(*old, html(["<li>e</li>", *LIST[1:]])), Different)


UNALIGNED = "body: differs; not aligned further"


@pytest.mark.parametrize("answer", [document, lambda value: page("\n".join(map(str, value)))])
def test_what_differs_beyond_the_work_that_is_done_is_called_different_and_the_rest_not_looked_at(answer: Any) -> None:
    old, new = answer(list(range(500))), answer([-each for each in range(500)])
    result = compared(old, old, new, most_steps=300)
    assert isinstance(result, Different)
    assert UNALIGNED in result.readable
    assert compared(old, old, old, most_steps=0) == Same()
    told = "two answers of the old release differ in more than is aligned"
    assert compared(old, new, old, most_steps=300) == NotComparable(told)
    fine = Comparer(most_steps=10_000)
    assert fine.compared((old, old), (new, old), asked=ASKED) == Same()


def test_thousands_of_differences_in_one_place_hide_none_in_another() -> None:
    old = {"rows": [{"id": number, "price": 1} for number in range(3_000)], "total": 5}
    new = {"rows": [{"id": number, "price": 2} for number in range(3_000)], "total": 6}
    result = compared(document(old), document(old), document(new))
    assert isinstance(result, Different)
    assert [each.place for each in result.differences[:2]] == ["$.rows[].price", "$.total"]


def test_a_document_with_thousands_of_places_that_differ_says_that_there_may_be_more() -> None:
    keys = ["".join(letters) for letters in product("abcdefghijkl", repeat=3)]
    result = compared(*(document(dict.fromkeys(keys, told)) for told in (1, 1, 2)))
    assert isinstance(result, Different)
    assert (result.more, result.has_each_place) == (982, False)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "a", "b", "c"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_any_document_equals_itself_whatever_the_order_of_its_keys(value: object) -> None:
    turned = json.dumps(_turned(value)).encode()
    assert compared(document(value), document(value), Answered(200, JSON, turned)) == Same()


def _turned(value: object) -> object:
    match value:
        case dict():
            return {key: _turned(each) for key, each in reversed(value.items())}
        case list():
            return [_turned(each) for each in value]
        case _:
            return value


@given(JSON_VALUES, JSON_VALUES)
def test_documents_that_are_not_equal_are_different(one: object, other: object) -> None:
    alike = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert isinstance(compared(document(one), document(one), document(other)), Same) is alike


@given(JSON_VALUES, JSON_VALUES, st.integers(0, 30))
def test_no_bound_of_work_hides_a_difference_or_makes_one(one: object, other: object, steps: int) -> None:
    alike = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    result = compared(document(one), document(one), document(_turned(other)), most_steps=steps)
    assert isinstance(result, Same) is alike


LINES = st.lists(st.sampled_from(["a", "b 1", "b 2", "c d e"]), max_size=12)


@given(LINES, LINES, st.integers(0, 60))
def test_no_bound_of_work_hides_a_line_that_differs(one: list[str], other: list[str], steps: int) -> None:
    result = compared(page("\n".join(one)), page("\n".join(one)), page("\n".join(other)), most_steps=steps)
    assert isinstance(result, Same) is (one == other)


def test_more_answers_are_given_more_work_so_that_what_was_found_with_few_is_found_with_many() -> None:
    def answer(drawn: int, price: int) -> Answered:
        return document([{"id": number, "n": number * drawn % 97, "price": price} for number in range(300)])

    few, many = [answer(drawn, 1) for drawn in (2, 3)], [answer(drawn, 1) for drawn in range(2, 8)]
    for old, new in ((few, [answer(9, 2)]), (many, [answer(drawn, 2) for drawn in range(9, 14)])):
        result = Comparer(most_steps=3_000).compared(tuple(old), tuple(new), asked=ASKED)
        assert isinstance(result, Different)
        assert {each.place for each in result.differences} == {"$[].price"}
