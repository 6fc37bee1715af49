"""Prints published pages beforehand, in the few variants that exist, and withdraws them by key when they change."""
