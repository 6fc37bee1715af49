"""Sending letters to a real server: taken, refused, silent, away."""

import pytest

from courant.mail.actions import send_account_mail
from courant.mail.faults import AddressRefused, MailNotSent
from tests.mail.sink import free_port, open_sink, use_smtp

LETTER = {"template": "account/email/login_code", "to": "ada@paper.example", "context": {"code": "1234-5678"}}


def test_a_letter_arrives_as_text_and_html(settings):
    settings.DEFAULT_FROM_EMAIL = "The Courant <paper@paper.example>"
    with open_sink() as sink:
        use_smtp(settings, sink.port)
        send_account_mail(**LETTER)
    (mail,) = sink.taken
    assert (mail["To"], mail["From"]) == ("ada@paper.example", "The Courant <paper@paper.example>")
    assert mail["Subject"] == "Your code to sign in: 1234-5678"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert "1234-5678" in mail.get_body(("plain",)).get_content().splitlines()
    assert '<p class="code">1234-5678</p>' in mail.get_body(("html",)).get_content()


def test_a_server_that_is_away(settings):
    use_smtp(settings, free_port())
    with pytest.raises(MailNotSent, match="ConnectionRefusedError"):
        send_account_mail(**LETTER)


def test_a_server_that_says_nothing(settings):
    with open_sink(is_mute=True) as sink:
        use_smtp(settings, sink.port)
        with pytest.raises(MailNotSent, match="SMTPServerDisconnected"):
            send_account_mail(**LETTER)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("550 no such mailbox", AddressRefused),
        ("553 not a name", AddressRefused),
        ("451 greylisted", MailNotSent),
    ],
)
def test_an_address_that_is_refused(settings, answer, fault):
    with open_sink(answer=answer) as sink:
        use_smtp(settings, sink.port)
        with pytest.raises(MailNotSent) as raised:
            send_account_mail(**LETTER)
    assert type(raised.value) is fault
    assert sink.taken == []


def test_a_disk_that_is_full_is_no_other_fault(settings):
    settings.EMAIL_BACKEND = "tests.mail.test_actions.FullDisk"
    with pytest.raises(MailNotSent, match="OSError"):
        send_account_mail(**LETTER)


class FullDisk:
    def __init__(self, **options: object) -> None:
        pass

    def send_messages(self, messages: list[object]) -> int:
        raise OSError(28, "No space left on device")
