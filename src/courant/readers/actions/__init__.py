"""Every write of this room: accounts, consent, legal documents."""
