import re

import pytest

from mailroom.message import Message


@pytest.fixture
def message():
    return Message("ada@example.invalid", "Hello", "How are you?")


def test_a_message_is_stamped_in_utc(message):
    assert message.stamped(1767225600).headers["Date"].endswith("+0000")


def test_a_message_can_be_stamped_for_http(message):
    assert message.stamped_in_utc(1767225600).headers["Date"] == "Thu, 01 Jan 2026 00:00:00 GMT"


def test_a_message_is_stamped_now_unless_said_otherwise(message):
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} [+-]\d{4}", message.stamped().headers["Date"])


def test_the_id_does_not_name_the_loopback(message):
    assert not message.message_id().endswith("@127.0.0.1>")


def test_the_id_names_the_given_host(message):
    assert message.message_id("mail.example.invalid").endswith("@mail.example.invalid>")


def test_two_ids_differ(message):
    assert message.message_id("here") != message.message_id("here")


def test_the_body_follows_an_empty_line(message):
    assert message.as_text().split("\n\n") == ["To: ada@example.invalid\nSubject: Hello", "How are you?"]


@pytest.mark.parametrize("header", ["To", "Subject"])
def test_headers_are_written(message, header):
    assert f"{header}: " in message.as_text()


def test_headers_of_messages_are_their_own(message):
    message.headers["X"] = "1"
    assert Message("a", "b").headers == {}
