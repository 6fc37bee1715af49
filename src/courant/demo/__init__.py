"""The demo paper: its texts, its pictures and the builder that prints it."""
