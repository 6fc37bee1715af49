"""Forms as GOV.UK makes them: labels, help, errors at the field and in a summary that leads there."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.template.loader import render_to_string

pytestmark = pytest.mark.anydb


class SampleForm(forms.Form):
    email = forms.EmailField(label="E-mail address", error_messages={"required": "Enter your e-mail address."})
    password = forms.CharField(widget=forms.PasswordInput, required=False, help_text="At least 8 characters.")
    agrees = forms.BooleanField(label="I agree", required=False)
    pace = forms.ChoiceField(choices=[("d", "Daily"), ("w", "Weekly")], widget=forms.RadioSelect)
    next = forms.CharField(widget=forms.HiddenInput, required=False)

    use_required_attribute = False


def form_page(form: forms.Form) -> BeautifulSoup:
    html = render_to_string("components/error_summary.html", {"form": form}) + render_to_string(
        "components/form.html", {"form": form, "action": "/account/register/", "submit": "Register"}
    )
    return BeautifulSoup(html, "html.parser")


def test_every_control_has_its_label() -> None:
    page = form_page(SampleForm())
    for control in page.select("input:not([type=hidden])"):
        assert page.select_one(f'label[for="{control["id"]}"]'), control
    assert page.form["novalidate"] == ""
    assert page.select_one("input[type=hidden][name=next]")
    assert page.button.get_text() != ""


def test_an_optional_field_says_so_and_help_is_tied_to_it() -> None:
    page = form_page(SampleForm())
    assert "(optional)" in page.select_one("label[for=id_password]").get_text()
    assert "(optional)" not in page.select_one("label[for=id_email]").get_text()
    assert page.select_one("#id_password")["aria-describedby"] == "id_password_helptext"
    assert page.select_one("#id_password_helptext").get_text() == "At least 8 characters."


def test_the_button_that_shows_a_password_waits_for_javascript() -> None:
    button = form_page(SampleForm()).select_one("[data-shows=id_password]")
    assert button.has_attr("hidden")
    assert button["aria-label"] == "Show password"
    assert button["type"] == "button"


def test_errors_stand_at_the_field_and_in_a_summary_that_leads_to_it() -> None:
    page = form_page(SampleForm({"email": "", "password": "secret"}))
    links = {link["href"]: link.get_text() for link in page.select("#error-summary a")}
    assert links == {"#id_email": "Enter your e-mail address.", "#id_pace": "This field is required."}
    for target in links:
        assert page.select_one(target), f"the summary leads to {target}, which is not there"
    email = page.select_one("#id_email")
    assert email["aria-invalid"] == "true"
    assert email["aria-describedby"] == "id_email_error"
    assert page.select_one("#id_email_error").get_text() == "Error: Enter your e-mail address."


def test_errors_of_the_whole_form_are_in_the_summary() -> None:
    form = SampleForm({"email": "a@paper.example", "pace": "d"})
    form.add_error(None, "Try again in a minute.")
    page = form_page(form)
    assert [item.get_text() for item in page.select("#error-summary li")] == ["Try again in a minute."]


def test_without_errors_there_is_no_summary() -> None:
    assert form_page(SampleForm()).select_one("#error-summary") is None


def test_what_was_typed_is_kept_but_never_a_password() -> None:
    page = form_page(SampleForm({"email": "not an address", "password": "secret"}))
    assert page.select_one("#id_email")["value"] == "not an address"
    assert not page.select_one("#id_password").has_attr("value")
