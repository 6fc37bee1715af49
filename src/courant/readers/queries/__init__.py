"""Reads: accounts by address, the documents in force, what a reader agreed to."""
