"""Reading the mails that a test caused."""

import re

from django.core import mail


def last_mail(to: str = "") -> mail.EmailMultiAlternatives:
    letters = [letter for letter in mail.outbox if not to or letter.to == [to]]
    assert letters, f"no mail to {to or 'anyone'}"
    return letters[-1]


def code_in(letter: mail.EmailMultiAlternatives) -> str:
    codes = re.findall(r"^\d{4}-\d{4}$", letter.body, re.MULTILINE)
    assert len(codes) == 1, letter.body
    return codes[0]


def last_code(to: str = "") -> str:
    return code_in(last_mail(to))
