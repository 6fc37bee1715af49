"""Who may do what to an account."""

from courant.readers.models import Reader


def can_close(by: Reader, reader: Reader) -> bool:
    """Everyone their own; who may change accounts in the newsroom others', but for a publisher's."""
    if by == reader:
        return True
    if reader.is_superuser and not by.is_superuser:
        return False
    return by.has_perm("readers.change_reader")


def can_enter_newsroom(reader: Reader) -> bool:
    return reader.has_perm("wagtailadmin.access_admin")
