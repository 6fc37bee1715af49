"""Outgoing mail: transport and the letters an account needs."""
