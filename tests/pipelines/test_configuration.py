"""outpace.toml: what is accepted, and what the refusal says."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.model.analyzer import Analyzer
from outpace.model.application import Application, Configuration, Environment, Observe
from outpace.model.errors import BadConfiguration
from outpace.pipelines.configuration import decode, seconds_of

WHOLE = """
[[applications]]
name = "shop"
test = ["pytest", "-q"]

[[environments]]
name = "production"
observe = { port = 8000 }
"""


def test_a_small_file_decodes_to_records() -> None:
    assert decode(WHOLE) == Configuration(
        applications=(Application(name="shop", test=("pytest", "-q")),),
        environments=(Environment(name="production", observe=Observe(port=8000)),),
    )


def test_an_analyzer_has_a_name_and_a_command() -> None:
    assert decode("[analyzers.ruff]\ncommand = ['ruff', 'check']\n").analyzers == {
        "ruff": Analyzer(command=("ruff", "check"))
    }


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        (("ruff", "check", "--config", "./lint/ruff.toml", "src/a.py"), ("lint/ruff.toml",)),
        (("semgrep", "--config=rules.yml", "."), ("rules.yml",)),
        (("python3.12", "./tools/scan.py", "src/a.py"), ("tools/scan.py",)),
        (("python", "-m", "bandit", "a.py"), ()),
    ],
)
def test_files_that_decide_what_an_analyzer_finds_are_told_from_what_it_looks_at(
    command: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    assert Analyzer(command=command).parts == parts


DELETING = """
[[probes]]
advisories = ["X"]
request = { path = "/", method = "DELETE" }
exploited = { status = 200 }
benign = { path = "/" }
success = { status = 200 }
"""


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[application]\nname = 'a'", "unknown key `application`", "did you mean `applications`?"),
        ("[[applications]]\nname = 'a'\ndeply = ['x']", "unknown key `deply`", "did you mean `deploy`?"),
        ("name = ", "is not TOML", "annotated example"),
        ("[[applications]]\nname = 'a'\n[[applications]]\nname = 'a'", "two applications are called 'a'", "example"),
        ("[[applications]]\nname = 'a'\npath = '../b'", "leads out of the repository", "example"),
        ("[[applications]]\nname = 'a'\nlocks = ['/etc/passwd']", "leads out of the repository", "example"),
        ("[[applications]]\nname = 'a'\nbranch = '--upload-pack=x'", "cannot begin with a dash", "example"),
        ("[[environments]]\nname = 'p'\nobserve = {}", "exactly one of", "example"),
        ("[[environments]]\nname = 'p'\nobserve = { port = 1, unit = 'x' }", "port and unit", "example"),
        ("[[environments]]\nname = 'p'\nprobe = true\nobserve = { port = 1 }", "no `url`", "example"),
        ("watch_every = 'often'", "is not a time like", "example"),
        ("[proposers.budget]\nwall = 'long'", "wall of [proposers.budget]: 'long' is not a time like", "example"),
        ("[proposers.budget]\nattempts = -1", "attempts of [proposers.budget] is -1, and cannot be less", "example"),
        ("[[applications]]\nname = 1", "Expected `str`", "example"),
        ("[analyzers.a]\ncommand = []", "names no program", "example"),
        ("[analyzers.a]\ncommand = ['tools/scan']", "would bring its own judge", "example"),
        ("[analyzers.a]\ncommand = ['scan']\nreport = '../out.sarif'", "which is no path in the repository", "example"),
        ("[analyzers.a]\ncommand = ['scan']\nreport = '/tmp/out.sarif'", "is no path in the repository", "example"),
        ("[analyzers.a]\ncommand = ['scan']\nseconds = 0", "should be from 1 to 3600", "example"),
        ("[analyzers.a]\ncomand = ['scan']", "unknown key `comand`", "did you mean `command`?"),
        (
            "[proposers.agent]\ncommand = ['a']\nzzz = 1",
            "unknown key `zzz`",
            "known keys: command, egress, env, home, unsafe_unsandboxed",
        ),
        ("[proposers.agent]\ncommand = ['a']\negres = ['h']", "unknown key `egres`", "did you mean `egress`?"),
        ("[proposers.modle]\nname = 'a:b'", "unknown key `modle`", "did you mean `model`?"),
        ("[proposers.budget]\nqqq = 1", "unknown key `qqq`", "attempts, cost_usd, cost_usd_per_day, tokens, wall"),
        ("[analyzers.a]", "missing required field `command`", "example"),
        (
            DELETING,
            "unsafe_allow_write",
            "example",
        ),
    ],
)
def test_a_refusal_names_the_place_and_the_mend(text: str, message: str, hint: str) -> None:
    with pytest.raises(BadConfiguration) as raised:
        decode(text)
    assert raised.value.message.startswith("outpace.toml")
    assert message in raised.value.message
    assert hint in raised.value.hint


@pytest.mark.parametrize(("every", "seconds"), [("90s", 90), ("15m", 900), ("1h", 3600), ("7d", 604800)])
def test_a_time_is_a_count_and_a_unit(every: str, seconds: int) -> None:
    assert seconds_of(every) == seconds


@pytest.mark.parametrize("name", ["storefront.outpace.toml", "storefront-edge.outpace.toml"])
def test_the_demo_uses_a_configuration_that_decodes(name: str) -> None:
    page = Path(__file__).parents[2] / "examples" / name
    assert decode(page.read_text()).probes[0].advisories == ("PYSEC-2023-83",)
