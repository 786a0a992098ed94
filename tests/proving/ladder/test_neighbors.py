"""What is tried beside a witness has its effect in another place, and what is tried beside a benign call is plain."""

from __future__ import annotations

import pytest

from outpace.proving.ladder import neighbors
from outpace.proving.ladder.cases import (
    CAPITALS,
    EMPTY,
    NAMED,
    Activates,
    Benign,
    Case,
    Creates,
    LeadsTo,
    Leaks,
    Oracle,
    Returns,
    Room,
    Runs,
    TakesLong,
    Witness,
)
from outpace.proving.ladder.neighbors import (
    AGAIN,
    ELSEWHERE,
    HELD,
    JOINED,
    LINKED,
    OTHER_SECRET,
    PLACED,
    RENAMED,
    SECRETS,
    TAME,
    THERE,
    TIMES,
    is_plain,
)
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.tasks import Task

SETUP = "from notes import read"
LEAKING = Witness(setup=SETUP, does="read('../secret.txt')", exploited=Leaks("canary-7731"))
ROOM = (Room(path="docs/a.txt", content="alpha"), Room(path="secret.txt", content="canary-7731"))


def task(
    *witnesses: Witness, benign: tuple[Benign, ...] = (), siblings: tuple[str, ...] = (), room: tuple[Room, ...] = ()
) -> Task:
    return Task(goal="", editable=("*",), witnesses=witnesses, benign=benign, siblings=siblings, room=room)


def witness(does: str, exploited: Oracle, setup: str = "") -> Witness:
    return Witness(does=does, exploited=exploited, setup=setup)


def made(of: Task, sort: str) -> list[Case]:
    return [case for case in neighbors.beside(of) if case.sort == sort]


def test_each_witness_is_tried_again_in_one_process_but_none_that_takes_long() -> None:
    of = task(witness("f('a')", Activates()), witness("g('a')", TakesLong(1.0)), witness("h('a')", Leaks("x")))
    assert [(case.does, case.of, case.times) for case in made(of, AGAIN)] == [
        ("f('a')", 0, TIMES),
        ("h('a')", 2, TIMES),
    ]


def test_what_is_beside_a_witness_has_a_name_of_its_own_each() -> None:
    of = task(LEAKING, benign=(Benign(setup=SETUP, does="read('a.txt')"),), room=ROOM)
    found = neighbors.beside(of)
    assert [case.id for case in found] == [f"beside-{number}" for number in range(len(found))]
    assert {case.sort for case in found} == {AGAIN, RENAMED, PLACED, OTHER_SECRET, JOINED}


RENAMES: dict[str, tuple[Witness, list[tuple[str, Oracle]]]] = {
    "created": (
        witness("put('../out/x.txt')", Creates("../out/x.txt")),
        [
            ("put('../out/q7f3.txt')", Creates("../out/q7f3.txt")),
            ("put('../out/q7f3')", Creates("../out/q7f3")),
            ("put('../out/.q7f3')", Creates("../out/.q7f3")),
            ("put('../out/café-x.txt')", Creates("../out/café-x.txt")),
        ],
    ),
    "started": (witness("ask('a; touch')", Runs("touch")), [("ask('a; outpace-decoy')", Runs("outpace-decoy"))]),
    "led to": (
        witness("go('//evil.example')", LeadsTo("evil.example")),
        [("go('//elsewhere.example')", LeadsTo("elsewhere.example"))],
    ),
    "none of it in the input": (witness("put('y')", Creates("../x.txt")), []),
    "no name at all": (witness("f('x')", Returns("1")), []),
}


@pytest.mark.parametrize(("of", "renamed"), RENAMES.values(), ids=RENAMES.keys())
def test_what_is_created_started_or_led_to_is_tried_with_another_name(
    of: Witness, renamed: list[tuple[str, Oracle]]
) -> None:
    assert [(case.does, case.exploited) for case in made(task(of), RENAMED)] == renamed


def test_a_file_that_leaks_is_tried_under_another_name_with_what_it_held() -> None:
    found = made(task(LEAKING, room=(*ROOM, Room(path="deep/secret.txt", content="nothing"))), RENAMED)
    assert [(case.does, case.room, case.exploited) for case in found] == [
        ("read('../q7f3.txt')", (Room(path="q7f3.txt", content="canary-7731"),), Leaks("canary-7731")),
        ("read('../q7f3')", (Room(path="q7f3", content="canary-7731"),), Leaks("canary-7731")),
        ("read('../café-secret.txt')", (Room(path="café-secret.txt", content="canary-7731"),), Leaks("canary-7731")),
    ]


def test_a_name_in_the_setup_is_renamed_with_the_one_in_the_input() -> None:
    found = made(task(witness("f('touch', X)", Runs("touch"), setup="X = 'touch'")), RENAMED)
    assert [(case.setup, case.does) for case in found] == [("X = 'outpace-decoy'", "f('outpace-decoy', X)")]


def test_another_way_in_is_renamed_like_its_witness() -> None:
    of = task(witness("f('touch')", Runs("touch")), siblings=("g('touch', 1)",))
    assert [case.does for case in made(of, RENAMED)] == ["f('outpace-decoy')", "g('outpace-decoy', 1)"]


def test_a_file_is_put_into_a_folder_whose_name_begins_like_the_one_that_is_meant() -> None:
    of = task(witness("put('../x')", Creates("x"), setup="put = into('docs')"))
    assert [(case.does, case.exploited, [file.path for file in case.room]) for case in made(of, PLACED)] == [
        (f"put('../{folder}/x')", Creates(path), there)
        for folder in ("docs-x", "docs7", "q7f3")
        for path, there in ((f"{folder}/x", []), (folder, []), (f"{folder}/x", [f"{folder}/kept.txt"]))
    ]
    assert [(case.does, case.room) for case in made(of, THERE)] == [
        ("put('../x')", (Room(path="x", content="what was there before"),))
    ]


def test_what_leaks_is_put_beside_each_folder_of_the_room() -> None:
    assert [(case.does, case.room) for case in made(task(LEAKING, room=ROOM), PLACED)] == [
        (f"read('../{folder}/secret.txt')", (Room(path=f"{folder}/secret.txt", content="canary-7731"),))
        for folder in ("docs-x", "docs7")
    ]


def test_a_listing_that_leaks_a_name_is_of_a_folder_beside_too() -> None:
    of = task(witness("names('..')", Leaks("secret.txt")), room=ROOM)
    assert [(case.does, case.room) for case in made(of, PLACED)] == [
        (f"names('../{folder}')", (Room(path=f"{folder}/secret.txt"),)) for folder in ("docs-x", "docs7")
    ]


def test_a_secret_is_letters_alone_digits_alone_and_words_too() -> None:
    assert [(case.exploited, case.room) for case in made(task(LEAKING, room=ROOM), OTHER_SECRET)] == [
        (Leaks(secret), (Room(path="secret.txt", content=secret),)) for secret in SECRETS
    ]
    said = witness("f('abc')", Leaks("abc"), setup="S = 'abc'")
    assert made(task(said, witness("f()", Leaks("abc"))), OTHER_SECRET) == []


def test_an_input_that_does_not_lead_out_is_placed_nowhere() -> None:
    of = task(witness("put('/tmp/x')", Creates("x")), Witness(does="read('/s')", exploited=Leaks("c")), room=ROOM)
    assert made(of, PLACED) == []


def test_a_setup_that_cannot_be_read_names_no_folders_and_breaks_nothing() -> None:
    of = task(witness("put('../x')", Creates("x"), setup="into('docs'"))
    assert [case.does for case in made(of, PLACED)] == ["put('../q7f3/x')"] * 3


def test_an_exploit_is_joined_before_and_behind_what_the_same_function_allows() -> None:
    of = task(witness("run('a')", Runs("id")), benign=(Benign(does="run('ok')"), Benign(does="other('no')")))
    pairs = [(f"run({'ok' + by + 'a'!r})", f"run({'a' + by + 'ok'!r})") for by in neighbors.SEPARATORS]
    assert [case.does for case in made(of, JOINED)] == [does for pair in pairs for does in pair]


def test_nothing_is_joined_where_only_what_comes_back_or_the_time_tells() -> None:
    of = task(witness("f('a')", Returns("1")), witness("f('b')", TakesLong(1.0)), benign=(Benign(does="f('ok')"),))
    assert made(of, JOINED) == []


def test_no_more_is_joined_than_can_be_run() -> None:
    benign = tuple(Benign(does=f"run('ok-{number}')") for number in range(3))
    of = task(*(witness(f"run('a-{number}')", Runs("id")) for number in range(30)), benign=benign)
    assert 0 < len(made(of, JOINED)) <= neighbors.MOST_JOINED


def test_the_plain_words_of_benign_calls_are_varied_and_what_has_a_grammar_is_left() -> None:
    found = neighbors.tame(task(benign=(Benign(does="f('ab', '<b>', 3)"),)))
    assert [case.id for case in found] == [f"tame-{number}" for number in range(len(found))]
    texts = [
        "aba", "aab", "abZq", "Zqab", "ab7", "7ab", "ab" + "abcdefgh" * 4, "abab", "%61b", "%2561b",
        "ab\u00e9", "AB", "Zq", "fg",
    ]  # fmt: skip
    assert [(case.does, case.sort) for case in found] == [
        *((f"f({text!r}, '<b>', 3)", CAPITALS if text == "AB" else TAME) for text in texts),
        ("f('', '<b>', 3)", EMPTY),
    ]


def test_a_name_in_a_mapping_may_be_one_that_its_reader_asks_for() -> None:
    found = neighbors.tame(task(benign=(Benign(does="f({'ab': 'cd'})"),)))
    assert {case.sort for case in found if "'ab'" in case.does} == {TAME, EMPTY, CAPITALS}
    assert {case.sort for case in found if "'cd'" in case.does} == {NAMED, EMPTY}


def test_a_list_of_plain_words_is_made_longer() -> None:
    found = neighbors.tame(task(benign=(Benign(does="f('a, b', 'a, b=1')"),)))
    assert [case.does for case in found] == ["f('a, b, a, b', 'a, b=1')"]


def test_no_more_tame_calls_are_made_than_can_be_run() -> None:
    found = neighbors.tame(task(benign=tuple(Benign(does=f"f('a{number}')") for number in range(90))))
    assert 0 < len(found) <= neighbors.MOST_TAME


def test_benign_calls_are_tried_where_files_hold_their_words() -> None:
    of = task(benign=(Benign(does="f('-x', 'a\\nb')"), Benign(does="f(1)")), room=(*ROOM, Room(path="docs/none")))
    assert [(case.does, case.room) for case in neighbors.tame(of) if case.sort == HELD] == [
        (
            "f('-x', 'a\\nb')",
            (Room(path="docs/a.txt", content="alpha\n-x\n"), Room(path="secret.txt", content="canary-7731\n-x\n")),
        )
    ]


def test_benign_calls_are_tried_behind_links_where_the_room_has_folders() -> None:
    benign = (Benign(does="f(1)"), Benign(setup="import g", does="g(2)"))
    assert [(case.setup, case.does, case.of, case.sort) for case in neighbors.tame(task(benign=benign, room=ROOM))] == [
        ("", "f(1)", 0, LINKED),
        ("import g", "g(2)", 1, LINKED),
    ]
    assert all(case.linked for case in neighbors.tame(task(benign=benign, room=ROOM)))
    assert neighbors.tame(task(benign=benign, room=ROOM[1:])) == ()


PLAIN = ("a", "a b.txt", "caf\u00e9-1", "x" * 60)
SPECIAL = ("", ".", "- -", "..", "a..b", "a/b", "a=b", "x" * 61, "a\n")


@pytest.mark.parametrize("text", [*PLAIN, *SPECIAL])
def test_plain_is_what_no_filter_has_a_reason_to_refuse(text: str) -> None:
    assert is_plain(text) is (text in PLAIN)


BEFORE = b"def read(n):\n    return n\n\n\ndef show(n):\n    return n\n\n\ndef kept(n):\n    return n\n"
AFTER = BEFORE.replace(b"def show(n):\n", b"def show(n):\n    n = str(n)\n")


def test_given_calls_are_tried_with_the_other_functions_that_a_change_touches() -> None:
    """`kept` is none of them, and `read` is called already."""
    patch = Patch.of([PatchedFile(path="notes.py", before=BEFORE, after=AFTER)])
    of = task(LEAKING, benign=(Benign(setup=SETUP, does="read('a.txt')"), Benign(does="len('a')")), room=ROOM)
    found = neighbors.elsewhere(of, patch)
    assert [case.id for case in found] == [f"elsewhere-{number}" for number in range(4)]
    assert {(case.setup, case.sort) for case in found} == {(f"{SETUP}\nfrom notes import show", ELSEWHERE)}
    assert [case.does for case in found] == [
        "show('../secret.txt')",
        "show('../docs-x/secret.txt')",
        "show('../docs7/secret.txt')",
        "show('a.txt')",
    ]


def test_a_benign_call_elsewhere_is_judged_by_each_effect_that_there_is() -> None:
    code = Patch.of([PatchedFile(path="notes.py", before=BEFORE, after=AFTER)])
    other = witness("read('q')", Creates("x"), setup=SETUP)
    found = neighbors.elsewhere(task(LEAKING, other, benign=(Benign(setup=SETUP, does="read('a')"),)), code)
    assert [case.of for case in found if case.does == "show('a')"] == [0, 1]


def test_a_function_of_a_test_a_dunder_and_a_return_value_are_tried_nowhere_else() -> None:
    test = PatchedFile(path="tests/test_notes.py", before=BEFORE, after=AFTER)
    assert neighbors.elsewhere(task(LEAKING), Patch.of([test])) == ()
    dunder = PatchedFile(path="notes.py", before=BEFORE, after=BEFORE + b"\ndef __getattr__(n):\n    return n\n")
    assert neighbors.elsewhere(task(LEAKING), Patch.of([dunder])) == ()
    code = PatchedFile(path="notes.py", before=BEFORE, after=AFTER)
    assert neighbors.elsewhere(task(witness("read('a')", Returns("1"))), Patch.of([code])) == ()


def test_an_imported_module_needs_no_import_of_the_other_function() -> None:
    code = PatchedFile(path="notes.py", before=BEFORE, after=AFTER)
    of = task(witness("notes.read('a')", Leaks("x"), setup="import notes"))
    assert [(case.setup, case.does) for case in neighbors.elsewhere(of, Patch.of([code]))] == [
        ("import notes\n", "notes.show('a')")
    ]


def test_no_more_is_tried_elsewhere_than_can_be_run() -> None:
    many = b"".join(b"def f%d(n):\n    return n\n" % number for number in range(150))
    code = PatchedFile(path="notes.py", before=BEFORE, after=BEFORE + many)
    assert 0 < len(neighbors.elsewhere(task(LEAKING), Patch.of([code]))) <= neighbors.MOST_ELSEWHERE


def test_a_plain_word_within_a_text_that_has_a_grammar_is_another_one() -> None:
    of = task(LEAKING, benign=(Benign(does="get('attachment; filename=\"a-2.0.zip\"; kind=long')"),))
    found = {case.does for case in neighbors.tame(of)}
    assert {
        "get('attachment; filename=\"Zq7a-2.0.zip\"; kind=long')",
        "get('attachment; filename=\"aa-2.0.zip\"; kind=long')",
        "get('attachment; filename=\"a-2.0.zip\"; kind=Zq7long')",
    } <= found


DESK = (Room(path="desk.json", content='{"people": ["Ann Gray", "Ben"]}'),)


def test_another_name_of_the_data_comes_into_the_place_of_one() -> None:
    of = task(
        witness("see('ben', 'x')", Leaks("canary")),
        room=DESK,
        benign=(Benign(does="see(' ANN  gray ', 'x')"),),
    )
    assert [(case.id, case.does) for case in neighbors.swapped(of)] == [
        ("swapped-0", "see(' ANN  gray ', 'x')"),
        ("swapped-1", "see('ben', 'x')"),
    ]


def test_a_word_that_the_data_hold_is_told_with_its_place_and_others_are_not() -> None:
    of = task(LEAKING, room=DESK, benign=(Benign(does="see('ben', 'Zeta')"),))
    found = {case.does: case.place for case in neighbors.tame(of)}
    assert found["see('bena', 'Zeta')"] == ("0:0", "ben")
    assert {case.sort for case in neighbors.tame(of) if case.does == "see('BEN', 'Zeta')"} == {CAPITALS}
    assert found["see('ben', 'Zetaa')"] is None


def test_what_is_a_whole_address_no_more_says_something_beside_a_plain_word_there() -> None:
    """It may be a path of the same site; but where the effect is where somebody is led to."""
    benign = (Benign(does="get('ok')"),)
    for effect, control in ((Leaks("canary"), ("", "get('q7f3')")), (LeadsTo("evil.example"), None)):
        of = task(witness("get('https://evil.example/')", effect), benign=benign)
        found = {case.does: case.control for case in made(of, JOINED)}
        assert found["get('ok/https://evil.example/')"] == control
        assert found["get('https://evil.example//ok')"] is None


def test_no_word_is_put_into_a_file_that_may_be_run() -> None:
    script = Room(path="bin/git", content="#!/bin/sh\necho got\n")
    found = neighbors.tame(task(LEAKING, room=(*DESK, script), benign=(Benign(does="get('ben')"),)))
    assert [[file.path for file in case.room] for case in found if case.sort == neighbors.HELD] == [["desk.json"]]
