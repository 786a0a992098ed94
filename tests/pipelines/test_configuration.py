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


def edges(*listen: str) -> str:
    """Applications a, b and so on, each at an edge that listens there."""
    return "".join(
        f"[[applications]]\nname = '{name}'\nrun = ['x']\ndelivery = 'edge'\nedge = {{ listen = [\"{each}\"] }}\n"
        for name, each in zip("ab", listen, strict=False)
    )


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[application]\nname = 'a'", "unknown key `application`", "did you mean `applications`?"),
        ("[[applications]]\nname = 'a'\ndeply = ['x']", "unknown key `deply`", "did you mean `deploy`?"),
        ("name = ", "is not TOML", "annotated example"),
        ("[[applications]]\nname = 'a'\n[[applications]]\nname = 'a'", "two applications are called 'a'", "example"),
        ("[[applications]]\nname = '..'", "an application is called '..'", "example"),
        ('[[applications]]\nname = "a\\nb"', r"an application is called 'a\nb'", "example"),
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
        (edges("127.0.0.1:8080", "127.0.0.1:8080"), "both 'a' and 'b' `listen` at 127.0.0.1:8080", "example"),
        (edges("127.0.0.1:8080", "0.0.0.0:8080"), "at 127.0.0.1:8080 ('b' says 0.0.0.0:8080, which takes", "example"),
        (edges('[::1]:8080", "[::1]:8080'), "'a' twice `listen` at [::1]:8080", "example"),
        (edges("127.0.0.1:99999"), "`listen` holds '127.0.0.1:99999'", "example"),
        (edges("localhost:8080"), "`listen` holds 'localhost:8080'", "example"),
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


def test_two_applications_may_listen_at_one_port_of_two_addresses_or_where_one_is_not_at_the_edge() -> None:
    assert len(decode(edges("127.0.0.1:8080", "127.0.0.2:8080")).applications) == 2
    assert len(decode(edges("0.0.0.0:8080", "[::]:8080")).applications) == 2
    attached = edges("127.0.0.1:8080", "127.0.0.1:8080").replace("'edge'", "'attached'", 1)
    assert len(decode(attached).applications) == 2
