"""What happened to accounts; all but `readers_updated` are sent after the transaction is through."""

from django.dispatch import Signal

# An account was opened; its address is not proven yet. Argument: reader.
reader_registered = Signal()
# The reader proved the address of the account for the first time. Argument: reader.
reader_confirmed = Signal()
# The account can no longer sign in. Argument: reader.
account_closed = Signal()
# Several accounts were changed in one statement, in something that passes rest on; sent within its transaction.
# Argument: numbers, the primary keys.
readers_updated = Signal()
