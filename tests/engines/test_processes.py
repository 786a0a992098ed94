"""What can be read of real processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from outpace.engines.processes import Look, inventory_of, proc, shown
from outpace.engines.processes.ahead import Flags, flags_of
from outpace.engines.processes.interpreter import search_of
from outpace.engines.processes.manifests import file_system
from outpace.engines.processes.paths import with_paths
from outpace.engines.processes.root import Root
from outpace.model.errors import NotFound
from outpace.model.inventory import Inventory, Unread
from outpace.model.observation import NotRunning, Running
from outpace.model.package import PYPI, Package
from outpace.model.unknown import Unknown

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are read on Linux only")

WAIT = "import sys; print(flush=True); sys.stdin.read()"


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", WAIT], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.communicate(timeout=10)


def test_a_python_process_is_read_from_the_environment_that_it_runs_in(child: subprocess.Popen[bytes]) -> None:
    found = {one.package: one.version for one in inventory_of(child.pid).components}
    expected = {"msgspec", "packaging", "pytest"}
    assert {Package(PYPI, name): metadata.version(name) for name in expected}.items() <= found.items()


def test_another_program_is_told_as_not_python() -> None:
    process = subprocess.Popen(["sleep", "30"])
    try:
        found = inventory_of(process.pid)
    finally:
        process.kill()
        process.wait()
    assert found.components == ()
    assert found.unread == (Unread(file=f"process {process.pid}", why="it is not Python"),)


def test_a_python_without_packages_is_python(tmp_path: Path) -> None:
    site = tmp_path / f"venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    site.mkdir(parents=True)
    (tmp_path / "venv/bin").mkdir()
    (tmp_path / "venv/bin/python").symlink_to(Path(sys.executable).resolve())
    (tmp_path / "venv/pyvenv.cfg").write_text("include-system-site-packages = false\n")
    process = subprocess.Popen(
        [tmp_path / "venv/bin/python", "-c", WAIT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path
    )
    assert process.stdout is not None
    process.stdout.readline()
    found = inventory_of(process.pid)
    seen = Look(settle=0).running((process.pid,), missing="")
    process.communicate(timeout=10)
    assert (found.components, found.unread) == ((), ())
    assert isinstance(seen, Running)
    assert isinstance(seen.inventory, Inventory)


def test_a_process_that_does_not_run_is_not_found() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    with pytest.raises(NotFound, match=f"there is no process {process.pid}"):
        inventory_of(process.pid)
    assert Look(settle=0).running((process.pid,), missing="it ended") == NotRunning("it ended")


def test_a_zombie_is_no_process() -> None:
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    found = proc.entry(process.pid)
    process.wait()
    assert found is None


def test_children_are_seen_whatever_they_are(child: subprocess.Popen[bytes]) -> None:
    code = "import subprocess, sys; p = subprocess.Popen(['sleep', '30']); print(p.pid, flush=True)"
    code += "; sys.stdin.read(); p.kill()"
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    sleeper = int(parent.stdout.readline())
    seen = Look(settle=0).running((parent.pid,), missing="")
    parent.communicate(timeout=10)
    assert isinstance(seen, Running)
    assert {one.pid for one in seen.processes} == {parent.pid, sleeper}
    assert child.pid not in {one.pid for one in seen.processes}


def test_the_same_process_has_the_same_start_at_every_look(child: subprocess.Popen[bytes]) -> None:
    looks = [Look(packages=frozenset(), settle=0).process(child.pid) for _ in range(5)]
    assert len({one.started for one in looks if one is not None}) == 1


def test_a_process_of_another_user_is_unknown_with_its_reason(child: subprocess.Popen[bytes]) -> None:
    """As root this asks as nobody; else process 1 is another user's."""
    pid = child.pid if os.getuid() == 0 else 1
    told, tell = os.pipe()
    asker = os.fork()
    if asker == 0:
        try:
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            os.write(tell, repr(search_of(pid)).encode())
        finally:
            os._exit(0)
    os.close(tell)
    os.waitpid(asker, 0)
    with os.fdopen(told, "rb") as answer:
        found = answer.read().decode()
    why = f"process {pid} belongs to another user; run Outpace as that user or as root"
    assert found == repr(Unknown(why, "look again"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), Flags()),
        (("-m", "uvicorn", "--factory"), Flags(letters="m", module="uvicorn")),
        (("-Im", "uvicorn"), Flags(letters="Im", module="uvicorn")),
        (("-c", "import x", "y.py"), Flags(letters="c", code="import x")),
        (("server.py", "-m"), Flags(script="server.py")),
        (("-u", "-X", "dev", "-W", "error", "server.py"), Flags(letters="uXW", script="server.py")),
        (("-Xdev", "-Werror", "server.py"), Flags(letters="XW", script="server.py")),
        (("--check-hash-based-pycs", "always", "server.py"), Flags(script="server.py")),
        (("-",), Flags()),
    ],
)
def test_pythons_own_options_end_where_the_program_begins(arguments: tuple[str, ...], expected: Flags) -> None:
    assert flags_of(arguments) == expected


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("serve", "--port", "80"), "serve --port 80"),
        (("serve", "--password", "hunter2", "--port", "80"), "serve --password *** --port 80"),
        (("serve", "--api-key=abc"), "serve --api-key=***"),
        (("serve", "postgres://me:hunter2@host/db"), "serve postgres://***@host/db"),
        (("x" * 200,), "x" * 119 + "…"),
    ],
)
def test_a_command_line_is_shown_short_and_without_secrets(argv: tuple[str, ...], expected: str) -> None:
    assert shown(argv) == expected


MOUNTS = """\
22 1 0:20 / / rw shared:1 - ext4 /dev/root rw
30 22 0:30 / /srv rw shared:2 master:1 - nfs4 host:/srv rw
31 30 0:31 / /srv/my\\040app rw - xfs /dev/b rw
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/usr/lib", "ext4"), ("/srv", "nfs4"), ("/srv/x", "nfs4"), ("/srv/my app/x", "xfs"), ("/srvx", "ext4")],
)
def test_the_file_system_of_a_path_is_that_of_the_nearest_mount(path: str, expected: str) -> None:
    assert file_system(MOUNTS, path) == expected


def test_only_variables_that_decide_about_packages_are_kept(child: subprocess.Popen[bytes]) -> None:
    assert set(proc.environment(child.pid)) <= proc.USED_NAMES


def test_links_are_followed_inside_of_the_root_of_a_process(tmp_path: Path) -> None:
    (tmp_path / "opt/venv/bin").mkdir(parents=True)
    (tmp_path / "opt/venv/bin/python").touch()
    (tmp_path / "app").symlink_to("/opt/venv")
    (tmp_path / "escape").symlink_to("../../../../opt")
    (tmp_path / "loop").symlink_to("loop")
    root = Root(str(tmp_path))
    assert root.real("/app/bin/python") == "/opt/venv/bin/python"
    assert root.real("/escape/venv") == "/opt/venv"
    assert root.is_file("/app/bin/python")
    assert not root.is_file("/loop")


def test_a_process_in_a_mount_namespace_of_its_own_is_read_through_its_eyes(tmp_path: Path) -> None:
    """As in a container: the environment that its path names does not exist for us."""
    if os.getuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root and unshare")
    site = tmp_path / f"venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    information = site / "inner_kit-2.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Name: inner-kit\nVersion: 2.0\n")
    (tmp_path / "venv/bin").mkdir()
    (tmp_path / "venv/bin/python").symlink_to(Path(sys.executable).resolve())
    (tmp_path / "venv/pyvenv.cfg").write_text("include-system-site-packages = false\n")
    script = f'mount --bind "{tmp_path}" /mnt && exec /mnt/venv/bin/python -c "{WAIT}"'
    process = subprocess.Popen(["unshare", "-m", "sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    started = process.stdout.readline()
    found = Look(packages=frozenset(), settle=0).process(process.pid)
    process.communicate(timeout=10)
    if not started:
        pytest.skip("mounting is not allowed here")
    assert found is not None
    assert not Path("/mnt/venv").exists()
    assert found.environment == f"/mnt/venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    assert isinstance(found.inventory, Inventory)
    assert {one.package.name for one in found.inventory.components} == {"inner-kit"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0::/system.slice/shop.service\n", {"system.slice", "shop.service"}),
        (
            "12:pids:/a.slice\n1:name=systemd:/system.slice/shop@1.service/worker\n",
            {"a.slice", "system.slice", "shop@1.service", "worker"},
        ),
        ("0::/\n", set[str]()),
    ],
)
def test_the_units_of_a_process_are_the_names_along_its_control_groups(text: str, expected: set[str]) -> None:
    assert proc.units_in(text) == expected


@pytest.mark.parametrize(
    ("name", "line", "expected", "told"),
    [
        ("more.pth", "../vendored", ["site", "vendored"], 0),
        ("more.pth", "/no/such/place", ["site"], 0),
        ("more.pth", "# ../vendored", ["site"], 0),
        ("_uv_ephemeral_overlay.pth", "import site; site.addsitedir('{}/vendored')", ["site", "vendored"], 0),
        ("more.pth", "import sys; sys.path.insert(0, '/tmp')", ["site"], 1),
        ("_virtualenv.pth", "import _virtualenv", ["site"], 0),
        ("easy-install.pth", "./kit-1.0-py3.11.egg", ["site"], 1),
    ],
)
def test_pth_files_add_directories_and_code_in_them_is_told(
    tmp_path: Path, name: str, line: str, expected: list[str], told: int
) -> None:
    for folder in ("site", "vendored"):
        (tmp_path / folder).mkdir()
    (tmp_path / "site/kit-1.0-py3.11.egg").write_bytes(b"PK")
    (tmp_path / "site" / name).write_text(line.format(tmp_path) + "\n")
    found, unread = with_paths(Root(), (str(tmp_path / "site"),))
    assert [Path(one).name for one in found] == expected
    assert len(unread) == told


@pytest.mark.parametrize(
    ("name", "text", "listed", "told"),
    [
        ("hook.pth", "import hook; hook.start()", True, False),
        ("hook.pth", "import hook; hook.start()", False, True),
        ("hook.pth", "import sys; sys.path.append('/srv')", True, True),
        ("sitecustomize.py", "import hook", True, False),
        ("sitecustomize.py", "import hook", False, True),
    ],
)
def test_code_at_the_start_is_told_unless_a_distribution_lists_it_and_it_leaves_the_path_alone(
    tmp_path: Path, name: str, text: str, listed: bool, told: bool
) -> None:
    (tmp_path / "hook-1.0.dist-info").mkdir()
    (tmp_path / "hook-1.0.dist-info/RECORD").write_text(f"hook.py,,\n{name if listed else 'other.pth'},sha256=x,1\n")
    (tmp_path / name).write_text(f"{text}\n")
    _, unread = with_paths(Root(), (str(tmp_path),))
    assert bool(unread) is told
