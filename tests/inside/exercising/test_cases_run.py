"""Cases run for real in the sandbox: what each gives back, what it leaves behind, and what the others see of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from outpace import sandbox
from outpace.app.climb_trial import Row
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.inside.exercising.cases import TOGETHER
from outpace.proving.ladder.cases import Seen
from outpace.testing.told import rows_of

MODULE = """
import os, signal, sys

TIMES = []


def note():
    TIMES.append(1)
    return len(TIMES)


def put(path, text="x", mode=None):
    with open(path, "w") as file:
        file.write(text)
    if mode is not None:
        os.chmod(path, mode)


def half(one):
    if one > 2:
        return "more"
    return "less"
"""
SETUP = "import os, sys, signal, tempfile, notes"


def case(ident: str, does: str, **more: Any) -> list[Any]:
    """As a request has it."""
    how = {"setup": SETUP, "runs": 1, "together": True, "seconds": 0.0, "room": [], "times": 1, "linked": False} | more
    rest = (how[name] for name in ("runs", "together", "seconds", "room", "times", "linked"))
    return [ident, how["setup"], does, *rest]


class Sandbox:
    def __init__(self, root: Path) -> None:
        (root / "notes.py").write_text(MODULE)
        self.module = str(root / "notes.py")
        python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
        self.inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=root, cwd=root)

    def rows(self, *cases: list[Any], **more: Any) -> tuple[Row, ...]:
        request = {"room": [], "decoys": [], "lines": {}} | more
        told = self.inside.ask("exercising.cases", {"cases": cases, **request}, seconds=60)
        assert told.ended is None, told
        rows = rows_of(told, Row)
        assert isinstance(rows, tuple), rows
        return rows

    def seen(self, *cases: list[Any], **more: Any) -> list[Seen]:
        return [row.seen for row in self.rows(*cases, **more) if row.seen is not None]


@pytest.fixture
def tried(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


def texts(rows: list[Seen]) -> list[tuple[str, str]]:
    return [(each.case, each.text or each.message or each.why) for each in rows]


def test_cases_that_run_together_share_a_process_and_no_room(tried: Sandbox) -> None:
    """So many of them; one more is in the next one."""
    counting = [
        case(f"c{number}", "(notes.note(), os.listdir(), notes.put('left'))[:2]") for number in range(TOGETHER + 1)
    ]
    found = tried.seen(*counting, case("alone", "notes.note()", together=False))
    in_one = [(f"c{n}", f"({n + 1}, [])") for n in range(TOGETHER)]
    assert texts(found) == [*in_one, (f"c{TOGETHER}", "(1, [])"), ("alone", "1")]
    assert {each.files for each in found} == {("left",), ()}


def test_one_that_dies_among_others_is_told_apart_and_the_others_are_tried_alone(tried: Sandbox) -> None:
    found = tried.seen(
        case("before", "'a'"),
        case("killed", "os.kill(os.getpid(), signal.SIGKILL)"),
        case("exits", "os._exit(0)"),
        case("behind", "'b'"),
    )
    assert [(each.case, each.state, each.text, each.why) for each in found] == [
        ("before", "returned", "a", ""),
        ("killed", "died", "", "signal SIGKILL"),
        ("exits", "died", "", "exit status 0"),
        ("behind", "returned", "b", ""),
    ]


def test_one_that_takes_too_long_among_others_is_told_apart(tried: Sandbox) -> None:
    loop = case("loops", "[None for _ in iter(int, 1)]", seconds=0.3)
    found = tried.seen(loop, case("behind", "'b'", seconds=0.3))
    assert [(each.case, each.state, each.text) for each in found] == [
        ("loops", "timed out", ""),
        ("behind", "returned", "b"),
    ]


def test_a_call_is_done_many_times_in_one_process_and_all_that_came_back_is_told(tried: Sandbox) -> None:
    opening = "notes.note() if len(notes.TIMES) < 3 else 1 / 0"
    found = tried.seen(case("again", "notes.note()", times=4), case("raises", opening, together=False, times=5))
    assert [(each.state, each.text, each.kind) for each in found] == [
        ("returned", "1\n2\n3\n4", ""),
        ("raised", "1\n2\n3\ndivision by zero\ndivision by zero", "builtins:ZeroDivisionError"),
    ]  # fmt: skip


def test_a_case_has_files_of_its_own_in_place_of_those_of_the_room(tried: Sandbox) -> None:
    read = "[open(p).read() for p in ('a', 'docs/b')]"
    own = case("own", read, room=[["docs/b", "other"]])
    found = tried.seen(own, case("common", read), room=[["a", "alpha"], ["docs/b", "beta"]])
    assert texts(found) == [("own", "['alpha', 'other']"), ("common", "['alpha', 'beta']")]


def test_the_folders_of_a_room_may_be_reached_by_links_and_hold_what_they_held(tried: Sandbox) -> None:
    asks = "(os.path.islink('docs'), open('docs/sub/a').read(), os.path.islink('b'), notes.put('docs/new'))[:3]"
    found = tried.seen(
        case("linked", asks, linked=True), case("plain", asks), room=[["docs/sub/a", "alpha"], ["b", "beta"]]
    )
    assert [(each.text, each.files) for each in found] == [
        ("(True, 'alpha', False)", ("docs.there/new",)),
        ("(False, 'alpha', False)", ("docs/new",)),
    ]


LEFT: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "a file": ("notes.put('x', mode=0o640)", ("x",), ("x 100640",)),
    "a file beside the room": ("notes.put('../x', mode=0o640)", ("../x",), ("../x 100640",)),
    "another content": ("notes.put('a', 'other', 0o640)", ("a",), ("a 100640",)),
    "another mode": ("os.chmod('a', 0o666)", ("a",), ("a 100666",)),
    "the same content": ("notes.put('a', 'alpha')", (), ()),
    "a folder": ("os.mkdir('d', 0o750)", ("d",), ("d 40750",)),
    "a folder in another": ("os.makedirs('docs/d') or os.chmod('docs/d', 0o700)", ("docs/d",), ("docs/d 40700",)),
    "a link": ("os.symlink('/nowhere', 'l')", ("l",), ("l 120777",)),
    "a file that is gone": ("os.remove('a')", ("a",), ()),
    "a folder that is gone": ("os.remove('docs/b') or os.rmdir('docs')", ("docs", "docs/b"), ()),
    "a temporary file": ("tempfile.mkstemp()[0]", ("../tmp/tmp*",), ("../tmp/tmp* 100600",)),
    "a named file among the temporary ones": (
        "notes.put(tempfile.gettempdir() + '/x', mode=0o600)",
        ("../tmp/x",),
        ("../tmp/x 100600",),
    ),
    "what is printed": ("print('told')", (), ()),
}


def test_what_a_case_leaves_behind_is_told_with_its_mode(tried: Sandbox) -> None:
    """All in one request, each in a room of its own."""
    cases = [case(name, does) for name, (does, _, _) in LEFT.items()]
    found = tried.seen(*cases, room=[["a", "alpha"], ["docs/b", "beta"]])
    left = {each.case: (each.files, each.modes) for each in found}
    assert left == {name: (files, modes) for name, (_, files, modes) in LEFT.items()}
    assert [each.printed for each in found if each.printed] == ["told\n"]


def test_programs_and_connections_are_seen_from_outside(tried: Sandbox) -> None:
    reach = "(socket.create_connection(('127.0.0.1', {port})), 1)[1]"
    found = tried.seen(
        case("starts", "os.system('touch x; id')"),
        case("connects", reach, setup="import socket"),
        case("listens alone", "{port}"),
        decoys=["touch", "ls"],
    )
    assert [(each.case, each.programs, each.connected, each.files) for each in found] == [
        ("starts", ("touch",), False, ()),
        ("connects", (), True, ()),
        ("listens alone", (), False, ()),
    ]


def test_places_of_a_case_are_said_by_what_they_are_and_addresses_not_at_all(tried: Sandbox) -> None:
    found = tried.seen(
        case("here", "os.getcwd() == '{room}' and os.getcwd()"),
        case("outside", "(os.environ['HOME'], tempfile.gettempdir(), os.path.dirname(os.getcwd()) == '{outside}')"),
        case("raised", "open(os.getcwd() + '/none')"),
        case("an object", "object()"),
        case("printed", "print(os.getcwd())"),
    )
    assert [each.text or each.message for each in found] == [
        "{room}",
        "('{room}', '{outside}/tmp', True)",
        "[Errno 2] No such file or directory: '{room}/none'",
        "<object object at 0x>",
        "None",
    ]
    assert found[-1].printed == "{room}\n"


def test_a_coroutine_is_awaited_and_a_generator_run_to_its_end(tried: Sandbox) -> None:
    setup = "import asyncio\nasync def late():\n    await asyncio.sleep(0)\n    return 7\n"
    found = tried.seen(
        case("late", "late()", setup=setup), case("many", "(n for n in range(3))"), case("b", "b'\\xe9'")
    )
    assert [each.text for each in found] == ["7", "[0, 1, 2]", "\u00e9"]


def test_what_fails_before_a_call_is_told_of_its_case_alone(tried: Sandbox) -> None:
    found = tried.seen(case("gone", "1", setup="import nowhere_to_be_found"), case("wrong", "1 +"), case("fine", "1"))
    assert [(each.state, each.kind, each.text) for each in found] == [
        ("raised", "builtins:ModuleNotFoundError", ""),
        ("raised", "builtins:SyntaxError", ""),
        ("returned", "", "1"),
    ]


ODD = "\udc80"
SURROGATES = {
    "a text": (f"{ODD!r}", "\\udc80", (), ()),
    "a value": (f"[{ODD!r}]", "['\\udc80']", (), ()),
    "a message": (f"(_ for _ in ()).throw(ValueError({ODD!r}))", "\\udc80", (), ()),
    "a kind": (f"(_ for _ in ()).throw(type('E', (Exception,), dict(__module__={ODD!r}))('no'))", "no", (), ()),
    "a file": (f"notes.put({ODD!r}, mode=0o600)", "None", ("\\udc80",), ("\\udc80 100600",)),
    "a temporary file": (
        "notes.put('../tmp/\\udc80', mode=0o600)", "None", ("../tmp/\\udc80",), ("../tmp/\\udc80 100600",),
    ),
    "a program": ("notes.put('../ran/\\udc80')", "None", (), ()),
    "what is printed": ("print('\\udc80')", "None", (), ()),
}  # fmt: skip


def test_half_of_a_surrogate_pair_breaks_no_answer_wherever_it_stands(tried: Sandbox) -> None:
    found = tried.seen(*(case(name, does) for name, (does, *_) in SURROGATES.items()))
    told = {each.case: (each.text or each.message, each.files, each.modes) for each in found}
    assert told == {name: (text, files, modes) for name, (_, text, files, modes) in SURROGATES.items()}


def test_more_files_than_can_be_looked_at_are_no_answer(tried: Sandbox) -> None:
    found = tried.seen(case("many", "[notes.put(f'../tmp/{n}') for n in range(2100)]"), case("one", "notes.put('x')"))
    assert [(each.state, each.why) for each in found] == [("died", "it left more than 2000 files"), ("returned", "")]


def test_a_pipe_in_the_place_of_what_was_printed_does_not_hold_up_who_reads_it(tried: Sandbox) -> None:
    found = tried.seen(case("pipe", "os.remove('../printed') or os.mkfifo('../printed')"), case("b", "'b'"))
    assert [(each.text, each.printed) for each in found] == [("None", ""), ("b", "")]


HOSTILE: dict[str, str] = {
    "no object": "5",
    "a text": '"case"',
    "a list": "[]",
    "no JSON": "{",
    "nothing": "",
    "too deep": "[" * 100_000,
    "a state that is none": '{"seen": [{"state": 5}], "ran": []}',
    "no state": '{"seen": [{"text": "x"}], "ran": []}',
    "more cases": '{"seen": [{"state": "returned"}, {"state": "returned"}], "ran": []}',
    "a text that is none": '{"seen": [{"state": "returned", "text": {}}], "ran": []}',
    "places that are none": '{"seen": [{"state": "returned", "value": [["a"]]}], "ran": []}',
    "instructions that are none": '{"seen": [{"state": "returned"}], "ran": [5]}',
    "instructions without end": '{"seen": [{"state": "returned"}], "ran": [["a", "b", 1e999, 1]]}',
}
TELLS = """
import os, sys
from outpace_inside import forks
def tell(text):
    body = b"=" + text.encode()
    os.write(forks._pipe, len(body).to_bytes(8, "big") + body)
    os._exit(0)
"""


def test_a_hostile_child_is_one_that_died_whatever_it_answers_with(tried: Sandbox) -> None:
    """It finds the pipe of its parent, and answers in the place of ours."""
    cases = [case(name, f"tell({text!r})", setup=TELLS, together=False) for name, text in HOSTILE.items()]
    found = tried.seen(*cases, case("honest", "'a'"))
    assert [(each.case, each.state) for each in found] == [
        *((name, "died") for name in HOSTILE),
        ("honest", "returned"),
    ]


LOADS = """
import os, stat
LINES = {lines!r}
for number in range(3, 64):
    try:
        if stat.S_ISFIFO(os.fstat(number).st_mode):
            os.write(number, LINES.encode())
    except OSError:
        pass
"""
ROWS = (
    "5", '"a"', "[]", "{", "[" * 100_000, '{"case": "other", "run": 1e999}', '{"case": "other", "run": 0}',
    '{"case": "other", "run": 0, "state": "returned", "cpu": NaN}',
    '{"case": "other", "run": 0, "state": "returned", "text": 5}',
    '{"ran": [["\\ud800", "x", 1, 1]]}', '{"ran": 5}',
)  # fmt: skip


def test_a_module_that_answers_as_it_is_loaded_breaks_nothing_and_says_nothing_of_files(
    tried: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "loud.py").write_text(LOADS.format(lines="\n".join(ROWS) + "\n"))
    found = tried.seen(case("loud", "1", setup="import loud"), case("other", "notes.put('x', mode=0o600)"))
    assert [(each.case, each.state, each.text, each.files) for each in found] == [
        ("loud", "returned", "1", ()),
        ("other", "returned", "None", ("x",)),
    ]


def test_a_module_that_ends_its_process_as_it_is_loaded_ends_no_other_case(tried: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "ends.py").write_text("import os\nos._exit(7)\n")
    found = tried.seen(case("ends", "1", setup="import ends"), case("other", "'a'"))
    assert [(each.case, each.state, each.text, each.why) for each in found] == [
        ("ends", "died", "", "its process ended early (status 1792)"),
        ("other", "returned", "a", ""),
    ]


def test_added_lines_that_no_case_runs_are_told_with_those_that_ran(tried: Sandbox) -> None:
    lines = {tried.module: [number for number, line in enumerate(MODULE.splitlines(), 1) if "return" in line]}
    rows = tried.rows(case("less", "notes.half(1)"), case("note", "notes.note()", together=False), lines=lines)
    where = MODULE.splitlines().index('        return "more"') + 1
    assert [(row.missed.path, row.missed.line) for row in rows if row.missed] == [(tried.module, where)]
    assert {name for row in rows for path, name, _, _ in row.ran if path == tried.module} >= {"half", "note"}
