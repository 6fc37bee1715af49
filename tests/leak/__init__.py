"""Whether a withheld word gets out: every surface of the paper, in every disguise (docs/rules/access.md).

A paper is planted with canaries, one for each withheld place, so that a leak names the place it came from. Doors ask:
Django's own handler, and a paper that is really served, over raw connections. Whatever comes back is decompressed and
searched for canaries in every form in which text has left servers before. `make leak` asks the most; a smaller form
is part of the tests.

A story's address is asked in every variant that a surface stands for, feeds and other files as they are; every URL
pattern of Django and Wagtail is asked or said why not (`patterns`): a new one without an entry there fails.
"""
