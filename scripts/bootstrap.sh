#!/bin/sh
# Brings uv into .tools and the locked development environment into .venv. Run again, it does nothing.
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-}"
if [ -z "$python" ]; then
    for candidate in python3.11 python3.12 python3.13 python3.14 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            python=$candidate
            break
        fi
    done
fi
if [ -z "$python" ]; then
    echo "no Python 3.11 or newer found; install one, or name it: make PYTHON=/path/to/python3.11" >&2
    exit 1
fi
if ! command -v git >/dev/null 2>&1; then
    echo "git is missing; on Debian and Ubuntu: apt-get install git" >&2
    exit 1
fi

wanted=$(cat requirements/uv.txt requirements/dev.txt pyproject.toml | cksum)
stamp=.venv/.outpace-locked
if [ -x .tools/bin/uv ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
    exit 0
fi

if [ ! -x .tools/bin/uv ]; then
    rm -rf .tools
    if ! "$python" -m venv .tools 2>.tools.log; then
        cat .tools.log >&2
        rm -rf .tools .tools.log
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "this Python cannot make a virtual environment with pip;" >&2
        echo "on Debian and Ubuntu: apt-get install python$version-venv   (or name another: make PYTHON=...)" >&2
        exit 1
    fi
    rm -f .tools.log
    echo "bringing uv into .tools"
    .tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
fi

echo "bringing the locked environment into .venv"
[ -x .venv/bin/python ] || .tools/bin/uv venv --quiet --python "$python" .venv
.tools/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements/dev.txt
.tools/bin/uv pip install --quiet --python .venv/bin/python --no-deps --editable .
echo "$wanted" >"$stamp"
