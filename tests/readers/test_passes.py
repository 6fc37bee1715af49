"""What ends a pass: every way an account or a session changes (docs/rules/pass.md)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courant.readers.actions.accounts import change_name, close_account, save_account
from courant.readers.actions.sessions import sign_out_everywhere
from courant.readers.models import Reader
from courant.wall.actions import end_passes, forget_ended_passes
from courant.wall.models import PassEnd
from courant.wall.passes import cookie_names, read_pass
from courant.wall.rings import key_ring
from courant.wall.signals import passes_ended
from tests.factories import PASSWORD, make_reader
from tests.readers.mails import last_code

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PASS = cookie_names(is_secure=False).passes
ME = "/-/me"
USERS = "/newsroom/users/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ended() -> Iterator[list[tuple[Any, Any, Any]]]:
    """What the signal told: session, reader, version."""
    told: list[tuple[Any, Any, Any]] = []

    def note(session: Any, reader: Any, version: Any, **kwargs: Any) -> None:
        told.append((session, reader, version))

    passes_ended.connect(note)
    yield told
    passes_ended.disconnect(note)


def signed_in(reader: Reader) -> Client:
    """A browser of the reader's, with its pass."""
    client = Client()
    client.force_login(reader)
    client.get(ME)
    return client


def pass_in(client: Client) -> Any:
    morsel = client.cookies.get(PASS)
    return morsel and read_pass(key_ring(), morsel.value, timezone.now().timestamp())


def rows() -> list[tuple[str, str, int | None]]:
    return list(PassEnd.objects.order_by("pk").values_list("session", "reader", "version"))


def is_in(client: Client) -> bool:
    return bool(client.get(ME).json()["signed_in"])


# -- Sessions -------------------------------------------------------------------------------------------
def test_signing_out_ends_the_passes_of_this_session(ended: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    """pass.md: What ends a pass."""
    reader = make_reader()
    here, elsewhere = signed_in(reader), signed_in(reader)
    session = pass_in(here).session
    with django_capture_on_commit_callbacks(execute=True):
        here.post("/account/sign-out/")
    assert rows() == [(session, "", None)]
    assert ended == [(session, None, None)]
    assert pass_in(elsewhere).session != session
    assert is_in(elsewhere)
    reader.refresh_from_db()
    assert reader.pass_version == 1


def test_a_stranger_who_signs_out_ends_nothing(client: Client) -> None:
    client.post("/account/sign-out/")
    assert rows() == []


def test_signing_in_again_ends_what_the_browser_had() -> None:
    """pass.md: What ends a pass."""
    reader = make_reader()
    client = signed_in(reader)
    session = pass_in(client).session
    client.force_login(reader)
    assert rows() == [(session, "", None)]
    del client.cookies[PASS]
    client.get(ME)
    assert pass_in(client).session != session


def test_signing_out_everywhere_ends_every_session_and_pass(
    ended: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    """pass.md: What ends a pass."""
    reader, other = make_reader(), make_reader()
    here, elsewhere, another = signed_in(reader), signed_in(reader), signed_in(other)
    session = pass_in(here).session
    assert "Sign out everywhere" in here.get("/account/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = here.post("/account/sign-out/everywhere/")
    assert answer.url == "/"
    assert answer.cookies[PASS].value == ""
    assert rows() == [("", reader.public_id, 1), (session, "", None)]
    assert ended == [(None, reader.public_id, 1), (session, None, None)]
    assert (is_in(here), is_in(elsewhere), is_in(another)) == (False, False, True)
    fresh = signed_in(Reader.objects.get(pk=reader.pk))
    assert pass_in(fresh).version == 2
    assert is_in(fresh)


def test_signing_out_everywhere_is_asked_for_by_a_form_and_by_the_reader(client: Client) -> None:
    reader = make_reader()
    assert client.post("/account/sign-out/everywhere/").url.startswith("/account/sign-in/")
    here = Client(enforce_csrf_checks=True)
    here.force_login(reader)
    assert here.get("/account/sign-out/everywhere/").status_code == 405
    assert here.post("/account/sign-out/everywhere/").status_code == 403
    with pytest.raises(PermissionDenied):
        sign_out_everywhere(reader=reader, by=make_reader(), now=NOW)
    assert rows() == []
    assert is_in(here)


def test_a_session_from_before_goes_on_until_everything_is_ended() -> None:
    """Sessions made while the version is nought are bound to the password alone, as Django's always were."""
    reader = make_reader()
    plain = super(Reader, reader).get_session_auth_hash()
    assert reader.session_version == 0
    assert reader.get_session_auth_hash() == plain
    sign_out_everywhere(reader=reader, by=reader, now=NOW)
    assert reader.get_session_auth_hash() == f"{plain}.1"


# -- Accounts -------------------------------------------------------------------------------------------
def change_password(client: Client, reader: Reader) -> None:
    answer = client.post("/account/password/", {"oldpassword": PASSWORD, "password1": "a long walk home"})
    assert answer.status_code == 302


def set_first_password(client: Client, reader: Reader) -> None:
    reader.set_unusable_password()
    Reader.objects.filter(pk=reader.pk).update(password=reader.password)
    PassEnd.objects.all().delete()
    client.force_login(reader)
    assert client.post("/account/password/set/", {"password1": "a long walk home"}).status_code == 302


def reset_password(client: Client, reader: Reader) -> None:
    other = Client()
    answer = other.post("/account/password/reset/", {"email": reader.email})
    answer = other.post(answer.url, {"code": last_code(reader.email)})
    assert other.post(answer.url, {"password1": "a long walk home"}).status_code == 302
    other.get(ME)
    assert pass_in(other).version == 2


def change_address(client: Client, reader: Reader) -> None:
    client.post("/account/again/", {"password": PASSWORD})
    client.post("/account/email/", {"email": "new@paper.example", "action_add": "1"})
    assert client.post("/account/confirm/", {"code": last_code("new@paper.example")}).status_code == 302


def newsroom() -> Client:
    client = Client()
    client.force_login(make_reader(state="staff", is_superuser=True))
    return client


def edit(reader: Reader, **values: str) -> None:
    words = {"email": reader.email, "name": reader.name, "state": reader.state, "is_active": "on", **values}
    assert newsroom().post(f"{USERS}edit/{reader.pk}/", words).status_code == 302


def newsroom_changes_state(client: Client, reader: Reader) -> None:
    edit(reader, state="subscriber")


def newsroom_suspends(client: Client, reader: Reader) -> None:
    edit(reader, is_active="")


def newsroom_changes_address(client: Client, reader: Reader) -> None:
    edit(reader, email="other@paper.example")


def newsroom_suspends_many(client: Client, reader: Reader) -> None:
    answer = newsroom().post(
        f"/newsroom/bulk/readers/reader/set_active_state/?id={reader.pk}", {"mark_as_active": "False"}
    )
    assert answer.status_code == 302


def reader_closes(client: Client, reader: Reader) -> None:
    close_account(reader=reader, by=reader, now=NOW)


def command_subscribes(client: Client, reader: Reader) -> None:
    save_account(email=reader.email, state="subscriber", by=None, now=NOW)


def command_sets_password(client: Client, reader: Reader) -> None:
    save_account(email=reader.email, password="a long walk home", by=None, now=NOW)


def script_changes_state(client: Client, reader: Reader) -> None:
    Reader.objects.filter(state="registered").update(state="subscriber")


def script_changes_many(client: Client, reader: Reader) -> None:
    reader.state = "subscriber"
    Reader.objects.bulk_update([reader], ["state"])


WAYS = [
    change_password,
    set_first_password,
    reset_password,
    change_address,
    newsroom_changes_state,
    newsroom_suspends,
    newsroom_changes_address,
    newsroom_suspends_many,
    reader_closes,
    command_subscribes,
    command_sets_password,
    script_changes_state,
    script_changes_many,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_change_of_an_account_ends_its_passes(
    way: Callable[[Client, Reader], None], ended: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    """pass.md: What ends a pass."""
    reader = make_reader("ada@paper.example", name="Ada")
    client = signed_in(reader)
    with django_capture_on_commit_callbacks(execute=True):
        way(client, reader)
    kept = Reader.objects.get(pk=reader.pk)
    about_reader = [row for row in rows() if row[1]]
    assert about_reader == [("", reader.public_id, version) for version in range(1, kept.pass_version)][-1:]
    assert kept.pass_version > 1
    assert (None, reader.public_id, kept.pass_version - 1) in ended
    was_in = is_in(client)
    if was_in:
        assert pass_in(client).version == kept.pass_version
        assert pass_in(client).state == kept.state


@pytest.mark.parametrize("way", [change_password, change_address], ids=lambda way: way.__name__)
def test_who_changes_their_own_account_reads_on(way: Callable[[Client, Reader], None]) -> None:
    """pass.md: What ends a pass."""
    reader = make_reader("ada@paper.example")
    client = signed_in(reader)
    way(client, reader)
    assert is_in(client)
    assert pass_in(client).version == Reader.objects.get(pk=reader.pk).pass_version == 2


def test_a_changed_password_ends_the_sessions_elsewhere() -> None:
    """pass.md: What ends a pass."""
    reader = make_reader()
    here, elsewhere = signed_in(reader), signed_in(reader)
    change_password(here, reader)
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert PASS not in elsewhere.cookies or elsewhere.cookies[PASS].value == ""


def test_an_erased_account_has_no_passes(ended: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    """pass.md: What ends a pass."""
    reader = make_reader()
    with django_capture_on_commit_callbacks(execute=True):
        reader.delete()
    assert rows() == [("", reader.public_id, 1)]
    assert ended == [(None, reader.public_id, 1)]


def test_what_a_pass_does_not_rest_on_ends_nothing() -> None:
    reader = make_reader()
    change_name(reader=reader, name="Ada", by=reader, now=NOW)
    reader.last_login = NOW
    reader.save(update_fields=["last_login"])
    reader.save()
    Reader.objects.update(name="Ada L.")
    signed_in(reader)
    assert rows() == []
    assert Reader.objects.get().pass_version == 1


def test_a_save_that_changes_nothing_else_asks_nothing_more() -> None:
    reader = make_reader()
    with CaptureQueriesContext(connection) as queries:
        reader.save(update_fields=["last_login"])
    assert len([query for query in queries if "readers_reader" in query["sql"]]) == 1


def test_whoever_knew_the_account_earlier_brings_no_old_version_back() -> None:
    reader = make_reader()
    earlier = Reader.objects.get(pk=reader.pk)
    sign_out_everywhere(reader=reader, by=reader, now=NOW)
    earlier.name = "Ada"
    earlier.save()
    kept = Reader.objects.get(pk=reader.pk)
    assert (kept.name, kept.pass_version, kept.session_version) == ("Ada", 2, 1)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_ends_nothing(ended: list[Any]) -> None:
    reader = make_reader()
    with transaction.atomic():
        reader.state = "subscriber"
        reader.save()
        transaction.set_rollback(True)
    assert (rows(), ended, Reader.objects.get().pass_version) == ([], [], 1)


def test_public_ids_are_chance_and_stay() -> None:
    """pass.md: What a pass says."""
    ids = {make_reader().public_id for _ in range(20)}
    assert len(ids) == 20
    reader = Reader.objects.order_by("pk")[0]
    reader.save()
    assert Reader.objects.get(pk=reader.pk).public_id == reader.public_id


# -- The ends themselves --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "whose",
    [
        {},
        {"session": ""},
        {"reader": "R1"},
        {"version": 1},
        {"session": "S1", "version": 1},
        {"session": "S1", "reader": "R1", "version": 1},
    ],
)
def test_passes_end_by_session_or_by_reader_and_version(whose: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="session, or by reader"):
        end_passes(**whose, now=NOW)
    assert rows() == []


def test_the_table_takes_no_end_of_nobody() -> None:
    for values in ({}, {"version": 1}, {"reader": "R1"}, {"session": "S", "reader": "R", "version": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PassEnd.objects.create(ended_at=NOW, **values)


def test_ends_are_forgotten_when_no_pass_of_then_can_live() -> None:
    """pass.md: What ends a pass."""
    for minutes in (0, 10, 19, 21, 60):
        end_passes(session=f"S{minutes}", now=NOW - timedelta(minutes=minutes))
    assert forget_ended_passes(now=NOW) == 2
    assert [session for session, _, _ in rows()] == ["S0", "S10", "S19"]


def test_a_user_model_is_found_by_its_address_still() -> None:
    reader = make_reader("ada@paper.example")
    assert get_user_model().objects.get_by_natural_key("ADA@paper.example") == reader
