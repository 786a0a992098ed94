"""A candidate of which each answer is wrong, but each in another way, is different."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import Random

import pytest

from outpace.delivery.exchanges.answers import Answer, Answered, Different, NoAnswer, Result, Same
from outpace.delivery.exchanges.comparing import Comparer
from outpace.delivery.exchanges.exchange import Fields

ASKED = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
HTML: Fields = (("content-type", "text/html"),)


def document(value: object) -> Answered:
    return Answered(200, (("content-type", "application/json"),), json.dumps(value).encode())


def page(text: str) -> Answered:
    return Answered(200, HTML, text.encode())


def result_of(old: list[Answer], new: list[Answer]) -> Result:
    comparer = Comparer()
    for each in old:
        comparer.remember(each)
    return comparer.settled(comparer.compared(tuple(old), tuple(new), asked=ASKED), "")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (
            document({"balance": 5}),
            [document({"balance": -999}), Answered(429, HTML)],
            ["$.balance", "status", "header content-type", "body"],
        ),
        (document({"balance": 5}), [document({"balance": -999}), NoAnswer("cut off")], ["$.balance", "answer"]),
        (
            document({"balance": 5}),
            [document({"balance": -999}), Answered(500, HTML, b"<h1>oops</h1>")],
            ["$.balance", "status", "header content-type", "body"],
        ),
        (document({"a": 5, "b": 5}), [document({"a": 6, "b": 5}), document({"a": 5, "b": 6})], ["$.a", "$.b"]),
        (page("<p>ada</p>"), [page("<p>bob</p>"), NoAnswer("cut off")], ["line, behind '<p>'", "answer"]),
        (page("<p>ada</p>"), [NoAnswer("cut off"), page("<p>bob</p>")], ["answer", "line, behind '<p>'"]),
        (
            page("<p>ada</p>\n<p>1</p>"),
            [page("<p>bob</p>\n<p>1</p>"), page("<p>ada</p>")],
            ["line, behind '<p>'", "line"],
        ),
    ],
)
def test_answers_that_are_each_wrong_in_another_way_are_different(
    right: Answered, wrong: list[Answer], told: list[str]
) -> None:
    result = result_of([right, right], wrong)
    assert isinstance(result, Different)
    assert list(dict.fromkeys(each.place for each in result.differences)) == told
    assert isinstance(result_of([right, right], [*wrong, right]), Same)


def test_a_page_of_which_each_new_answer_is_wrong_is_compared_where_one_of_them_is_none() -> None:
    old: list[Answer] = [page("<b>ada</b>\n<p>1</p>"), page("<b>ada</b>\n<p>2</p>")]
    result = result_of(old, [page("<b>bob</b>\n<p>3</p>"), NoAnswer("cut off"), page("<b>bob</b>\n<p>4</p>")])
    assert isinstance(result, Different)
    assert [each.readable for each in result.differences] == [
        "line 1, behind '<b>': ada -> bob",
        "answer: status 200 -> no answer: cut off",
    ]


def test_lines_and_fields_that_come_and_go_are_not_wrong_each_time() -> None:
    drawn = Random(5)

    def tips(form: str) -> Answered:
        lines = [f"<li>{drawn.choice('abcdefgh') * 3} tip {drawn.random()}</li>" for _ in range(3)]
        if form == "page":
            return page("\n".join(["<h1>Tips</h1>", *(lines[: drawn.randint(1, 3)])]))
        return document({"tips": {f"tip{drawn.randint(1, 10**6)}": 1 for _ in range(3)}, "n": 1})

    for form in ("page", "document") * 40:
        assert isinstance(result_of([tips(form) for _ in range(6)], [tips(form) for _ in range(5)]), Same)


def test_what_differs_in_another_item_of_each_answer_of_both_releases_is_noise() -> None:
    def rows(changed: int) -> Answered:
        return document({"rows": [{"id": number, "load": number if number == changed else -1} for number in range(9)]})

    assert isinstance(result_of([rows(0), rows(1)], [rows(2), rows(3)]), Same)
    assert isinstance(result_of([rows(0), rows(0)], [rows(2), rows(3)]), Different)
