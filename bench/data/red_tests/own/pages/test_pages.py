"""What pages.py promises."""

import pytest
from pages import NoSuchPage, Pages


def test_the_last_page_holds_the_rest() -> None:
    assert Pages(range(25)).page(3) == [20, 21, 22, 23, 24]


def test_a_full_last_page_is_not_followed_by_an_empty_one() -> None:
    assert Pages(range(20)).count == 2


def test_nothing_has_one_empty_page() -> None:
    assert Pages([]).page(1) == []


@pytest.mark.parametrize("number", [0, 4, -1])
def test_there_is_no_page_outside(number: int) -> None:
    with pytest.raises(NoSuchPage):
        Pages(range(25)).page(number)


def test_the_refusal_says_how_many_there_are() -> None:
    with pytest.raises(LookupError) as caught:
        Pages(range(25)).page(9)
    assert str(caught.value) == "no page 9 of 3"


def test_pages_join_to_the_whole() -> None:
    pages = Pages(range(23), size=4)
    assert [item for number in range(1, pages.count + 1) for item in pages.page(number)] == list(range(23))


def test_a_page_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 items"):
        Pages([1], size=0)


def test_links_leave_out_the_middle() -> None:
    assert Pages(range(100)).links(5) == [1, None, 4, 5, 6, None, 10]


def test_links_of_neighbors_have_no_gap() -> None:
    assert Pages(range(30)).links(2) == [1, 2, 3]


def test_links_stay_inside() -> None:
    assert Pages(range(30)).links(1, around=5) == [1, 2, 3]


def test_the_summary_counts_from_one() -> None:
    assert Pages(range(25)).summary(3) == "21 to 25 of 25"


def test_the_summary_of_nothing_says_so() -> None:
    assert Pages([]).summary(1) == "nothing found"
