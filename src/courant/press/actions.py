"""Every write of this room: what is no longer right, and what takes its place."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from time import time
from typing import Any

from django.db import connection, transaction

from courant.edge.listing import remove_page
from courant.edge.pages import EdgeSettings
from courant.edge.store import Store
from courant.press.addresses import is_pressable
from courant.press.edition import edition
from courant.press.enums import Outcome
from courant.press.keys import OF_SETTINGS
from courant.press.models import Follower, SharedPage, TransactionNumber, Withdrawal
from courant.press.queries import Change, addresses_of, edge_settings
from courant.press.rendering import NotStorable, print_address
from courant.press.sharing import fetch_shared, is_sharing, position_now, share
from courant.press.stores import local_ledger, local_store
from courant.stories.keys import is_soft

CHANNEL = "courant_press"
# Who has not followed for so long begins with an empty store.
KEPT = timedelta(days=1)
# More withdrawn pages than this are not queued: the worker goes through the paper anyway, the important ones first.
MOST_WANTED = 300
log = logging.getLogger("courant.press")


# -- Withdrawing ----------------------------------------------------------------------------------------
def withdraw(*, keys: Iterable[str], now: datetime) -> None:
    """Write down, in the caller's transaction, that pages made from these keys are no longer right.

    On commit they go from this host's store at once; a process that is killed before is made good by the follower,
    which also tells the other hosts.
    """
    wanted = sorted(set(keys))
    if not wanted:
        return
    with transaction.atomic(savepoint=False):
        rows = Withdrawal.objects.bulk_create(
            Withdrawal(key=key, made_at=now, transaction=TransactionNumber()) for key in wanted
        )
        tell_followers()
        apply_on_commit([Change(row.pk, row.key, now) for row in rows])


def apply_on_commit(changes: Iterable[Change]) -> None:
    """All changes of a transaction are applied in one deed: a published story withdraws half a dozen times.

    They are put together only where they would be taken back together: within the same savepoints.
    """
    here = {*connection.savepoint_ids, None}
    for savepoints, deed, *_ in connection.run_on_commit:
        gathered = getattr(deed, "changes", None)
        if isinstance(gathered, list) and {*savepoints, None} == here:
            gathered.extend(changes)
            return

    def apply_gathered() -> None:
        apply_changes(apply_gathered.changes)  # type: ignore[attr-defined]

    apply_gathered.changes = list(changes)  # type: ignore[attr-defined]
    # Robust: the change is through, and the follower does what fails here.
    transaction.on_commit(apply_gathered, robust=True)


def tell_followers() -> None:
    """Wake the other hosts when this transaction is through; on SQLite they look by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


def apply_changes(changes: Sequence[Change], store: Store | None = None) -> None:
    """Put changes into force on this host, and have the pages pressed anew that readers will ask for."""
    store = store or local_store()
    keys = {change.key for change in changes}
    addresses = store.withdraw(key for key in keys if not is_soft(key))
    if keys & OF_SETTINGS:
        store.set_settings(edge_settings(edition()))
    want([*addresses, *addresses_of(keys)], store=store)
    local_ledger().note_applied((change.row for change in changes), time())


def want(addresses: Iterable[str], *, store: Store) -> None:
    """Queue pages that were withdrawn: all of a few, of very many none (see `pressing`), deep lists never."""
    wanted = [address for address in addresses if "?" not in address]
    if 0 < len(wanted) <= MOST_WANTED:
        store.want(*wanted)


def want_missed(address: str, *, store: Store) -> None:
    """Queue a page that was just asked for and is not there, or no longer fresh."""
    if not is_pressable(address):
        return
    page = store.page(address)
    if page is None or (page.fresh_until is not None and page.fresh_until <= time()):
        store.want(address)


def end_passes(*, session: str | None, reader: str | None, version: int | None) -> None:
    """Passes that ended are good for nothing on this host from now on."""
    local_store().end_passes(session=session, reader=reader, version=version, ended_at=time())


def refresh_settings(store: Store) -> EdgeSettings:
    """Tell the page server what the newsroom set; writes nothing where nothing is new."""
    settings = edge_settings(edition())
    store.set_settings(settings)
    return settings


# -- Pressing -------------------------------------------------------------------------------------------
def press(*, address: str, store: Store, now: datetime, takes_shared: bool = True) -> Outcome:
    """Print an address in all its variants and store them; or take what another host printed.

    The sequence is read before anything is looked at: what is withdrawn meanwhile is refused by the store. Raises the
    database's errors; every other fault of a page is logged and its own.
    """
    seen = store.sequence()
    if takes_shared and is_sharing() and (found := fetch_shared(address, now)):
        return Outcome.FETCHED if store.put(found.page, found.bodies, seen=seen) else Outcome.OVERTAKEN
    position = position_now() if is_sharing() else ""
    try:
        made = print_address(address, now)
    except NotStorable as error:
        log.error("Not stored: %s", error)
        store.unwant(address)
        return Outcome.FAILED
    if made is None:
        drop(address, store)
        return Outcome.NO_PAGE
    if not store.put(made.page, made.bodies, seen=seen):
        return Outcome.OVERTAKEN
    if is_sharing():
        share(made, position)
    return Outcome.PRESSED


def drop(address: str, store: Store) -> None:
    """Nothing stands at an address that was asked to be pressed: what is stored of it was missed by every key."""
    store.unwant(address)
    if remove_page(store.folder, address):
        log.error("%s was stored, but nothing public stands there: it is removed", address)


# -- Housekeeping ---------------------------------------------------------------------------------------
def note_follower(*, host: str, lag: float, now: datetime) -> None:
    """A host says that it follows."""
    Follower.objects.update_or_create(host=host, defaults={"followed_at": now, "lag": lag})


def forget_old(*, now: datetime) -> int:
    """Discard withdrawals that every host has heard of or will not hear of any more; how many."""
    gone: Any
    # An hour longer than anything that goes by them.
    gone, _ = Withdrawal.objects.filter(made_at__lt=now - KEPT - timedelta(hours=1)).delete()
    SharedPage.objects.filter(pressed_at__lt=now - KEPT).delete()
    Follower.objects.filter(followed_at__lt=now - 30 * KEPT).delete()
    return int(gone)
