"""A uv.lock with packages that have no wheel: resolved with what their builds say, and kept as they are."""

from __future__ import annotations

from pathlib import Path

from outpace.engines.uv_lock_rows import archives_in, put_back
from tests.fakes.fixing import Shop, below, moves, shop, told
from tests.fakes.index import Release

PROJECT = """[project]
name = "shop"
version = "0"
requires-python = ">=3.11"
dependencies = ["a", "old"]
"""
A = (Release(version="1.0"), Release(version="1.1", requires_dist=("b",)), Release(version="1.2"))
B = (Release(version="1.0"),)


def old(*needs: str, backend: str = "pass") -> Release:
    return Release(version="1.0", sdist=True, requires_dist=needs, backend=backend)


def locked(made: Shop) -> bytes:
    made.commit({"pyproject.toml": PROJECT})
    made.lock("-P", "a==1.0")
    made.commit({}, "Lock") if made.git("status", "--porcelain") else None
    return (made.place / "uv.lock").read_bytes()


def block(lock: str, name: str) -> str:
    return next(each for each in lock.split("[[package]]\n") if each.startswith(f'name = "{name}"'))


def test_the_fix_of_another_package_resolves_and_leaves_it_as_it_is(tmp_path: Path) -> None:
    with shop(tmp_path, {"a": A, "b": B, "old": [old("a<2")]}, [below("X-1", "a", "1.1")]) as made:
        before = locked(made).decode()
        view = made.fix()
        assert (told(view), moves(view)) == (
            {"a 1.0": ("fixed", "1.1")},
            ((("a", "1.0", "1.1"), ("b", None, "1.0")),),
        )
        branch = view.landed[0].change.branch
        after = made.shown(branch, "uv.lock")
        assert (block(after, "old"), view.landed[0].change.caveats) == (block(before, "old"), ())
        made.git("checkout", "-q", branch)
        made.lock("--check")


def test_what_its_build_says_that_it_needs_holds_the_others_back(tmp_path: Path) -> None:
    with shop(tmp_path, {"a": A, "b": B, "old": [old("a<1.1")]}, [below("X-1", "a", "1.1")]) as made:
        locked(made)
        assert told(made.fix()) == {"a 1.0": ("blocked", "old 1.0 (needs a<1.1)")}


def test_a_build_that_fails_in_the_sandbox_is_said_with_what_was_not_checked(tmp_path: Path) -> None:
    """It wants a file of the user's, which is there when the user locks, and not in the sandbox."""
    (tmp_path / "headers").write_text("")
    wants = f"if not pathlib.Path({str(tmp_path / 'headers')!r}).exists(): raise SystemExit('no headers')"
    index = {"a": A, "b": B, "old": [old("a<2", backend=wants)]}
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        before = locked(made).decode()
        view = made.fix()
        assert told(view) == {"a 1.0": ("fixed", "1.1")}
        (caveat,) = view.landed[0].change.caveats
        assert caveat.startswith("old 1.0 has no wheel, and which versions it needs was not checked: the build in the")
        assert block(made.shown(view.landed[0].change.branch, "uv.lock"), "old") == block(before, "old")


def test_one_build_that_fails_keeps_no_other_from_being_asked(tmp_path: Path) -> None:
    (tmp_path / "headers").write_text("")
    wants = f"if not pathlib.Path({str(tmp_path / 'headers')!r}).exists(): raise SystemExit('no headers')"
    index = {"a": A, "b": B, "old": [old("fails", "a<1.1")], "fails": [old(backend=wants)]}
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        locked(made)
        assert told(made.fix()) == {"a 1.0": ("blocked", "old 1.0 (needs a<1.1)")}


LOCK = b"""version = 1

[[package]]
name = "old"
version = "1.0"
source = { registry = "https://index.example.invalid/simple" }
dependencies = [
    { name = "a", extra = ["x"], marker = "sys_platform == 'linux'" },
]
sdist = { url = "https://files.example.invalid/old-1.0.tar.gz", hash = "sha256:00" }

[package.optional-dependencies]
more = [
    { name = "c" },
]

[[package]]
name = "shop"
version = "0"
source = { virtual = "." }
dependencies = [
    { name = "old" },
]
"""
STOOD_IN = LOCK.replace(
    b'sdist = { url = "https://files.example.invalid/old-1.0.tar.gz", hash = "sha256:00" }',
    b'wheels = [\n    { path = "old-1.0-py3-none-any.whl" },\n]',
).replace(b'"https://index.example.invalid/simple"', b'"../wheels-of-ours"')


def test_a_lock_tells_needs_by_name_extra_and_marker() -> None:
    (found,) = archives_in(LOCK)
    assert found.needs == ("a[x] ; (sys_platform == 'linux')", "c ; extra == 'more'")


def test_what_stood_in_is_put_back_byte_for_byte() -> None:
    assert put_back(STOOD_IN, LOCK, "wheels-of-ours") == LOCK


def test_what_cannot_be_put_back_is_not_guessed() -> None:
    another = STOOD_IN.replace(b'version = "1.0"', b'version = "1.1"')
    forked = STOOD_IN.replace(b'dependencies = [\n    { name = "a"', b'resolution-markers = [\n    "x",\n]\n\\0', 1)
    assert [put_back(each, LOCK, "wheels-of-ours") for each in (another, forked)] == [None, None]
