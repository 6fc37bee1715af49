"""What happened at the wall; sent after the transaction is through."""

from django.dispatch import Signal

# Passes ended before their time. Arguments: session, or reader (public id) and version, the last that ended; the
# others are None.
passes_ended = Signal()
