"""What `outpace edge units` writes for systemd, by systemd's own word."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from outpace.engines.envoy import systemd
from outpace.engines.envoy.launching import units
from outpace.model.errors import BadConfiguration
from tests.edge.shop import Shop
from tests.needs import needs

NAMES = ["shop", "my shop", "a/b", "50%", ".hidden", "-dash", "@home", 'it\'s "quoted" \\ $HOME', "käse"]


def verified(*units: Path) -> tuple[int, str]:
    argv = [needs("systemd-analyze"), "verify", "--man=no", *units]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_systemd_finds_nothing_to_say_of_the_units_that_are_written(tmp_path: Path, shop: Shop) -> None:
    into = tmp_path / "units"
    into.mkdir()
    shop.outpace("edge", "units", "--into", str(into))
    names = sorted(path.name for path in into.iterdir())
    assert names == [f"outpace-shop-{part}.service" for part in ("applications", "envoy", "lease")]
    assert verified(*(into / name for name in names)) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_an_application_is_a_units_as_it_is(tmp_path: Path, name: str) -> None:
    """Its folder is named after it too, in the state directory's own spelling."""
    found = units(name, tmp_path / f"edge of {name.replace('/', '%2F')}")
    for unit, text in found.items():
        (tmp_path / unit).write_text(text)
    assert verified(*(tmp_path / unit for unit in found)) == (0, "")
    argv = [needs("systemd-escape"), "--unescape", "--", next(iter(found))]
    told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert told == f"outpace-{name}-lease.service\n".replace("-", "/")
    assert len({unit for each in NAMES for unit in units(each, tmp_path)}) == 3 * len(NAMES)


@pytest.mark.parametrize("program", ["/no/such program", "/no/50%/%n", "/no/$HOME/x", "/no/käse"])
def test_systemd_reads_a_programs_path_as_it_is(tmp_path: Path, program: str) -> None:
    (tmp_path / "outpace-words.service").write_text(f"[Service]\nExecStart={systemd.command(program, [])}\n")
    _, told = verified(tmp_path / "outpace-words.service")
    assert f"Command {program} is not executable" in told


def test_what_systemd_would_read_in_a_word_is_taken_from_it() -> None:
    """Its manual's rules: C's escapes in quotes, specifiers and variables doubled."""
    words = ['it\'s "quoted"', "a\\n", "50%n", "$HOME", "two\nlines"]
    told = r'''"/bin/x" "it's \"quoted\"" "a\\n" "50%%n" "$$HOME" "two\x0alines"'''
    assert systemd.command("/bin/x", words) == told


def test_a_name_for_which_systemd_has_no_room_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="systemd has no room"):
        units("é" * 60, tmp_path)


def test_the_command_that_starts_the_units_is_one_that_a_shell_reads(tmp_path: Path) -> None:
    from outpace.formats.edge import units_text

    found = units("a/b c", tmp_path)
    words = shlex.split(units_text(found, tmp_path).rpartition("--now ")[2])
    assert words == list(found)


def test_systemd_is_asked_for_real(tmp_path: Path) -> None:
    """A unit that is wrong is told, so that silence means something."""
    wrong = tmp_path / "outpace-wrong.service"
    wrong.write_text("[Service]\nExecStart=/no/such/program\nKillMode=gently\n")
    status, told = verified(wrong)
    assert "kill mode" in told
    assert "not executable" in told
    assert status != 0
