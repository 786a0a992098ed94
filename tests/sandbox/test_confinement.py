"""What code in a box gets, and what it leaves behind; run a second time as an ordinary user."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from outpace.model.errors import BadInput, ToolMissing, Unconfined
from outpace.sandbox import (
    Box,
    Confined,
    Egress,
    FileSystem,
    Full,
    Loopback,
    NoSandbox,
    Nowhere,
    Tier,
    confine,
    strongest,
)
from tests.needs import missing, needs
from tests.sandbox import users
from tests.sandbox.arena import alive

PYTHON = Path(sys.executable).resolve()
PREFIX = Path(sys.base_prefix)
TIERS = {"full": Full(), "file-system": FileSystem()}


@pytest.fixture(params=TIERS)
def tier(request: pytest.FixtureRequest) -> Tier:
    tier = TIERS[request.param]
    try:
        confine(["true"], box=Box(), cwd=Path("/usr"), tier=tier)
    except Unconfined as error:
        missing(error.message)
    return tier


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="outpace-test-") as path:
        yield Path(path).resolve()


def python(code: str, tier: Tier, folder: Path, **box: object) -> Confined:
    chosen = msgspec.structs.replace(Box(readable=(PREFIX,), writable=(folder,)), **box)
    return confine([PYTHON, "-I", "-S", "-c", code], box=chosen, cwd=folder, tier=tier)


def said(confined: Confined) -> str:
    assert confined.done.returncode == 0, confined
    return confined.done.stdout.decode().strip()


def test_what_is_written_belongs_to_whoever_runs_outpace(tier: Tier, folder: Path) -> None:
    code = "import os; open('new', 'w').close(); os.mkdir('below'); open('below/x', 'w').write('y'); os.remove('old')"
    (folder / "old").touch()
    said(python(code, tier, folder))
    owners = {path.name: path.stat().st_uid for path in folder.rglob("*")}
    assert owners == dict.fromkeys(("new", "below", "x"), os.getuid())


def test_the_environment_is_no_more_than_documented(tier: Tier, folder: Path) -> None:
    code = (
        "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}), os.environ['EXTRA'], os.listdir(os.environ['HOME']))"
    )
    found = said(python(code, tier, folder, env=(("EXTRA", "value"),)))
    assert found == "['EXTRA', 'GIT_CONFIG_NOSYSTEM', 'HOME', 'LANG', 'PATH', 'TMPDIR'] value []"


def test_the_exit_status_is_the_programs_own(tier: Tier, folder: Path) -> None:
    ended = [
        python(f"import os; {code}", tier, folder).done.returncode
        for code in ("os._exit(7)", "os.kill(os.getpid(), 6)")
    ]
    assert ended == [7, -signal.SIGABRT]


def test_input_and_large_outputs_pass_and_are_cut_at_the_limit(tier: Tier, folder: Path) -> None:
    argv = [PYTHON, "-I", "-S", "-c", "import sys; sys.stdout.write(sys.stdin.read() * 10)"]
    confined = confine(argv, box=Box(readable=(PREFIX,)), cwd=PREFIX, tier=tier, stdin=b"x" * 100_000, limit=500_000)
    assert (len(confined.done.stdout), confined.done.truncated, confined.done.returncode) == (500_000, True, 0)


def test_a_program_that_does_not_exist_is_a_missing_tool(tier: Tier) -> None:
    with pytest.raises(ToolMissing, match="absent cannot be run: no such file"):
        confine(["absent"], box=Box(), cwd=Path("/usr"), tier=tier)


def test_time_ends_the_program_and_all_that_it_started(tier: Tier, folder: Path) -> None:
    marker = f"late-{os.getpid()}"
    code = f"import os, time; os.fork(); time.sleep(20) # {marker}"
    confined = python(code, tier, folder, seconds=0.6)
    assert (confined.exceeded, confined.done.timed_out, confined.done.returncode) == ("time", True, -9)
    assert alive(marker) == []


def test_an_interrupt_ends_the_box(tier: Tier) -> None:
    marker = f"interrupted-{os.getpid()}"
    name = type(tier).__name__
    code = (
        "import sys; from pathlib import Path; from outpace.sandbox import *\n"
        f"try: confine(['sh', '-c', 'sleep 20; : {marker}'], box=Box(), cwd=Path('/usr'), tier={name}())\n"
        "except KeyboardInterrupt: print('interrupted')"
    )
    outpace = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    until = time.monotonic() + 10
    while len(alive(f"sleep 20; : {marker}")) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.2)
    outpace.send_signal(signal.SIGINT)
    assert outpace.communicate(timeout=10)[0] == b"interrupted\n"
    assert alive(marker) == []


def left_over() -> set[Path]:
    """Temporary folders and control groups whose launcher is gone."""
    found = [*Path(tempfile.gettempdir()).glob("outpace-box-*"), *Path("/sys/fs/cgroup").glob("**/outpace-*")]
    launchers = {path: path.name.removeprefix("outpace-").removeprefix("box-").partition("-")[0] for path in found}
    gone = {path for path, launcher in launchers.items() if not Path("/proc", launcher).exists()}
    return {path for path in gone if path.exists()}


def test_nothing_is_left_of_the_box_however_deep_or_closed_its_folders_are(tier: Tier, folder: Path) -> None:
    before = left_over()
    closed = "import os; os.chdir(os.environ['TMPDIR']); os.mkdir('x'); open('x/y', 'w'); os.chmod('x', 0)"
    deep = "import os; os.chdir(os.environ['TMPDIR'])\nfor _ in range(30): os.mkdir('d' * 200); os.chdir('d' * 200)"
    for code in (closed, deep):
        said(python(code, tier, folder))
    assert left_over() - before == set()


def test_many_boxes_at_once_do_not_disturb_each_other(tier: Tier) -> None:
    def one(number: int) -> str:
        return said(confine(["sh", "-c", f"echo {number}"], box=Box(), cwd=Path("/usr"), tier=tier))

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(one, range(12))) == [str(number) for number in range(12)]


def test_a_virtual_environment_can_be_used(tier: Tier, folder: Path) -> None:
    readable = (PREFIX, Path(sys.prefix))
    argv = [sys.executable, "-c", "import msgspec, sys; print(sys.prefix)"]
    confined = confine(argv, box=Box(readable=readable, writable=(folder,)), cwd=folder, tier=tier)
    assert said(confined) == sys.prefix


def test_git_works_in_a_writable_checkout(tier: Tier, folder: Path) -> None:
    needs("git")
    script = (
        "git init -q . && git -c user.name=x -c user.email=x@y commit -q --allow-empty -m one && git log --format=%s"
    )
    assert said(confine(["sh", "-c", script], box=Box(writable=(folder,)), cwd=folder, tier=tier)) == "one"


def test_beside_a_protected_directory_files_can_be_changed(tier: Tier, folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / "src").mkdir()
    said(python("open('src/new', 'w').close()", tier, folder, protected=(folder / ".git",)))
    assert (folder / "src" / "new").exists()


def test_only_in_the_file_system_tier_nothing_new_can_be_made_directly_beside_it(tier: Tier, folder: Path) -> None:
    (folder / ".git").mkdir()
    confined = python("open('new', 'w').close()", tier, folder, protected=(folder / ".git",))
    assert (confined.done.returncode == 0) == isinstance(tier, Full)


def test_a_path_asked_for_by_way_of_a_link_is_found_under_both_names(tier: Tier, folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "real" / "file").write_text("content")
    (folder / "link").symlink_to("real")
    box = Box(readable=(folder / "link",))
    script = f"cat {folder}/link/file {folder}/real/file"
    assert said(confine(["sh", "-c", script], box=box, cwd=Path("/usr"), tier=tier)) == "contentcontent"


@pytest.mark.parametrize(
    ("box", "cwd", "message"),
    [
        (Box(), "/home", "/home is not in the box"),
        (Box(readable=(Path("/tmp"),)), "/usr", "/tmp cannot be put into a box as a whole"),
        (Box(readable=(Path("/absent"),)), "/usr", "/absent cannot be put into a box: No such file or directory"),
        (Box(protected=(Path("/usr"),)), "/usr", "/usr is protected, but in no writable directory"),
    ],
)
def test_a_box_that_cannot_be_is_refused_before_anything_runs(box: Box, cwd: str, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        confine(["true"], box=box, cwd=Path(cwd), tier=Full())
    assert caught.value.message == message


def test_the_strongest_tier_is_one_that_can_be_formed_and_its_lacks_are_named() -> None:
    match strongest():
        case Full(lacking):
            assert all("control group" in each or "Landlock" in each for each in lacking)
        case FileSystem(lacking):
            assert lacking[0].startswith("the full sandbox cannot be formed: ")
        case NoSandbox(lacking):
            missing("; ".join(lacking))
    assert confine(["true"], box=Box(), cwd=Path("/usr")).done.returncode == 0


SERVE_AND_ASK = """
import socket, threading
server = socket.create_server(("127.0.0.1", PORT))
def answer():
    client, _ = server.accept()
    client.sendall(b"hello")
    client.close()
threading.Thread(target=answer, daemon=True).start()
print(socket.create_connection(("127.0.0.1", PORT), timeout=5).recv(10).decode())
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_server_and_its_client_share_a_loopback(tier: Tier, folder: Path) -> None:
    port = free_port()
    code = SERVE_AND_ASK.replace("PORT", str(port))
    assert said(python(code, tier, folder, network=Loopback(ports=(port,)))) == "hello"


def test_the_loopback_does_not_reach_the_hosts(tier: Tier, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=5)"
        other = free_port()
        assert python(code, tier, folder, network=Loopback(ports=(other,))).done.returncode == 1


def test_without_a_network_there_is_no_loopback_either(tier: Tier, folder: Path) -> None:
    assert python(SERVE_AND_ASK.replace("PORT", str(free_port())), tier, folder).done.returncode == 1


SEND_AND_CONNECT = """
import socket
packets = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print(packets.sendto(b"hello", ("192.0.2.10", 8125)))
packets.connect(("10.255.255.255", 1))
print(packets.getsockname()[0] != "127.0.0.1")
try:
    socket.create_connection(("192.0.2.10", 80), timeout=5)
except ConnectionRefusedError:
    print("refused")
"""


def test_where_nobody_answers_packets_are_sent_and_connections_refused(tier: Tier, folder: Path) -> None:
    if not isinstance(tier, Full):
        assert python(SEND_AND_CONNECT, tier, folder, network=Nowhere()).done.returncode == 1
        return
    assert said(python(SEND_AND_CONNECT, tier, folder, network=Nowhere())).split() == ["5", "True", "refused"]


@pytest.fixture
def web() -> Iterator[str]:
    """`host:port` of a server on the host's loopback."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"{self.headers['Host']} {self.path}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


FETCH = """
import os, urllib.request, urllib.error
try: print(urllib.request.urlopen("URL", timeout=5).read().decode())
except urllib.error.HTTPError as error: print(error.code)
"""


def test_egress_reaches_the_hosts_that_are_allowed_and_no_other(tier: Tier, folder: Path, web: str) -> None:
    network = Egress((web,))
    assert said(python(FETCH.replace("URL", f"http://{web}/a?b"), tier, folder, network=network)) == f"{web} /a?b"
    for other in (f"127.0.0.1:{free_port()}", "example.org", "localhost:1"):
        assert said(python(FETCH.replace("URL", f"http://{other}/"), tier, folder, network=network)) == "403"


def test_egress_tunnels_to_allowed_hosts_only(tier: Tier, folder: Path, web: str) -> None:
    code = f"""
import os, socket
for target in ("{web}", "example.org:443", "127.0.0.1:22"):
    host, _, port = os.environ["HTTPS_PROXY"].removeprefix("http://").partition(":")
    proxy = socket.create_connection((host, int(port)), timeout=5)
    proxy.sendall(f"CONNECT {{target}} HTTP/1.1\\r\\n\\r\\n".encode())
    status = proxy.recv(1000).split(b" ")[1].decode()
    if status == "200":
        proxy.sendall(b"GET /tunnel HTTP/1.0\\r\\nHost: x\\r\\n\\r\\n")
        status += " tunnel" if b"x /tunnel" in b"".join(iter(lambda: proxy.recv(1000), b"")) else " nothing"
    print(status, end=";")
"""
    assert said(python(code, tier, folder, network=Egress((web,)))) == "200 tunnel;403;403;"


def test_with_egress_nothing_can_be_reached_past_the_proxy(tier: Tier, folder: Path, web: str) -> None:
    host, _, port = web.partition(":")
    code = f"""
import socket
for kind, address in ((1, ("{host}", {port})), (2, ("127.0.0.53", 53)), (2, ("192.0.2.1", 53))):
    try:
        with socket.socket(socket.AF_INET, kind) as one:
            one.settimeout(2)
            one.connect(address)
            one.send(b"x")
        print("reached")
    except OSError:
        print("refused")
"""
    # in its own network namespace a UDP socket on loopback may send into nothing: nobody of the host's hears it
    outcome = said(python(code, tier, folder, network=Egress((web,)))).split()
    assert (outcome[0], outcome[2]) == ("refused", "refused")
    assert isinstance(tier, Full) or outcome[1] == "refused"


DEPENDS_ON_THE_USER = "belongs or environment or ends or left_of or git or protected or beside or loopback or egress"


@pytest.mark.skipif(os.geteuid() != 0, reason="this is the run as an ordinary user")
def test_what_depends_on_the_user_holds_for_an_ordinary_one_too() -> None:
    pytest_options = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", DEPENDS_ON_THE_USER, __file__]
    program = [*users.ordinary(), sys.executable, *pytest_options]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent", "PYTEST_ADDOPTS": ""}
    ended = subprocess.run(program, cwd=users.ROOT, env=environment, capture_output=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout.decode()[-3000:]
