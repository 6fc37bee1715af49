"""How letters look."""

from pathlib import Path

import pytest
from django.apps import apps

from courant.mail.letters import render_letter

FOLDER = Path(apps.get_app_config("readers").path) / "templates" / "account" / "email"
LETTERS = sorted(path.stem for path in FOLDER.glob("*.txt"))
WORDS = {
    "code": "1234-5678",
    "email": "ada@paper.example",
    "from_email": "old@paper.example",
    "to_email": "new@paper.example",
    "deleted_email": "old@paper.example",
    "register_url": "http://testserver/account/register/",
    "sign_in_url": "http://testserver/account/sign-in/",
    "reset_url": "http://testserver/account/password/reset/",
}


@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_has_a_subject_a_text_and_the_same_in_html(name):
    letter = render_letter(f"account/email/{name}", WORDS)
    assert 10 < len(letter.subject) < 78
    assert "\n" not in letter.subject
    assert letter.text.endswith("\n-- \nThe Courant\nhttp://testserver\n")
    assert "{{" not in letter.text + letter.html
    assert "\n\n\n" not in letter.text
    assert letter.html.count("<p") >= 2
    assert "<table" not in letter.html
    assert "http://testserver" in letter.html
    assert '<meta name="color-scheme" content="light dark">' in letter.html
    assert "<img" not in letter.html


def test_words_of_readers_are_escaped_in_html_only(tmp_path, settings):
    (tmp_path / "hello.txt").write_text(
        '{% extends "mail/letter.txt" %}{% block subject %}A & B{% endblock %}'
        "{% block text %}Dear {{ name }},\n\n{{ link }}{% endblock %}"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    letter = render_letter("hello", {"name": "<b>A & B</b>", "link": "https://paper.example/?a=1&b=2"})
    assert letter.subject == "A & B"
    assert "Dear <b>A & B</b>," in letter.text
    assert "Dear &lt;b&gt;A &amp; B&lt;/b&gt;," in letter.html
    assert '<a href="https://paper.example/?a=1&amp;b=2">' in letter.html


def test_a_subject_is_one_line_whatever_is_in_it(tmp_path, settings):
    (tmp_path / "hello.txt").write_text(
        '{% extends "mail/letter.txt" %}{% block subject %}Hello   {{ name }}{% endblock %}'
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    assert render_letter("hello", {"name": "Ada\nBcc: all@paper.example"}).subject == "Hello Ada"
