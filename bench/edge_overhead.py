"""Bench: what a request costs at the edge: Envoy as it is configured here, beside HAProxy, nginx and no proxy at all.

No split: nothing is tuned here. All stand in front of one process of the same backend (bench/edge_shop.py) with kept
connections, two threads each, and are asked by wrk for the same page in rounds that take turns. `us`: microseconds of
CPU that the proxy's processes used for a request (/proc, so that a busy machine hardly matters), at 16 connections and
at one: of the quietest round, since other programs of the machine can only add to it, and the median of all. `added`:
the median of p50 at one connection less the p50 without a proxy of the same round. Envoy comes twice: with all traffic
on one release, and with a tenth on another, whose answers it writes down for the judge. Peers are Debian's.

Goal: Envoy below 150 us of CPU a request at 16 connections in the quietest round, and every answer good.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from edge_place import Place, free_port, load_average

from outpace.delivery.edge.traffic import Traffic

MOST_US = 150.0
MANY = 16
THREADS = 2
HAPROXY = """\
global
    nbthread {threads}
    maxconn 4096
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    option http-keep-alive
    http-reuse always
frontend edge
    bind 127.0.0.1:{port}
    default_backend shop
backend shop
    option forwardfor
    server one 127.0.0.1:{backend}
"""
NGINX = """\
daemon off;
worker_processes {threads};
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    upstream shop {{ server 127.0.0.1:{backend}; keepalive 64; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://shop;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }}
    }}
}}
"""


class Front(NamedTuple):
    name: str
    port: int
    processes: Sequence[int]  # whose CPU is counted
    ready: Callable[[], None]


class Asked(NamedTuple):
    requests: int
    seconds: float
    p50_us: float
    bad: int
    cpu_us: float  # a request


class Row(NamedTuple):
    name: str
    many: list[Asked]
    one: list[Asked]
    added_us: list[float]


def main() -> int:
    args = arguments()
    if shutil.which("wrk") is None:
        print("wrk is not installed, and nothing can be measured without it")
        return 1
    print(f"{args.rounds} rounds of {args.seconds} s at {MANY} connections and at one; {load_average()}")
    with Place() as place, fronts(place) as found:
        rows = measured(found, args)
    return told(rows, [name for name in ("haproxy", "nginx") if shutil.which(name) is None], args.json)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="two rounds of a second")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.seconds = 2, 1
    return args


@contextmanager
def fronts(place: Place) -> Generator[Sequence[Front]]:
    """The backend without a proxy first."""
    runtime = place.runtime()
    (first,) = runtime.standing().instances
    second, program = place.program(place.revision())
    runtime.start(program, 1)
    ill = runtime.healthy(second, 30.0)
    if ill:
        raise RuntimeError(ill)
    runtime.admit()
    envoy = [runtime.standing().envoy]
    whole = Traffic(baseline=first.release)
    part = Traffic(baseline=first.release, candidate=second, weight=1000)
    found = [
        Front("no proxy", first.port, [], lambda: None),
        Front("Envoy, one release", place.port, envoy, lambda: runtime.route(whole)),
        Front("Envoy, a tenth on another", place.port, envoy, lambda: runtime.route(part)),
    ]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for name, text, words in (("haproxy", HAPROXY, ["-db", "-f"]), ("nginx", NGINX, ["-c"])):
            program_path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
            if program_path is not None:
                port = free_port()
                file = place.folder / f"{name}.conf"
                told = {"port": port, "backend": first.port, "folder": place.folder, "threads": THREADS}
                file.write_text(text.format(**told))
                started.append(subprocess.Popen([program_path, *words, str(file)], stderr=subprocess.DEVNULL))
                time.sleep(0.5)
                found.append(Front(name, port, family(started[-1].pid), lambda: None))
        yield found
    finally:
        for process in started:
            process.terminate()
            process.wait()


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def measured(found: Sequence[Front], args: argparse.Namespace) -> Sequence[Row]:
    rows = [Row(front.name, [], [], []) for front in found]
    for turn in range(args.rounds):
        direct = 0.0
        for number in range(len(found)):
            # Who comes first rotates; the one without a proxy is first of each round, which others are compared with.
            at = 0 if number == 0 else 1 + (number - 1 + turn) % (len(found) - 1)
            front, row = found[at], rows[at]
            front.ready()
            row.many.append(asked(front, MANY, args.seconds))
            row.one.append(asked(front, 1, args.seconds))
            direct = row.one[-1].p50_us if at == 0 else direct
            row.added_us.append(row.one[-1].p50_us - direct)
    return rows


def asked(front: Front, connections: int, seconds: int) -> Asked:
    before = cpu(front.processes)
    argv = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    argv.append(f"http://127.0.0.1:{front.port}/shop")
    out = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    used = cpu(front.processes) - before
    requests = int(_found(r"(\d+) requests in", out))
    p50, unit = _found(r"50%\s+([\d.]+)", out), _found(r"50%\s+[\d.]+(us|ms|s)", out)
    bad = sum(int(each) for each in re.findall(r"(?:Non-2xx.*?: |connect |read |write |timeout )(\d+)", out))
    lasted = float(_found(r"requests in ([\d.]+)s", out))
    p50_us = float(p50) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]
    return Asked(requests, lasted, p50_us, bad, cpu_us=1e6 * used / max(requests, 1))


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"wrk said: {text}")
    return match[1]


def cpu(processes: Sequence[int]) -> float:
    """Seconds that all their threads ran."""
    found = 0.0
    for pid in processes:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += int((task / "schedstat").read_text().split()[0]) / 1e9
    return found


def told(rows: Sequence[Row], missing: Sequence[str], file: Path | None) -> int:
    print(f"{'':26}{'us, c=16':>16}{'us, c=1':>16}{'p50, c=1':>18}{'added':>9}{'requests/s':>12}{'bad':>5}")
    for row in rows:
        cost, alone = ([each.cpu_us for each in some] for some in (row.many, row.one))
        costs = f"{spread(cost)}{spread(alone)}" if row is not rows[0] else f"{'-':>16}{'-':>16}"
        speed = statistics.median(each.requests / each.seconds for each in row.many)
        added = f"{statistics.median(row.added_us):.0f} us"
        bad = sum(each.bad for each in (*row.many, *row.one))
        print(f"{row.name:26}{costs}{spread([e.p50_us for e in row.one]):>15} us{added:>9}{speed:12.0f}{bad:5}")
    for name in missing:
        print(f"{name:26}is not installed, and was not measured")
    ours = [row for row in rows if row.name.startswith("Envoy")]
    cost = max(min(each.cpu_us for each in row.many) for row in ours)
    bad = sum(each.bad for row in ours for each in (*row.many, *row.one))
    if file:
        file.write_text(json.dumps([shown(row) for row in rows]) + "\n")
    print(f"{cost:.0f} us of CPU a request in the quietest round, {bad} bad answers (goal: below {MOST_US:g}, and 0)")
    return 1 if cost >= MOST_US or bad else 0


def spread(values: Sequence[float]) -> str:
    return f"{min(values):9.1f} / {statistics.median(values):<4.0f}".rjust(16)


def shown(row: Row) -> dict[str, object]:
    return {
        "name": row.name,
        "many": [each._asdict() for each in row.many],
        "one": [each._asdict() for each in row.one],
        "added_us": list(row.added_us),
    }


if __name__ == "__main__":
    sys.exit(main())
