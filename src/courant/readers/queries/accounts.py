"""Reads of accounts: by address, by what is proven."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress

from courant.readers.models import IN_PASSES, Reader


def account_at(email: str) -> Reader | None:
    """The account of an address, whatever its case, open or closed."""
    return Reader.objects.filter(email=email.strip().lower()).first()


def is_unproven(reader: Reader) -> bool:
    """Whether nobody has shown yet that the address is theirs: whoever does may have the account."""
    if reader.last_login or reader.has_usable_password() or not reader.is_active:
        return False
    return not EmailAddress.objects.filter(user=reader, verified=True).exists()


def is_other_in_passes(reader: Reader, update_fields: Iterable[str] | None) -> bool:
    """Whether saving these fields (None: all) changes what a pass of the account says or rests on."""
    names = sorted(IN_PASSES.intersection(IN_PASSES if update_fields is None else update_fields))
    if reader._state.adding or not names:
        return False
    kept = Reader.objects.filter(pk=reader.pk).values(*names).first()
    return kept is not None and any(kept[name] != getattr(reader, name) for name in names)


def is_first_proof(address: EmailAddress) -> bool:
    """Whether the account had no proven address before this one."""
    return not EmailAddress.objects.filter(user=address.user_id, verified=True).exclude(pk=address.pk).exists()
