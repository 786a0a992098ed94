"""Releases of any language: what a build command leaves, whoever, wherever and whenever it is built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from outpace.delivery.releases.manifest import File, Layers, Link, Manifest, listing_digest
from outpace.engines.release_store import INVENTORY, MANIFEST
from outpace.model.edge import Build
from outpace.model.errors import BadConfiguration, BadInput, ToolFailed
from tests.fakes.loopback import Reply, loopback
from tests.fakes.releases import PLAIN, Workshop, application, committed, git, repository, workshop
from tests.needs import needs

SERVE = "#!/bin/sh\nexec cat pages/index.html\n"
SITE = {"serve": SERVE, "pages/index.html": "<h1>Shop</h1>\n", ".gitignore": "secret\n*.log\n"}
C_PROGRAM = (
    '#include <stdio.h>\n#include "shop.h"\nint main(void) { printf("%s from %s\\n", WORDS, __FILE__); return 0; }\n'
)
C_BUILD = {"shop.c": C_PROGRAM, "shop.h": '#define WORDS "open"\n', "Makefile": "all:\n\tcc -g -o out/serve shop.c\n"}
WRITES = """
import os, sys
from pathlib import Path
out = Path("out")
out.mkdir()
(out / "page.html").write_text(Path("words.txt").read_text().upper())
(out / "serve").write_text("#!/bin/sh\\ncat page.html\\n")
(out / "serve").chmod(0o755)
(out / "latest.html").symlink_to("page.html")
"""

PACKS = """
import os, tarfile
def nobody(told):
    told.uid = told.gid = 0
    told.uname = told.gname = ""
    if told.name == ".":
        told.mtime = 0
    return told
os.mkdir("out")
with tarfile.open("out/all.tar", "w") as archive:
    archive.add(".", recursive=False, filter=nobody)
    for name in ("pages", "words.txt"):
        archive.add(name, filter=nobody)
"""


def sha(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def site(tmp_path: Path) -> Workshop:
    return workshop(repository(tmp_path / "site", SITE), tmp_path / "host")


def below(top: Path) -> list[str]:
    return sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if not path.is_dir())


def test_a_release_holds_the_files_of_the_revision_and_says_how_they_are_started(site: Workshop) -> None:
    stored = site.build(application())
    ignored = File(sha256=sha(SITE[".gitignore"]), size=len(SITE[".gitignore"]))
    files = {
        ".gitignore": ignored,
        "serve": File(sha256=sha(SERVE), size=len(SERVE), executable=True),
        "pages/index.html": File(sha256=sha(SITE["pages/index.html"]), size=len(SITE["pages/index.html"])),
    }
    assert stored.manifest == Manifest(
        application="shop",
        revision=git(site.root, "rev-parse", "HEAD"),
        environment="none",
        run=("./serve", "{port}"),
        ready="/",
        inventory=sha((stored.path / INVENTORY).read_text()),
        layers=Layers(application=listing_digest(files)),
        files=dict(sorted(files.items())),
    )
    assert below(stored.path) == sorted([f"application/{name}" for name in files] + [INVENTORY, MANIFEST])
    assert (stored.path.name, sha((stored.path / MANIFEST).read_text())) == (stored.digest, stored.digest)
    done = subprocess.run(stored.argv(("./serve", "{port}"), 80), cwd=stored.cwd, capture_output=True, check=True)
    assert done.stdout.decode() == SITE["pages/index.html"]


def test_the_same_revision_gives_the_stored_release(site: Workshop) -> None:
    first = site.build(application())
    before = (first.path / MANIFEST).stat()
    again = site.build(application())
    assert (again, (again.path / MANIFEST).stat()) == (first, before)


def test_nothing_of_the_working_tree_and_nothing_of_git_comes_along(site: Workshop) -> None:
    clean = site.build(application())
    (site.root / "secret").write_text("password")
    (site.root / "untracked.py").write_text("")
    (site.root / "pages" / "index.html").write_text("edited")
    (site.root / "pages" / "error.log").write_text("")
    dirty = workshop(site.root, site.place / "other").build(application())
    assert dirty.digest == clean.digest
    assert [name for name in below(clean.path) if ".git/" in name or "secret" in name or "log" in name] == []


def test_another_commit_another_start_and_another_name_are_other_releases(site: Workshop) -> None:
    made = application()
    digests = {site.build(made).digest}
    digests.add(site.build(msgspec.structs.replace(made, run=("./serve",))).digest)
    digests.add(site.build(msgspec.structs.replace(made, ready="/healthz")).digest)
    digests.add(site.build(msgspec.structs.replace(made, name="depot")).digest)
    committed(site.root, {"pages/index.html": "<h1>Shop 2</h1>\n"})
    digests.add(site.build(made).digest)
    assert len(digests) == 5


MADE_BY = (
    "import sys; sys.path.insert(0, {root!r}); from tests.engines.test_release_build import built_here; built_here()"
)


def built_here() -> None:
    """In a process of its own: what the test says by its environment."""
    os.umask(int(os.environ["UMASK"], 8))
    made = workshop(Path(os.environ["SITE"]), Path(os.environ["HOST"]))
    build = msgspec.json.decode(os.environ["BUILD"], type=Build)
    sys.stdout.write(made.build(application(build)).digest)


def digest_of(site: Path, host: Path, build: Build, **environ: str) -> str:
    told = {**os.environ, "SITE": str(site), "HOST": str(host), "BUILD": msgspec.json.encode(build).decode(), **environ}
    code = MADE_BY.format(root=str(Path(__file__).parents[2]))
    done = subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", ["files", "written by Python", "compiled C", "packed with their times"])
def test_another_umask_another_folder_and_another_time_give_the_same_digest(kind: str, tmp_path: Path) -> None:
    files, build = {
        "files": (SITE, PLAIN),
        "written by Python": (
            {"words.txt": "open", "make.py": WRITES},
            Build(command=("python3", "make.py"), tree="out", environment="none"),
        ),
        "compiled C": (
            {**C_BUILD, "out/.keep": ""},
            Build(command=("cc", "-g", "-o", "out/serve", "shop.c"), tree="out", environment="none"),
        ),
        "packed with their times": (
            {"words.txt": "open", "pages/a.html": "a", "make.py": PACKS},
            Build(command=("python3", "make.py"), tree="out", environment="none"),
        ),
    }[kind]
    needs("cc")
    here = repository(tmp_path / "here", files)
    first = digest_of(here, tmp_path / "host", build, UMASK="022", TZ="UTC")
    there = tmp_path / "a much longer name" / "there"
    shutil.copytree(here, there)
    for path in there.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
    time.sleep(1.1)  # compilers and archives write down seconds
    second = digest_of(there, tmp_path / "elsewhere" / "host", build, UMASK="077", TZ="Asia/Tokyo", LC_ALL="C")
    assert first == second


@pytest.mark.parametrize("setting", ["core.autocrlf=true", "core.eol=crlf", "core.symlinks=false"])
def test_how_git_is_set_up_here_gives_no_other_release(setting: str, tmp_path: Path) -> None:
    root = repository(tmp_path / "site", {**SITE, ".gitattributes": "* text=auto\n"})
    (root / "latest").symlink_to("serve")
    committed(root, {})
    first = workshop(root, tmp_path / "host").build(application())
    git(root, "config", *setting.split("="))
    assert workshop(root, tmp_path / "other").build(application()).digest == first.digest


def test_a_program_of_another_language_is_built_in_the_sandbox(tmp_path: Path) -> None:
    needs("cc")
    made = workshop(repository(tmp_path / "site", {**C_BUILD, "out/.keep": ""}), tmp_path / "host")
    build = Build(command=("cc", "-o", "out/serve", "shop.c"), tree="out", environment="none")
    stored = made.build(application(build))
    assert sorted(stored.manifest.files) == [".keep", "serve"]
    done = subprocess.run(stored.argv(("./serve",)), cwd=stored.cwd, capture_output=True, check=True)
    assert done.stdout == b"open from shop.c\n"
    assert (stored.environment, stored.environ()) == (
        None,
        {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "OUTPACE_RELEASE": stored.digest},
    )


def test_a_tree_that_a_script_writes_keeps_its_links(tmp_path: Path) -> None:
    root = repository(tmp_path / "site", {"words.txt": "open", "make.py": WRITES})
    build = Build(command=("python3", "make.py"), tree="out", environment="none")
    stored = workshop(root, tmp_path / "host").build(application(build))
    page = File(sha256=sha("OPEN"), size=4)
    serve = "#!/bin/sh\ncat page.html\n"
    assert stored.manifest.files == {
        "latest.html": Link(to="page.html"),
        "page.html": page,
        "serve": File(sha256=sha(serve), size=len(serve), executable=True),
    }
    assert (stored.application / "latest.html").read_text() == "OPEN"


HOSTILE = {
    "a link out of the tree": ('os.symlink("../../secret", "out/a")', "a is a link to ../../secret"),
    "an absolute link": ('os.symlink("/etc/passwd", "out/a")', "a is a link to /etc/passwd"),
    "a link through a link": ('os.mkdir("out/d"); os.symlink(".", "out/d/s"); os.symlink("d/s/../..", "out/a")',
                              "a is a link to d/s/../.."),
    "a pipe": ('os.mkfifo("out/a")', "a is neither a file nor a link"),
    "a socket": ('import socket; socket.socket(socket.AF_UNIX).bind("out/a")', "a is neither a file nor a link"),
    "a name that is no text": ('open(b"out/a\\xff", "w")', "the name of a\\xff is no UTF-8"),
    "a tree that is a link": ('os.rmdir("out"); os.symlink("/etc", "out")', "leads out of the repository"),
    "no tree": ('os.rmdir("out")', "is no directory of the build"),
    "nothing": ("", "holds no file"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_no_release_may_hold_is_refused(case: str, tmp_path: Path) -> None:
    code, why = HOSTILE[case]
    root = repository(tmp_path / "site", {"make.py": f"import os\nos.mkdir('out')\n{code}\n"})
    build = Build(command=("python3", "make.py"), tree="out", environment="none")
    made = workshop(root, tmp_path / "host")
    with pytest.raises(BadInput) as refused:
        made.build(application(build))
    assert why in refused.value.message
    assert below(made.store.releases) == []


def test_a_git_folder_that_a_build_makes_stays_behind(tmp_path: Path) -> None:
    code = "import os\nos.makedirs('out/sub/.git')\nopen('out/sub/.git/config', 'w')\nopen('out/sub/a', 'w')\n"
    root = repository(tmp_path / "site", {"make.py": code})
    build = Build(command=("python3", "make.py"), tree="out", environment="none")
    assert sorted(workshop(root, tmp_path / "host").build(application(build)).manifest.files) == ["sub/a"]


def test_names_of_one_file_become_files_of_their_own(tmp_path: Path) -> None:
    code = (
        "import os\nos.mkdir('out')\nopen('out/a', 'w').write('x')\nos.link('out/a', 'out/b')\nos.link('out/a', 'c')\n"
    )
    root = repository(tmp_path / "site", {"make.py": code})
    build = Build(command=("python3", "make.py"), tree="out", environment="none")
    stored = workshop(root, tmp_path / "host").build(application(build))
    assert [(stored.application / name).stat().st_nlink for name in ("a", "b")] == [1, 1]


def test_permissions_beyond_execution_do_not_come_along(tmp_path: Path) -> None:
    code = "import os\nos.mkdir('out')\nopen('out/a', 'w')\nos.chmod('out/a', 0o777)\n"
    root = repository(tmp_path / "site", {"make.py": code})
    build = Build(command=("python3", "make.py"), tree="out", environment="none")
    stored = workshop(root, tmp_path / "host").build(application(build))
    assert (stored.application / "a").stat().st_mode & 0o7777 == 0o555


@pytest.mark.parametrize(("egress", "reached"), [((), False), (("{host}",), True)])
def test_a_build_reaches_the_hosts_of_its_egress_alone(egress: tuple[str, ...], reached: bool, tmp_path: Path) -> None:
    with loopback() as server:
        url = server.serve("/words", Reply(body=b"hello"))
        code = (
            "import os, urllib.request\nos.mkdir('out')\ntry:\n"
            f"    said = urllib.request.urlopen({url!r}, timeout=5).read().decode()\n"
            "except OSError:\n    said = 'nothing'\nopen('out/said', 'w').write(said)\n"
        )
        root = repository(tmp_path / "site", {"make.py": code})
        hosts = tuple(host.format(host=urlsplit(url).netloc) for host in egress)
        build = Build(command=("python3", "make.py"), tree="out", environment="none", egress=hosts)
        stored = workshop(root, tmp_path / "host").build(application(build))
    assert (stored.application / "said").read_text() == ("hello" if reached else "nothing")


def test_a_build_sees_nothing_of_the_users_and_changes_nothing_outside_of_its_copy(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("password")
    looked = [str(tmp_path / "secret"), str(tmp_path / "site" / "make.py"), str(Path.home() / ".profile")]
    code = (
        "import os\nos.mkdir('out')\n"
        f"seen = [path for path in {looked!r} if os.path.exists(path)]\n"
        "open('out/seen', 'w').write(repr((seen, 'SECRET' in os.environ)))\n"
        f"try:\n    open({str(tmp_path / 'written')!r}, 'w')\nexcept OSError:\n    pass\n"
    )
    root = repository(tmp_path / "site", {"make.py": code})
    build = Build(command=("python3", "make.py"), tree="out", environment="none")
    environ = {**os.environ, "SECRET": "password"}
    stored = workshop(root, tmp_path / "host", environ).build(application(build))
    assert (stored.application / "seen").read_text() == "([], False)"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["host", "secret", "site"]


def test_a_build_that_fails_says_so_in_its_own_last_words_and_leaves_nothing(tmp_path: Path) -> None:
    root = repository(tmp_path / "site", {"make.py": "import sys\nsys.exit('no such module: cart')\n"})
    made = workshop(root, tmp_path / "host")
    with pytest.raises(ToolFailed) as failed:
        made.build(application(Build(command=("python3", "make.py"), environment="none")))
    assert failed.value.message == "the build of shop ended with 1: no such module: cart"
    assert (made.store.all(), below(made.store.releases)) == ((), [])


@pytest.mark.parametrize(
    ("code", "told"), [("sys.exit(3)", "ended with 3"), ("os.kill(os.getpid(), 9)", "was ended by signal 9")]
)
def test_a_build_that_ends_without_a_word_says_how(code: str, told: str, tmp_path: Path) -> None:
    root = repository(tmp_path / "site", {"make.py": f"import os, sys\n{code}\n"})
    with pytest.raises(ToolFailed) as failed:
        workshop(root, tmp_path / "host").build(application(Build(command=("python3", "make.py"), environment="none")))
    assert failed.value.message == f"the build of shop {told}"


def test_an_application_below_the_root_is_built_and_started_where_it_lies(tmp_path: Path) -> None:
    files = {"apps/shop/serve": SERVE, "apps/shop/pages/index.html": "shop", "libs/words.txt": "x", "README": "y"}
    made = workshop(repository(tmp_path / "site", files), tmp_path / "host")
    own = made.build(application(path="apps/shop"))
    whole = made.build(application(Build(environment="none", tree="../.."), path="apps/shop"))
    assert (sorted(own.manifest.files), own.manifest.directory) == (["pages/index.html", "serve"], ".")
    assert (sorted(whole.manifest.files), whole.manifest.directory) == (sorted(files), "apps/shop")
    for stored in (own, whole):
        done = subprocess.run(stored.argv(("./serve",)), cwd=stored.cwd, capture_output=True, check=True)
        assert done.stdout == b"shop"


@pytest.mark.parametrize("tree", ["..", "../..", "a/../../.."])
def test_a_tree_outside_of_the_repository_is_refused(tree: str, site: Workshop) -> None:
    with pytest.raises(BadInput, match="leads out of the repository"):
        site.build(application(Build(environment="none", tree=tree)))


def test_an_application_that_is_not_of_the_edge_has_no_release(site: Workshop) -> None:
    from outpace.model.application import Application

    with pytest.raises(BadConfiguration, match=r"has no \[applications.edge\]"):
        site.build(Application(name="shop", run=("./serve",)))
