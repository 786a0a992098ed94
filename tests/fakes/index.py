"""A loopback package index (PEP 503 and PEP 691) whose tiny wheels are made from a case's `index`."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import textwrap
import threading
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True, kw_only=True)
class Release:
    """One release with one wheel, or with a source archive alone (`sdist`), which cannot be read without a build."""

    version: str
    requires_python: str = ""
    requires_dist: tuple[str, ...] = ()
    yanked: bool | str = False
    sha256: str = ""  # what the index claims, where a case needs a particular one
    upload_time: str = "2024-01-01T00:00:00Z"
    sdist: bool = False
    backend: str = ""  # lines that the build of the source archive runs first; with one it can be built
    modules: tuple[tuple[str, str], ...] = ()  # file name in the wheel -> source


def release(row: Mapping[str, object]) -> Release:
    """A row of a case's `index`."""
    requires = row.get("requires_dist") or ()
    assert isinstance(requires, (list, tuple))
    yanked = row.get("yanked", False)
    assert isinstance(yanked, (bool, str))
    return Release(
        version=str(row["version"]),
        requires_python=str(row.get("requires_python") or ""),
        requires_dist=tuple(str(requirement) for requirement in requires),
        yanked=yanked,
        sha256=str(row.get("sha256") or ""),
        upload_time=str(row.get("upload_time") or row.get("upload-time") or "2024-01-01T00:00:00Z"),
    )


def metadata(name: str, made: Release) -> bytes:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {made.version}"]
    lines += [f"Requires-Python: {made.requires_python}"] if made.requires_python else []
    lines += [f"Requires-Dist: {requirement}" for requirement in made.requires_dist]
    return ("\n".join(lines) + "\n").encode()


def wheel(name: str, made: Release) -> bytes:
    """Byte for byte the same each time."""
    bare = name.replace("-", "_")
    info = f"{bare}-{made.version}.dist-info"
    modules = made.modules or ((f"{bare}/__init__.py", f"__version__ = {made.version!r}\n"),)
    files = {path: content.encode() for path, content in modules}
    files[f"{info}/METADATA"] = metadata(name, made)
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: case\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = [f"{path},sha256={_record_hash(content)},{len(content)}" for path, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), content)
    return packed.getvalue()


BACKEND = """
import base64, pathlib
def build_wheel(directory, config_settings=None, metadata_directory=None):
{before}
    pathlib.Path(directory, {file!r}).write_bytes(base64.b64decode({wheel!r}))
    return {file!r}
"""


def archive(name: str, made: Release) -> bytes:
    """What is served of a release: its wheel, or a source archive that builds it."""
    if not made.backend:
        return wheel(name, made)
    bare = name.replace("-", "_")
    built = {"file": f"{bare}-{made.version}-py3-none-any.whl", "wheel": base64.b64encode(wheel(name, made)).decode()}
    files = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "backend.py": BACKEND.format(before=textwrap.indent(made.backend, "    "), **built),
        "PKG-INFO": f"Metadata-Version: 1.0\nName: {name}\nVersion: {made.version}\n",
    }
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        for path, content in files.items():
            entry = tarfile.TarInfo(f"{bare}-{made.version}/{path}")
            entry.size = len(content.encode())
            tar.addfile(entry, io.BytesIO(content.encode()))
    return packed.getvalue()


def _record_hash(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


@dataclass
class Index:
    """`with Index({"name": [Release(...)]}) as index: index.url`. `asked` keeps the paths in order; with `down` set
    every answer is a 503."""

    releases: Mapping[str, Sequence[Release]]
    user: str = ""  # basic authentication, when set
    password: str = ""
    asked: list[str] = field(default_factory=list[str])
    down: bool = False
    breaks_at: str = ""  # a path at which the answer is a 503

    def __post_init__(self) -> None:
        index = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                index.asked.append(self.path)
                wants_json = SIMPLE_JSON in self.headers.get("Accept", "")
                status, kind, body = index.answer(
                    self.path, self.headers.get("Authorization", ""), wants_json=wants_json
                )
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if status == 401:
                    self.send_header("WWW-Authenticate", 'Basic realm="case"')
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/simple"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, authorization: str, *, wants_json: bool) -> tuple[int, str, bytes]:
        if self.down or path == self.breaks_at:
            return 503, "text/plain", b"down"
        if self.user and authorization != f"Basic {base64.b64encode(f'{self.user}:{self.password}'.encode()).decode()}":
            return 401, "text/plain", b"who are you?"
        match path.strip("/").split("/"):
            case ["simple", name] if name in self.releases:
                if not wants_json:
                    return 200, "text/html", self._html(name).encode()
                return 200, SIMPLE_JSON, json.dumps(self._page(name)).encode()
            case ["files", name, file]:
                return self._file(name, file)
            case _:
                return 404, "text/plain", b"not here"

    def _page(self, name: str) -> dict[str, object]:
        return {
            "meta": {"api-version": "1.1"},
            "name": name,
            "versions": [made.version for made in self.releases[name]],
            "files": [self._row(name, made) for made in self.releases[name]],
        }

    def _html(self, name: str) -> str:
        files = (
            (file_name(name, made), hashlib.sha256(archive(name, made)).hexdigest()) for made in self.releases[name]
        )
        place = f"{self.url.removesuffix('/simple')}/files/{name}"
        links = "".join(f'<a href="{place}/{file}#sha256={digest}">{file}</a>\n' for file, digest in files)
        return f"<!DOCTYPE html><html><body>\n{links}</body></html>"

    def _row(self, name: str, made: Release) -> dict[str, object]:
        content = archive(name, made)
        file = file_name(name, made)
        row: dict[str, object] = {
            "filename": file,
            "url": f"{self.url.removesuffix('/simple')}/files/{name}/{file}",
            "hashes": {"sha256": made.sha256 or hashlib.sha256(content).hexdigest()},
            "size": len(content),
            "upload-time": made.upload_time,
            "yanked": made.yanked,
            "core-metadata": not made.sdist,
        }
        if made.requires_python:
            row["requires-python"] = made.requires_python
        return row

    def _file(self, name: str, file: str) -> tuple[int, str, bytes]:
        for made in self.releases.get(name, ()):
            if file == file_name(name, made):
                return 200, "application/octet-stream", archive(name, made)
            if file == f"{file_name(name, made)}.metadata":
                return 200, "text/plain", metadata(name, made)
        return 404, "text/plain", b"not here"


def file_name(name: str, made: Release) -> str:
    bare = name.replace("-", "_")
    return f"{bare}-{made.version}.tar.gz" if made.sdist else f"{bare}-{made.version}-py3-none-any.whl"
