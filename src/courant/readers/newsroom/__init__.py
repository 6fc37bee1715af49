"""The newsroom's screens for accounts and legal documents."""
