import logging
import socket

import pytest

from herald import announce


def test_what_is_noted_is_logged(caplog):
    logging.getLogger().setLevel(logging.INFO)
    announce.record("news", "rain")
    logging.getLogger().setLevel(logging.WARNING)
    assert caplog.messages == ["noted on news"]


def test_what_is_noted_is_logged_at_any_time(caplog):
    with caplog.at_level(logging.INFO, logger="herald"):
        announce.record("news", "rain")
    assert "noted on news" in caplog.messages


def test_what_is_noted_has_its_fields():
    assert announce.record("news", "rain") == {"channel": "news", "text": "rain"}


def test_the_neighborhood_is_told():
    assert announce.announce("news", "rain") == len(b"news\nrain")


def test_a_listener_hears_it():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(30)
        announce.announce("news", "rain", listener.getsockname())
        assert listener.recv(100) == b"news\nrain"


def test_quiet_keeps_errors():
    announce.quiet()
    assert announce.log.isEnabledFor(logging.ERROR)


@pytest.mark.parametrize(("channel", "text"), [("a", "b"), ("news", ""), ("ö", "ü")])
def test_a_packet_is_channel_and_text(channel, text):
    assert announce.packet(channel, text).decode() == f"{channel}\n{text}"
