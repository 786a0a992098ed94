"""What a repository says of itself, and what stays a question."""

from __future__ import annotations

import pytest

from outpace.model.application import Application
from outpace.pipelines.infer import Reading, read_repository


def reading(files: dict[str, str], branch: str | None = None) -> Reading:
    content = {path: text.encode() for path, text in files.items()}
    return read_repository(tuple(content), content.get, directory="checkout", branch=branch)


def test_a_project_with_a_lock_a_suite_and_a_deploy_target_needs_no_file() -> None:
    read = reading(
        {
            "pyproject.toml": '[project]\nname = "shop"\n[dependency-groups]\ndev = ["pytest>=8"]\n',
            "uv.lock": "version = 1\n",
            "Makefile": "PORT ?= 8123\ndeploy: test\n\tuvicorn --factory shop.app:create --port 8123\n",
            "shop/app.py": "import starlette.applications as s\ndef create():\n    return s.Starlette()\n",
        }
    )
    assert read.application == Application(
        name="shop",
        locks=("uv.lock",),
        test=("pytest", "-q"),
        imports=("shop.app:create",),
        run=("uvicorn", "--factory", "shop.app:create", "--host", "127.0.0.1", "--port", "{port}"),
        branch="main",
        deploy=("make", "deploy"),
    )
    assert read.port == 8123
    assert [question.key for question in read.questions] == ["environments"]


def test_an_empty_repository_is_all_questions_and_no_guess() -> None:
    read = reading({"README.md": "hello"}, branch="trunk")
    assert read.application == Application(name="checkout", branch="trunk")
    assert {question.key for question in read.questions} == {
        "locks",
        "test",
        "imports",
        "run",
        "deploy",
        "environments",
    }


def test_a_broken_project_file_is_no_reason_to_stop() -> None:
    read = reading({"pyproject.toml": "[project\nname="})
    assert read.application.name == "checkout"
    assert read.questions[0].key == "name"
    assert "no TOML" in read.questions[0].asks


def test_an_application_made_at_the_top_of_a_module_is_an_entry_point() -> None:
    files = {
        "src/site/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "Procfile": "web: uvicorn site.main:app --port $PORT\n",
    }
    application = reading(files).application
    assert application.imports == ("site.main:app",)
    assert application.run[:2] == ("uvicorn", "site.main:app")


def test_tests_and_examples_are_no_entry_points() -> None:
    assert reading({"tests/test_app.py": "from flask import Flask\napp = Flask(__name__)\n"}).application.imports == ()


def workflow(*steps: str) -> str:
    job = "  job{}:\n    container: python:3.12\n    steps: [{{run: {}}}]\n"
    return "on: push\njobs:\n" + "".join(job.format(at, step) for at, step in enumerate(steps))


def test_the_projects_own_ci_decides_how_it_is_tested_and_each_value_says_where_it_is_read() -> None:
    read = reading(
        {".github/workflows/a.yml": workflow("cd src && pip install -r r.txt && A=1 pytest -x"), "src/a": ""}
    )
    application = read.application
    assert (application.test, application.test_path, application.install, application.python) == (
        ("pytest", "-x"), "src", ("-r src/r.txt",), ("3.12", "any"),
    )  # fmt: skip
    assert application.test_env == {"A": "1"}
    because = {item.key: item.because for item in read.inferred}
    assert (because["test"], because["install"]) == (
        ".github/workflows/a.yml:5", "installed at .github/workflows/a.yml:5",
    )  # fmt: skip


def test_two_jobs_of_the_same_weight_that_disagree_are_a_question_with_both_answers() -> None:
    read = reading({".github/workflows/a.yml": workflow("pytest a", "pytest b")})
    assert read.application.test == ()
    (question,) = (each for each in read.questions if each.key == "test")
    place = ".github/workflows/a.yml"
    assert question.asks == f"{place}:5 runs pytest a, and {place}:8 runs pytest b: which one?"
    assert question.choices == (("pytest", "a"), ("pytest", "b"))


@pytest.mark.parametrize(
    ("content", "test"), [("import pytest\n", ("pytest", "-q")), ("import unittest\n", ()), ("", ())]
)
def test_a_test_module_alone_does_not_tell_what_runs_it(content: str, test: tuple[str, ...]) -> None:
    read = reading({"tests/test_a.py": content})
    assert read.application.test == test
    asked = [each.choices for each in read.questions if each.key == "test"]
    assert asked == ([] if test else [(("pytest", "-q"), ("python", "-m", "unittest"))])


def test_a_release_to_an_index_is_no_deployment() -> None:
    assert reading({"Makefile": "release:\n\ttwine upload\n"}).application.deploy == ()


def test_a_lock_and_requirements_beside_it_are_a_question() -> None:
    read = reading({"poetry.lock": "", "requirements.txt": ""})
    assert read.application.locks == ()
    (question,) = (each for each in read.questions if each.key == "locks")
    assert question.choices == (("poetry.lock",), ("requirements.txt",))


@pytest.mark.parametrize(
    ("files", "run"),
    [
        ({"Procfile": "release: x\nweb: gunicorn -k gthread --workers 4 shop.wsgi:app --log-file -\n"},
         "gunicorn -k gthread --bind 127.0.0.1:{port} shop.wsgi:app"),
        ({"Dockerfile": 'FROM x\nCMD ["uvicorn", "--factory", "shop:make", "--port", "80"]\n'},
         "uvicorn --factory shop:make --host 127.0.0.1 --port {port}"),
        ({"Dockerfile": 'CMD ["sh", "-c", "cd x && exec python -m gunicorn.app.wsgiapp a.b:c"]\n'},
         "gunicorn --bind 127.0.0.1:{port} a.b:c"),
        ({"compose.yaml": "services: {web: {command: [python, manage.py, runserver, '0.0.0.0:80']}}\n"},
         "python manage.py runserver --noreload 127.0.0.1:{port}"),
        ({"etc/shop.service": "[Service]\nExecStart=/srv/venv/bin/waitress-serve --port 80 shop:app\n"},
         "waitress-serve --listen=127.0.0.1:{port} shop:app"),
        ({"boot.sh": "flask --app shop run --debug\n"}, "flask --app shop run --host 127.0.0.1 --port {port}"),
    ],
)  # fmt: skip
def test_the_projects_own_server_is_started_on_a_port_that_is_filled_in(files: dict[str, str], run: str) -> None:
    assert " ".join(reading(files).application.run) == run


def test_two_ways_to_serve_are_a_question_and_a_server_that_hides_its_application_is_one_too() -> None:
    read = reading({"Procfile": "web: gunicorn a:b\n", "Dockerfile": "CMD uvicorn c:d\n"})
    assert read.application.run == ()
    (question,) = (each for each in read.questions if each.key == "run")
    assert [str(choice[0]) for choice in question.choices] == ["gunicorn", "uvicorn"]
    hidden = reading({"Procfile": "web: uwsgi etc/uwsgi.ini\n"})
    assert "Procfile:1 starts uwsgi" in next(each.asks for each in hidden.questions if each.key == "run")


def test_entry_points_are_what_a_framework_makes_and_what_scripts_name() -> None:
    files = {
        "pyproject.toml": '[tool.poetry]\nname = "shop"\n[tool.poetry.scripts]\nshop = "shop.cli:main"\n',
        "shop/__init__.py": "",
        "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        "shop/own.py": "class Flask: ...\napp = Flask()\n",
        "shop/web.py": "from aiohttp import web\napp = web.Application()\n",
    }
    read = reading(files)
    assert read.application.imports == ("shop.wsgi", "shop.web", "shop.cli:main")
    assert read.application.name == "shop"
    because = next(item.because for item in read.inferred if item.key == "imports")
    assert because == "shop/wsgi.py:2 makes a Django application"


def test_the_object_that_a_server_serves_is_an_entry_point_where_its_module_is_the_projects_own() -> None:
    files = {
        "Procfile": "web: gunicorn shop.wsgi:application --bind unix:run.sock\n",
        "Dockerfile": "FROM x\nCMD gunicorn 'shop:create(1)'\n",
        "compose.yaml": "services: {web: {command: uvicorn other.app:app}}\n",
        "src/shop/__init__.py": "",
        "src/shop/wsgi.py": "from flask import Flask\napplication = Flask(__name__)\n",
    }
    read = reading(files)
    assert read.application.imports == ("shop.wsgi:application", "shop:create")
    because = next(item.because for item in read.inferred if item.key == "imports")
    assert because == "Procfile:1 serves it with gunicorn"
