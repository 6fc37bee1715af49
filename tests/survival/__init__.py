"""What happens to readers while the newsroom publishes, the database is away and processes are killed.

Each test starts the real commands on a data directory of its own. The numbers are small here; the environment
variables COURANT_CHANGES (changes published) and COURANT_OUTAGE (seconds) make them those of a measurement:

    COURANT_CHANGES=100 COURANT_OUTAGE=60 pytest tests/survival -s
"""
