"""Sending: the one door through which mail leaves."""

import smtplib
from typing import Any

from anymail.exceptions import AnymailError
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest

from courant.mail.faults import AddressRefused, MailNotSent
from courant.mail.letters import render_letter

# RFC 3834: an out-of-office answer to a machine helps nobody.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def send_account_mail(*, template: str, to: str, context: dict[str, Any], request: HttpRequest | None = None) -> None:
    """Send one letter about an account, now. Raises MailNotSent; AddressRefused: the address is at fault."""
    letter = render_letter(template, context, request)
    message = EmailMultiAlternatives(letter.subject, letter.text, to=[to], headers=AUTOMATIC)
    message.attach_alternative(letter.html, "text/html")
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise refusal(error) from error
    except (
        OSError,
        AnymailError,
    ) as error:  # smtplib's errors, refused connections, timeouts are OSError
        raise MailNotSent(type(error).__name__) from error


def refusal(error: smtplib.SMTPRecipientsRefused) -> MailNotSent:
    """4xx answers (full, greylisted) may pass, 5xx answers do not (RFC 5321, 4.2.1)."""
    codes = [code for code, _ in error.recipients.values()]
    kind = AddressRefused if codes and all(500 <= code < 600 for code in codes) else MailNotSent
    return kind(f"refused with {codes}")
