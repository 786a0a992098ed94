"""Kinds of fixes, each on a real repository with the real uv and git."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from outpace.model.advisory import Advisory
from outpace.model.errors import Unreachable
from tests.fakes.fixing import advisory, below, moves, shop, told
from tests.fakes.index import Release

PROJECT = '[project]\nname = "site"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = [{}]\n'


def releases(*versions: str, needs: tuple[str, ...] = ()) -> list[Release]:
    return [Release(version=version, requires_dist=needs) for version in versions]


def test_what_goes_together_is_one_change_that_lists_all(tmp_path: Path) -> None:
    index = {"a": releases("1.0", "1.1", "2.0"), "b": releases("1.0", "1.2"), "c": releases("1.0")}
    records = [below("X-1", "a", "1.1"), below("X-2", "a", "1.0.5"), below("X-3", "b", "1.2")]
    with shop(tmp_path, index, records) as made:
        made.commit({"pyproject.toml": PROJECT.format('"a", "b", "c"')})
        made.lock("-P", "a==1.0", "-P", "b==1.0")
        made.commit({}, "Lock")
        view = made.fix()
        assert told(view) == {"a 1.0": ("fixed", "1.1"), "b 1.0": ("fixed", "1.2")}
        assert moves(view) == ((("a", "1.0", "1.1"), ("b", "1.0", "1.2")),)
        assert view.landed[0].change.fixes == ("X-1", "X-2", "X-3")
        assert view.done
        assert made.fix("X-3").landed[0].change.moves[0].package.name == "b"


def test_a_candidate_that_another_advisory_hits_is_passed_over(tmp_path: Path) -> None:
    index = {"a": releases("1.0", "1.1", "1.2", "1.3")}
    records = [
        below("X-1", "a", "1.1"),
        advisory("X-2", "a", ("introduced", "1.1"), ("fixed", "1.2")),
        advisory("X-3", "a", versions=("1.2",)),
    ]
    with shop(tmp_path, index, records) as made:
        made.commit({"requirements.txt": "a==1.0\n"})
        assert told(made.fix()) == {"a 1.0": ("fixed", "1.3")}


def test_the_fix_stays_on_the_branch_that_is_maintained(tmp_path: Path) -> None:
    index = {"a": releases("3.2.0", "3.2.25", "4.2.11", "5.0.3")}
    record = advisory(
        "X-1", "a", ("introduced", "5.0"), ("fixed", "5.0.3"), ("introduced", "0"), ("fixed", "3.2.25"),
        ("introduced", "4.0"), ("fixed", "4.2.11"),
    )  # fmt: skip
    with shop(tmp_path, index, [record]) as made:
        made.commit({"requirements.txt": "a==3.2.0\n"})
        assert told(made.fix()) == {"a 3.2.0": ("fixed", "3.2.25")}


def test_a_post_release_is_a_fix_and_the_last_resort_is_said(tmp_path: Path) -> None:
    index = {"a": releases("1.0", "1.0.post1", "2.0"), "b": releases("1.0", "1.1")}
    records = [advisory("X-1", "a", ("introduced", "0"), ("last_affected", "1.0")), below("X-2", "b", "9")]
    with shop(tmp_path, index, records) as made:
        made.commit({"requirements.txt": "a==1.0\nb==1.0\n"})
        view = made.fix()
        assert told(view) == {"a 1.0": ("fixed", "1.0.post1"), "b 1.0": ("no fix",)}
        assert not view.done


def test_a_package_that_moves_along_is_not_led_into_another_advisory(tmp_path: Path) -> None:
    """b must rise for a; its lowest fitting release is exposed, its highest too, one between is not."""
    index = {
        "a": [Release(version="1.0", requires_dist=("b<2",)), Release(version="1.1", requires_dist=("b>=2",))],
        "b": releases("1.0", "2.0", "2.1", "2.2"),
    }
    records = [below("X-1", "a", "1.1"), advisory("X-2", "b", versions=("2.0", "2.2"))]
    with shop(tmp_path, index, records) as made:
        made.commit({"pyproject.toml": PROJECT.format('"a", "b"')})
        made.lock("-P", "a==1.0")
        made.commit({}, "Lock")
        assert moves(made.fix()) == ((("a", "1.0", "1.1"), ("b", "1.0", "2.1")),)


def test_requirements_that_hold_one_another_move_together_by_the_least(tmp_path: Path) -> None:
    index = {
        "flask": [
            Release(version="1.1", requires_dist=("click<8",)),
            Release(version="2.2", requires_dist=("click>=8",)),
        ],
        "click": releases("7.1", "8.0", "8.1"),
    }
    with shop(tmp_path, index, [below("X-1", "flask", "2.2")]) as made:
        made.commit({"requirements.txt": "click==7.1\n    # via flask\nflask==1.1\n"})
        view = made.fix()
        assert moves(view) == ((("click", "7.1", "8.0"), ("flask", "1.1", "2.2")),)
        assert made.shown(view.landed[0].change.branch, "requirements.txt") == (
            "click==8.0\n    # via flask\nflask==2.2\n"
        )


def test_a_pin_that_nothing_can_move_is_named_with_its_demand(tmp_path: Path) -> None:
    index = {"old": [Release(version="9.0", requires_dist=("leaf==1.0",))], "leaf": releases("1.0", "1.1")}
    with shop(tmp_path, index, [below("X-1", "leaf", "1.1")]) as made:
        made.commit({"requirements.txt": "old==9.0\nleaf==1.0\n"})
        view = made.fix()
        assert told(view) == {"leaf 1.0": ("blocked", "old 9.0 (needs leaf==1.0)")}
        assert view.landed == ()


def test_a_new_need_that_a_complete_file_does_not_pin_blocks(tmp_path: Path) -> None:
    index = {
        "a": [Release(version="1.0"), Release(version="1.1", requires_dist=("new",))],
        "b": releases("1.0"),
        "new": releases("1.0"),
    }
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        made.commit({"requirements.txt": "a==1.0\nb==1.0\n"})
        answer = told(made.fix())["a 1.0"]
        assert answer == ("blocked", "new, which would be needed and is not pinned in requirements.txt")


def test_an_exact_pin_in_the_project_moves_with_the_lock_and_is_said(tmp_path: Path) -> None:
    index = {"a": releases("1.0", "1.1", "2.0")}
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        project = PROJECT.format("\n  'a==1.0',  # keep\n")
        made.commit({"pyproject.toml": project})
        made.lock()
        made.commit({}, "Lock")
        view = made.fix()
        assert told(view) == {"a 1.0": ("fixed", "1.1")}
        assert made.shown(view.landed[0].change.branch, "pyproject.toml") == project.replace("a==1.0", "a==1.1")
        assert "pyproject.toml pinned it too: a==1.0 becomes a==1.1" in view.landed[0].change.caveats


def test_the_projects_own_bound_is_respected_and_named(tmp_path: Path) -> None:
    index = {"a": releases("1.0", "1.1", "2.0")}
    with shop(tmp_path, index, [below("X-1", "a", "2.0")]) as made:
        made.commit({"pyproject.toml": PROJECT.format('"a<2"')})
        made.lock()
        made.commit({}, "Lock")
        assert told(made.fix()) == {"a 1.1": ("blocked", "the project itself (needs a<2)")}


def test_a_workspace_is_locked_as_a_whole(tmp_path: Path) -> None:
    index = {"a": releases("1.0", "1.1")}
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        root = PROJECT.format("") + '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
        member = PROJECT.format('"a"').replace("site", "member")
        made.commit({"pyproject.toml": root, "packages/member/pyproject.toml": member})
        made.lock("-P", "a==1.0")
        made.commit({}, "Lock")
        view = made.fix()
        assert moves(view) == ((("a", "1.0", "1.1"),),)
        assert view.landed[0].files == ("uv.lock",)


def test_a_cool_down_gets_the_narrowest_exception_with_an_expiry(tmp_path: Path) -> None:
    index = {
        "a": [
            Release(version="1.0", upload_time="2024-01-01T00:00:00Z"),
            Release(version="1.1", upload_time="2099-01-10T00:00:00Z"),
            Release(version="1.2", upload_time="2099-02-20T00:00:00Z"),
        ]
    }
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        project = PROJECT.format('"a"') + '\n[tool.uv]\nexclude-newer = "7 days"  # ours\n'
        made.commit({"pyproject.toml": project})
        made.lock()
        made.commit({}, "Lock")
        view = made.fix()
        assert told(view) == {"a 1.0": ("fixed", "1.1")}
        (exception,) = view.exceptions
        assert (exception.version, exception.advisories) == ("1.1", ("X-1",))
        assert exception.expires is not None
        assert exception.expires.isoformat() == "2099-01-17T00:00:00+00:00"
        assert made.shown(view.landed[0].change.branch, "pyproject.toml") == (
            project + 'exclude-newer-package = {a = "2099-01-10T00:00:01Z"}\n'
        )


def test_an_index_that_fails_is_no_answer(tmp_path: Path) -> None:
    with shop(tmp_path, {"a": releases("1.0", "1.1")}, [below("X-1", "a", "1.1")], {"UV_HTTP_RETRIES": "0"}) as made:
        made.commit({"requirements.txt": "a==1.0\n"})
        made.index.down = True
        with pytest.raises(Unreachable):
            made.fix()
        assert made.git("branch", "--list", "outpace/*") == ""


def test_an_index_that_asks_who_we_are_is_no_answer(tmp_path: Path) -> None:
    with shop(tmp_path, {"a": releases("1.0", "1.1")}, [below("X-1", "a", "1.1")]) as made:
        made.commit({"requirements.txt": "a==1.0\n"})
        made.index.user, made.index.password = "ada", "hunter2"
        with pytest.raises(Unreachable) as raised:
            made.fix()
        made.environ["UV_DEFAULT_INDEX"] = made.index.url.replace("//", "//ada:hunter2@")
        view = made.fix()
        assert told(view) == {"a 1.0": ("fixed", "1.1")}
        assert "hunter2" not in str(raised.value) + str(view)


def test_a_release_that_must_be_built_is_said_and_not_built(tmp_path: Path) -> None:
    index = {"a": [Release(version="1.0"), Release(version="1.1", sdist=True)]}
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        made.commit({"requirements.txt": "a==1.0\n"})
        (answer,) = told(made.fix()).values()
        assert answer[0] == "blocked"
        assert "a" in answer[1]
        assert "build" in answer[1] or "wheel" in answer[1]


def test_an_include_and_its_constraints_are_edited_where_the_pin_is(tmp_path: Path) -> None:
    index = {"a": releases("1.0", "1.1"), "b": releases("2.0", "2.1")}
    with shop(tmp_path, index, [below("X-1", "a", "1.1"), below("X-2", "b", "2.1")]) as made:
        made.commit(
            {
                "requirements.txt": "-r requirements/base.txt\n-c constraints.txt\nb==2.0\n",
                "requirements/base.txt": "a[x]==1.0 ; python_version >= '3'  # why\r\n",
                "requirements/base.in": "a\n",
                "constraints.txt": "b==2.0\n",
            }
        )
        view = made.fix()
        branch = view.landed[0].change.branch
        assert told(view) == {"a 1.0": ("fixed", "1.1"), "b 2.0": ("fixed", "2.1")}
        assert made.git("show", f"{branch}:requirements/base.txt") == "a[x]==1.1 ; python_version >= '3'  # why\n"
        assert made.shown(branch, "constraints.txt") == "b==2.1\n"
        assert made.shown(branch, "requirements.txt").endswith("b==2.1\n")
        assert any("requirements/base.in remains the source" in each for each in view.landed[0].change.caveats)


def test_what_is_not_pinned_is_said_and_not_edited(tmp_path: Path) -> None:
    with shop(tmp_path, {"a": releases("1.0", "1.1")}, [below("X-1", "a", "1.1")]) as made:
        made.commit({"requirements.txt": "a<1.1\n"})
        assert told(made.fix()) == {"a <1.1": ("blocked", "a is not pinned: what is installed is decided elsewhere")}


UNLOCKED = '[project]\nname = "web"\ndependencies = ["a==1.0"]\n'
SETUP = 'from setuptools import setup\nsetup(name="web", install_requires=["a<1.1"])\n'
BILL = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
    {"type": "library", "name": "a", "version": "1.0", "purl": "pkg:pypi/a@1.0"}
]}  # fmt: skip


@pytest.mark.parametrize(
    ("file", "content", "blocker"),
    [
        ("pyproject.toml", UNLOCKED, "Outpace does not edit pyproject.toml"),
        ("setup.py", SETUP, "a is not pinned: what is installed is decided elsewhere"),
        ("environment.yml", "dependencies:\n  - pip:\n    - a==1.0\n", "Outpace does not edit environment.yml"),
        ("sbom.cdx.json", json.dumps(BILL), "sbom.cdx.json is not a file that Outpace edits"),
    ],
)
def test_what_match_calls_exposed_is_never_called_nothing(
    tmp_path: Path, file: str, content: str, blocker: str
) -> None:
    with shop(tmp_path, {"a": releases("1.0", "1.1")}, [below("X-1", "a", "1.1")]) as made:
        made.commit({file: content})
        view = made.fix()
        assert [(outcome, said) for outcome, said in told(view).values()] == [("blocked", blocker)]
        assert not view.done


def test_a_pin_for_old_pythons_alone_is_blocked_by_them_and_not_for_want_of_a_release(tmp_path: Path) -> None:
    index = {"a": [Release(version="1.0", requires_python=">=3.6"), Release(version="1.1", requires_python=">=3.8")]}
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        made.commit({"requirements.txt": "a==1.0 ; python_version < '3.8'\n"})
        blocker = 'it is pinned for python_version < "3.8"; a 1.1 needs Python >=3.8'
        assert told(made.fix()) == {"a 1.0": ("blocked", blocker)}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (below("X-1", "a", "1.2"), ("blocked", "requires-python >=3.11; a 1.2 needs >=3.12")),
        (advisory("X-1", "a", ("introduced", "0")), ("no fix",)),
    ],
)
def test_a_newer_python_is_asked_for_only_for_a_release_that_nothing_is_known_against(
    known: Advisory, expected: tuple[str, ...], tmp_path: Path
) -> None:
    newer = (Release(version="1.1", requires_python=">=3.12"), Release(version="1.2", requires_python=">=3.12"))
    with shop(tmp_path, {"a": (*releases("1.0"), *newer)}, [known]) as made:
        project = '[project]\nname = "shop"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = ["a"]\n'
        made.commit({"pyproject.toml": f'{project}[tool.uv]\nfork-strategy = "fewest"\n'})
        made.lock()
        made.commit({}, "Lock")
        assert told(made.fix()) == {"a 1.0": expected}


def test_a_requirement_that_cannot_be_fetched_does_not_keep_the_other_pins_of_its_file_from_moving(
    tmp_path: Path,
) -> None:
    with shop(tmp_path, {"a": releases("1.0", "1.1")}, [below("X-1", "a", "1.1")]) as made:
        tool = "tool @ git+https://me:secret@127.0.0.1:9/acme/tool.git@v1"
        wheel = f"whl @ {made.index.url}/whl-1.0-py3-none-any.whl"
        made.commit({"requirements.txt": f"a==1.0\n{tool}\n{wheel}\n", ".python-version": "3.11\n"})
        view = made.fix()
        assert told(view) == {"a 1.0": ("fixed", "1.1")}
        assert made.shown(view.landed[0].change.branch, "requirements.txt") == f"a==1.1\n{tool}\n{wheel}\n"
        git, archive = sorted(view.landed[0].change.caveats)
        assert re.fullmatch(
            r"tool @ git\+https://\*\*\*@127\.0\.0\.1:9/acme/tool\.git@v1 could not be fetched "
            r"\(failed to connect to 127\.0\.0\.1 port 9.*\): whether the new pins suit it was not checked",
            git,
        )
        assert archive == f"{wheel} could not be fetched (404 Not Found): whether the new pins suit it was not checked"


GIT_LOCK = """version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "a"
version = "1.0"
source = { registry = "INDEX" }
wheels = []

[[package]]
name = "tool"
version = "1.0"
source = { git = "https://me:secret@127.0.0.1:9/acme/tool#0123456789012345678901234567890123456789" }

[[package]]
name = "shop"
version = "0"
source = { virtual = "." }
dependencies = [{ name = "a" }, { name = "tool" }]

[package.metadata]
requires-dist = [{ name = "a" }, { name = "tool", git = "https://me:secret@127.0.0.1:9/acme/tool" }]
"""


@pytest.mark.parametrize(
    ("asked", "sources"),
    [
        ("tool", '[tool.uv.sources]\ntool = { git = "https://me:secret@127.0.0.1:9/acme/tool" }\n'),
        ("tool @ git+https://me:secret@127.0.0.1:9/acme/tool", ""),
    ],
)
def test_a_lock_with_a_requirement_that_cannot_be_fetched_says_that_it_resolves_only_as_a_whole(
    tmp_path: Path, asked: str, sources: str
) -> None:
    with shop(tmp_path, {"a": releases("1.0", "1.1")}, [below("X-1", "a", "1.1")]) as made:
        project = (
            f'[project]\nname = "shop"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = ["a", "{asked}"]\n'
        )
        made.commit({"pyproject.toml": project + sources, "uv.lock": GIT_LOCK.replace("INDEX", made.index.url)})
        with pytest.raises(Unreachable) as stopped:
            made.fix()
    assert re.fullmatch(
        r"tool @ git\+https://\*\*\*@127\.0\.0\.1:9/acme/tool could not be fetched \(failed to connect to .*\), "
        r"and uv\.lock resolves only as a whole: without tool nothing in it can be moved",
        stopped.value.message,
    )
    assert stopped.value.hint == (
        "when `git ls-remote https://127.0.0.1:9/acme/tool` works here, run it again; or take tool out"
    )


def project_of(*demands: str) -> str:
    asked = ", ".join(f'"{demand}"' for demand in demands)
    return f'[project]\nname = "shop"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = [{asked}]\n'


@pytest.mark.parametrize(
    ("project", "why"),
    [
        (project_of("a", "tool @ git+ssh://git@127.0.0.1:9/acme/tool"), "without tool nothing in it can be moved"),
        (project_of("a", "tool @ git+https://127.0.0.1:9/acme/tool"), "without tool nothing in it can be moved"),
        (project_of("a") + '[tool.uv.sources]\na = { path = "../nowhere" }\n', "nowhere"),
        (
            project_of("a")
            + '[tool.uv.sources]\na = { index = "mine" }\n'
            + '[[tool.uv.index]]\nname = "mine"\nurl = "http://127.0.0.1:9/simple"\nexplicit = true\n',
            "uv could not reach a package index",
        ),
    ],
)
def test_a_set_whose_sources_cannot_be_reached_costs_only_its_own_pins(tmp_path: Path, project: str, why: str) -> None:
    index = {"a": releases("1.0", "1.1"), "b": releases("1.0", "1.1")}
    with shop(tmp_path, index, [below("X-1", "a", "1.1"), below("X-2", "b", "1.1")]) as made:
        made.environ["UV_HTTP_RETRIES"] = "0"
        lock = GIT_LOCK.replace("INDEX", made.index.url)
        made.commit({"bad/pyproject.toml": project, "bad/uv.lock": lock, "good/requirements.txt": "b==1.0\n"})
        view = made.fix()
        answers = told(view)
        assert answers["b 1.0"] == ("fixed", "1.1")
        assert answers["a 1.0"][0] == "blocked"
        assert why in answers["a 1.0"][1]
        assert ([landed.files for landed in view.landed], view.done) == ([("good/requirements.txt",)], False)


def test_a_pin_without_a_wheel_does_not_keep_the_others_from_being_checked_together(tmp_path: Path) -> None:
    """`old` has an archive of source alone; `parent` holds `a` back and is let go; `dull` needs what has no wheel."""
    index = {
        "a": releases("1.0", "2.0"),
        "old": [Release(version="3.0", sdist=True)],
        "deep": [Release(version="1.0", sdist=True)],
        "dull": [Release(version="1.0", requires_dist=("deep==1.0",))],
        "parent": [
            Release(version="1.0", requires_dist=("a<2", "old>=2")),
            Release(version="1.1", requires_dist=("a", "old>=2")),
        ],
    }
    with shop(tmp_path, index, [below("X-1", "a", "2.0")]) as made:
        made.commit({"requirements.txt": "a==1.0\nold==3.0\nparent==1.0\ndull==1.0\n"})
        view = made.fix()
        [landed] = view.landed
        assert told(view) == {"a 1.0": ("fixed", "2.0")}
        assert made.shown(landed.change.branch, "requirements.txt") == "a==2.0\nold==3.0\nparent==1.1\ndull==1.0\n"
        assert (
            "deep 1.0, old 3.0 have no wheel, and no build is run for a resolution: "
            "what they need in turn was not checked" in landed.change.caveats
        )


def test_what_must_move_is_never_taken_for_a_release_that_needs_nothing(tmp_path: Path) -> None:
    index = {"a": [Release(version="1.0"), Release(version="2.0", sdist=True)], "b": releases("1.0")}
    with shop(tmp_path, index, [below("X-1", "a", "2.0")]) as made:
        made.commit({"requirements.txt": "a==1.0\nb==1.0\n"})
        assert told(made.fix()) == {"a 1.0": ("blocked", "a==2.0 has no usable wheels")}


def test_a_pin_gets_the_hashes_of_every_file_of_its_release_the_source_archive_too(tmp_path: Path) -> None:
    files = [Release(version="1.1", sha256="1" * 64), Release(version="1.1", sha256="2" * 64, sdist=True)]
    with shop(tmp_path, {"a": [Release(version="1.0"), *files]}, [below("X-1", "a", "1.1")]) as made:
        made.commit({"requirements.txt": f"a==1.0 --hash=sha256:{'0' * 64}\n"})
        branch = made.fix().landed[0].change.branch
        hashes = " ".join(f"--hash=sha256:{digit * 64}" for digit in "12")
        assert made.shown(branch, "requirements.txt") == f"a==1.1 {hashes}\n"


def test_pins_with_hashes_are_found_though_those_above_them_have_fewer_lines_now(tmp_path: Path) -> None:
    old = "".join(f" \\\n    --hash=sha256:{digit * 64}" for digit in "123")
    index = {name: releases("1.0", "1.1") for name in "abc"}
    records = [below(f"X-{name}", name, "1.1") for name in "abc"]
    with shop(tmp_path, index, records) as made:
        made.commit({"requirements.txt": "".join(f"{name}==1.0{old}\n" for name in "abc")})
        view = made.fix()
        [landed] = view.landed
        assert told(view) == {f"{name} 1.0": ("fixed", "1.1") for name in "abc"}
        lines = made.shown(landed.change.branch, "requirements.txt").splitlines()
        assert [line for line in lines if "==" in line] == [f"{name}==1.1 \\" for name in "abc"]
        assert len(lines) == 6


def test_the_same_pin_in_several_files_of_one_set_moves_in_all_of_them(tmp_path: Path) -> None:
    index = {"a": releases("1.0", "1.1"), "b": releases("1.0")}
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        made.commit(
            {
                "requirements.txt": "-r requirements/main.txt\n-r requirements/docs.txt\n-c requirements/bounds.txt\n",
                "requirements/main.txt": "b==1.0\na==1.0\n",
                "requirements/docs.txt": "a==1.0\n",
                "requirements/bounds.txt": "a==1.0\n",
            }
        )
        view = made.fix()
        [landed] = view.landed
        assert {(plan.target.pin.file, type(plan.outcome).__name__) for plan in view.plans} == {
            ("requirements/main.txt", "Fixed"), ("requirements/docs.txt", "Fixed"),
            ("requirements/bounds.txt", "Fixed"),
        }  # fmt: skip
        for file, text in (("main", "b==1.0\na==1.1\n"), ("docs", "a==1.1\n"), ("bounds", "a==1.1\n")):
            assert made.shown(landed.change.branch, f"requirements/{file}.txt") == text


def test_a_fork_that_stays_affected_is_not_a_fix(tmp_path: Path) -> None:
    """Python 3.9 gets 1.0 and newer ones 2.0 already; the only fix of the former needs a newer Python."""
    index = {
        "a": [
            Release(version="1.0", requires_python=">=3.9"),
            Release(version="1.1", requires_python=">=3.10"),
            Release(version="2.0", requires_python=">=3.10"),
        ]
    }
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        made.commit({"pyproject.toml": PROJECT.format('"a"')})
        made.lock()
        made.commit({}, "Lock")
        view = made.fix()
        assert told(view) == {"a 1.0": ("blocked", "requires-python >=3.9; a 1.1 needs >=3.10")}
        assert view.landed == ()


def test_each_fork_of_a_lock_moves_by_itself(tmp_path: Path) -> None:
    """Python 3.9 gets 1.0, newer ones 2.0; both are exposed, and each has a fix of its own."""
    index = {
        "a": [
            Release(version="1.0", requires_python=">=3.9"),
            Release(version="1.1", requires_python=">=3.9"),
            Release(version="2.0", requires_python=">=3.10"),
            Release(version="2.1", requires_python=">=3.10"),
        ]
    }
    record = advisory("X-1", "a", ("introduced", "0"), ("fixed", "1.1"), ("introduced", "2.0"), ("fixed", "2.1"))
    with shop(tmp_path, index, [record]) as made:
        made.commit({"pyproject.toml": PROJECT.format('"a"')})
        made.index.releases = {"a": [each for each in index["a"] if each.version in ("1.0", "2.0")]}
        made.lock()
        made.index.releases = index
        made.commit({}, "Lock")
        view = made.fix()
        assert told(view) == {"a 1.0": ("fixed", "1.1"), "a 2.0": ("fixed", "2.1")}
        assert moves(view) == ((("a", "1.0", "1.1"), ("a", "2.0", "2.1")),)
        assert view.done


def test_a_fork_that_is_safe_stays_where_it_is(tmp_path: Path) -> None:
    index = {
        "a": [
            Release(version="1.0", requires_python=">=3.9"),
            Release(version="1.1", requires_python=">=3.9"),
            Release(version="2.0", requires_python=">=3.10"),
            Release(version="2.1", requires_python=">=3.10"),
        ]
    }
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        made.commit({"pyproject.toml": PROJECT.format('"a"')})
        made.index.releases = {"a": [each for each in index["a"] if each.version in ("1.0", "2.0")]}
        made.lock()
        made.index.releases = index
        made.commit({}, "Lock")
        assert moves(made.fix()) == ((("a", "1.0", "1.1"),),)


def test_a_package_without_a_fix_goes_when_its_parent_needs_it_no_more(tmp_path: Path) -> None:
    index = {
        "top": [Release(version="1.0", requires_dist=("mid",))],
        "mid": [
            Release(version="1.0", requires_dist=("leaf",)),
            Release(version="1.1", requires_dist=("leaf",)),
            Release(version="1.2"),
        ],
        "leaf": releases("1.0"),
    }
    with shop(tmp_path, index, [advisory("X-1", "leaf", ("introduced", "0"))]) as made:
        made.commit({"pyproject.toml": PROJECT.format('"top"')})
        made.lock("-P", "mid==1.0")
        made.commit({}, "Lock")
        view = made.fix()
        assert told(view) == {"leaf 1.0": ("fixed", "None")}
        assert moves(view) == ((("leaf", "1.0", None), ("mid", "1.0", "1.2")),)


BACKEND = """
from pathlib import Path
Path({trace!r}).write_text("foreign code ran")
def get_requires_for_build_editable(settings=None):
    return []
def prepare_metadata_for_build_editable(folder, settings=None):
    raise SystemExit(1)
"""


@pytest.mark.parametrize(
    ("dynamic", "answer"),
    [
        ('["version"]', ("fixed", "1.1")),
        ('["version", "dependencies"]', ("blocked", "site tells its dependencies only to a build, which is forbidden")),
    ],
)
def test_a_projects_own_build_backend_never_runs(tmp_path: Path, dynamic: str, answer: tuple[str, str]) -> None:
    """uv would build an editable project to learn its version, even with --no-build."""
    static = PROJECT.format('"a"')
    system = '\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    with shop(tmp_path, {"a": releases("1.0", "1.1")}, [below("X-1", "a", "1.1")]) as made:
        made.commit({"pyproject.toml": static + system})
        made.lock("-P", "a==1.0")
        trace = tmp_path / "trace"
        lock = (made.place / "uv.lock").read_text().replace('name = "site"\nversion = "1"\n', 'name = "site"\n')
        project = (static + system).replace('version = "1"', f"dynamic = {dynamic}")
        if "dependencies" in dynamic:
            project = project.replace('dependencies = ["a"]\n', "")
        made.commit(
            {"pyproject.toml": project, "backend.py": BACKEND.format(trace=str(trace)), "uv.lock": lock}, "Lock"
        )
        view = made.fix()
        assert not trace.exists()
        assert told(view) == {"a 1.0": answer}
        for landed in view.landed:
            assert landed.files == ("uv.lock",)
            assert "0+outpace" not in made.shown(landed.change.branch, "uv.lock")


def test_nothing_that_was_safe_becomes_exposed(tmp_path: Path) -> None:
    index = {"a": releases("1.0") + releases("1.1", needs=("b>=2",)), "b": releases("1.0", "2.0")}
    with shop(tmp_path, index, [below("X-1", "a", "1.1"), advisory("X-2", "b", versions=("2.0",))]) as made:
        made.commit({"pyproject.toml": PROJECT.format('"a", "b"')})
        made.lock("-P", "a==1.0", "-P", "b==1.0")
        made.commit({}, "Lock")
        view = made.fix()
        assert told(view) == {"a 1.0": ("blocked", "b 2.0 would be exposed to X-2")}
        assert view.landed == ()


def test_nothing_goes_down_for_a_fix(tmp_path: Path) -> None:
    index = {"a": releases("1.0") + releases("1.1", needs=("b<2",)), "b": releases("1.0", "2.0")}
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        made.commit({"pyproject.toml": PROJECT.format('"a", "b"')})
        made.lock("-P", "a==1.0")
        made.commit({}, "Lock")
        view = made.fix()
        assert told(view) == {"a 1.0": ("blocked", "b would go from 2.0 to 1.0, which is lower")}
        assert view.landed == ()


def test_a_pin_that_two_files_hold_is_fixed_in_both_or_the_rest_is_said(tmp_path: Path) -> None:
    with shop(tmp_path, {"a": releases("1.0", "1.1")}, [below("X-1", "a", "1.1")]) as made:
        wheel = f'{{ url = "{made.index.url}/a-1.0-py3-none-any.whl", hashes = {{ sha256 = "00" }} }}'
        pylock = (
            f'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "a"\nversion = "1.0"\nwheels = [{wheel}]\n'
        )
        made.commit({"requirements.txt": "a==1.0\n", "pylock.toml": pylock})
        view = made.fix()
        assert [(plan.target.pin.file, type(plan.outcome).__name__) for plan in view.plans] == [
            ("requirements.txt", "Fixed"),
            ("pylock.toml", "Blocked"),
        ]
        assert "a 1.0 in pylock.toml stays exposed to X-1" in view.landed[0].change.caveats
        assert not view.done


def test_a_cool_down_of_requirements_is_loosened_in_uv_toml(tmp_path: Path) -> None:
    index = {"a": [Release(version="1.0"), Release(version="1.1", upload_time="2024-03-05T00:00:00.500Z")]}
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        made.commit({"requirements.txt": "a==1.0\n", "uv.toml": '# ours\nexclude-newer = "2024-02-01T00:00:00Z"\n'})
        view = made.fix()
        branch = view.landed[0].change.branch
        assert told(view) == {"a 1.0": ("fixed", "1.1")}
        assert made.shown(branch, "uv.toml") == (
            '# ours\nexclude-newer = "2024-02-01T00:00:00Z"\nexclude-newer-package = {a = "2024-03-05T00:00:01Z"}\n'
        )
        assert [exception.expires for exception in view.exceptions] == [None]


def test_an_index_that_breaks_off_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    with shop(tmp_path, {"a": releases("1.0", "1.1"), "b": releases("1.0")}, [below("X-1", "a", "1.1")]) as made:
        made.environ["UV_HTTP_RETRIES"] = "0"
        made.commit({"requirements.txt": "a==1.0\nb==1.0\n"})
        made.index.breaks_at = "/simple/b/"
        with pytest.raises(Unreachable):
            made.fix()
        assert made.git("branch", "--list", "outpace/*") == ""
        made.index.breaks_at = ""
        assert made.fix().done
