"""Which modules must import, and which failure is the change's."""

from __future__ import annotations

import pytest

from outpace.model.application import Application
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.unknown import Unknown
from outpace.proving.imports import entry_points, judge, wanted, with_absent
from outpace.proving.ports import Import, Loaded, NotLoaded

Side = tuple[Import, ...] | Unknown
OK = Loaded(module="shop")
BAD = NotLoaded(module="shop", why="ImportError: no")
SETTLES = "make it import on base, or name in `imports` of outpace.toml what does"
CASES: tuple[tuple[str, Side, Side, Result], ...] = (
    ("imports on both", (OK,), (OK,), Passed("shop import")),
    ("fails on the change", (OK,), (BAD,), Failed("import shop fails on the change and not on base: ImportError: no")),
    (
        "red on both, an entry point",
        (BAD,),
        (BAD,),
        CheckUndecided("import shop fails, and base is no witness: ImportError: no", SETTLES),
    ),
    (
        "red on both, a package",
        (OK, NotLoaded(module="odd", why="x")),
        (OK, NotLoaded(module="odd", why="x")),
        Passed("shop import; not on base either: odd"),
    ),
    (
        "new and red",
        (OK,),
        (OK, NotLoaded(module="odd", why="x")),
        CheckUndecided("import odd fails, and base is no witness: x", SETTLES),
    ),
    ("nothing to import", (), (), Skipped("no entry point is known and no package moved")),
    ("no answer on base", Unknown("crashed"), (OK,), CheckUndecided("no result on base: crashed")),
    ("no answer on the change", (OK,), Unknown("crashed"), CheckUndecided("no result on the change: crashed")),
)


@pytest.mark.parametrize(("base", "change", "result"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_module_that_imports_on_base_must_import_on_the_change(base: Side, change: Side, result: Result) -> None:
    assert judge(base, change, entry_points=("shop",)) == result


def test_entry_points_come_first_and_stray_packages_are_left_out() -> None:
    assert wanted(("shop.app",), ("jwt", "tests", "shop.app", "docs")) == ("shop.app", "jwt")


@pytest.mark.parametrize(
    ("imports", "run", "asked"),
    [
        (("shop.app",), (), ("shop.app",)),
        (("shop.app:make()", "shop"), (), ("shop.app:make", "shop")),
        (("shop.app:make('x', 1)", "shop.app"), (), ("shop.app:make",)),
        (("shop.app",), ("uvicorn", "shop.app:site.app", "--port", "{port}"), ("shop.app:site.app",)),
        ((), ("python", "-m", "gunicorn", "-c", "python:conf", "-b", "unix:a.sock", "shop:app()"), ("shop:app",)),
        ((), ("flask", "--app=shop:make(1)", "run"), ("shop:make",)),
        ((), ("gunicorn", "--chdir", "web", "shop:app"), ()),
        ((), ("python", "shop.py", "shop:app"), ()),
    ],
)
def test_the_object_that_is_served_is_asked_for_and_no_module_beside_an_object_of_it(
    imports: tuple[str, ...], run: tuple[str, ...], asked: tuple[str, ...]
) -> None:
    assert entry_points(Application(name="shop", imports=imports, run=run)) == asked


def test_an_object_that_is_nowhere_is_no_proof_and_one_that_is_gone_is_the_changes_to_blame() -> None:
    there, lacks = Loaded(module="shop:site.app"), NotLoaded(module="shop:site.app", why="AttributeError: app")
    assert [judge((base,), (lacks,), entry_points=("shop:site.app",)) for base in (there, lacks)] == [
        Failed("shop:site.app fails on the change and not on base: AttributeError: app"),
        CheckUndecided("shop:site.app fails, and base is no witness: AttributeError: app", SETTLES),
    ]


@pytest.mark.parametrize(
    ("result", "absent", "expected"),
    [
        (Passed("shop import"), (), Passed("shop import")),
        (Failed("no"), ("kit",), Failed("no")),
        (
            Skipped("no entry point is known and no package moved"),
            ("kit", "more"),
            "not installed where the change is proved, so that nothing of it was run: kit, more",
        ),
    ],
)
def test_what_moved_and_was_not_installed_leaves_it_undecided(
    result: Result, absent: tuple[str, ...], expected: Result | str
) -> None:
    found = with_absent(result, absent)
    match found:
        case CheckUndecided(missing=missing):
            assert missing == expected
        case _:
            assert found == expected
