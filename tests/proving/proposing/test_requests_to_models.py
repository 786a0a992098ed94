"""What a model is asked, and how its answers become an attempt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from outpace.engines.model_files import prepared
from outpace.proving.proposing.conversing import converse
from outpace.proving.proposing.edits import Carried, Mismatch
from outpace.proving.proposing.ports import Spent
from outpace.proving.proposing.redacting import Redactor
from outpace.proving.proposing.request import Answer, Answered, NotAnswered, Parts, Request, Settings, again, request_of
from outpace.proving.proposing.sending import Piece, Sent
from tests.fakes.model_server import edits
from tests.fakes.model_task import LINE, RIGHT, asked, config, tree

SENT = Sent(pieces=(Piece(path="shop/a.py", text="x = 1\n"),))


def asking(**more: Any) -> Request:
    """With what may differ from one task to another."""
    return request_of(asked(Path(), **more), SENT, Redactor(), model="openai:m", max_tokens=100)


def says(text: str, **more: Any) -> Answered:
    return Answered(text=text, model="m-1", provider="openai", **more)


def test_the_same_task_gives_the_same_digest_and_any_other_another() -> None:
    first = asking()
    others = [
        asking(brief="another"),
        asking(editable=("shop/b.py",)),
        asking(created=("shop/new.py",)),
        asking(refuted=("it weakened a test",)),
        replace(first, model="openai:other"),
        replace(first, settings=Settings(max_tokens=101)),
        again(first, "?", "not JSON", Redactor()),
    ]
    assert asking().digest == first.digest
    assert len({first.digest, *(each.digest for each in others)}) == 1 + len(others)


def test_the_digest_of_each_part_tells_what_differs() -> None:
    first, other = Parts.of(asking()), Parts.of(asking(brief="another"))
    assert replace(other, messages=first.messages) == first
    assert other != first


def test_neither_the_place_of_the_tree_nor_the_tasks_id_is_sent() -> None:
    assert asking(tree=Path("/home/somebody"), task="internal-17") == asking()


def test_a_model_that_answers_unreadably_is_asked_once_more_and_told_why(tmp_path: Path) -> None:
    first = prepared(asked(tree(tmp_path)), config("http://127.0.0.1"))
    asked_for: list[Request] = []

    def ask(request: Request) -> Answer:
        asked_for.append(request)
        answers = ("line 9 is wrong", edits(("shop/files.py", LINE, RIGHT)))
        return says(answers[len(asked_for) - 1], tokens_in=10, tokens_out=5, cost_usd=0.5, seconds=1.0)

    talk = converse(first.request, ask, first.carry_out, first.redactor)
    assert isinstance(talk.end, Carried)
    assert [each.role for each in asked_for[1].messages] == ["system", "user", "assistant", "user"]
    assert asked_for[1].messages[:2] == first.request.messages
    assert asked_for[1].messages[2].text == "line 9 is wrong"
    assert "is not the JSON that was asked for" in asked_for[1].messages[3].text
    assert talk.spent == Spent(seconds=2.0, tokens_in=20, tokens_out=10, cost_usd=1.0)


def test_a_model_that_answers_unreadably_twice_has_made_its_attempt(tmp_path: Path) -> None:
    first = prepared(asked(tree(tmp_path)), config("http://127.0.0.1"))
    talk = converse(first.request, lambda _: says("no"), first.carry_out, first.redactor)
    assert (type(talk.end), len(talk.answers), talk.said) == (Mismatch, 2, "no")


def test_what_one_of_two_answers_cost_is_not_known_so_neither_is_the_sum() -> None:
    answers = iter([says("?", tokens_in=1, tokens_out=1, cost_usd=None), NotAnswered(why="gone", cost_usd=1.0)])
    talk = converse(asking(), lambda _: next(answers), lambda _: Mismatch("no"), Redactor())
    assert talk.spent == Spent(seconds=0.0, tokens_in=None, tokens_out=None, cost_usd=None)


def test_only_files_of_the_task_are_shown_and_none_that_send_does_not_name(tmp_path: Path) -> None:
    at = tree(tmp_path, {"shop/.env": "A=1", "shop/deep/x.py": "", "other/y.py": ""})
    task = asked(at, editable=("shop/*",), context=("tests/*.py", "other/*"))
    found = prepared(task, config("http://127.0.0.1", send=("shop/**", "tests/**"))).sent
    assert [each.path for each in found.pieces] == ["shop/files.py", "shop/words.py", "tests/test_files.py"]
    assert found.held_back == (
        ("shop/.env", "its name is of those that are never sent"),
        ("other/y.py", "no glob of `send` names it"),
    )


def test_what_git_ignores_is_not_shown_even_where_it_was_committed(tmp_path: Path) -> None:
    at = tree(tmp_path, {".gitignore": "words.py\n", "shop/.gitignore": "!words.py\nfil*.py\n"})
    found = prepared(asked(at), config("http://127.0.0.1")).sent
    assert [each.path for each in found.pieces] == ["shop/words.py"]
    assert found.held_back == (("shop/files.py", "git ignores it"),)


def test_no_link_is_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("MINE = 1\n")
    at = tree(tmp_path / "tree")
    (at / "shop" / "link.py").symlink_to(secret)
    (at / "shop" / "folder").symlink_to(tmp_path)
    first = prepared(asked(at, editable=("shop/**",)), config("http://127.0.0.1"))
    assert "MINE" not in str(first.request)
    assert {"shop/link.py", "shop/folder"} <= first.hidden
