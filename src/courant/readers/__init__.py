"""Everyone who can sign in: accounts, agreements, legal documents."""
