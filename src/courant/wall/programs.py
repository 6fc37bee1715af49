"""Which visitors say of themselves that they are no people: crawlers, previews of links, programs.

Only what is counted goes by it, never what is shown: a name is soon changed.
"""

import re

# Words in the names of crawlers and of what draws a link's card in a chat. "Cubot" is a make of telephone.
ROBOTS = re.compile(
    r"(?<!cu)bots?\b|crawl|spider|slurp|facebookexternalhit|facebookcatalog|meta-external|whatsapp/|preview|embedly"
    r"|lighthouse|archiver|scrap|fetcher|monitor|validator|mediapartners|google-|feed"
)
# Libraries and tools that ask by themselves, by the name at the very beginning.
LIBRARIES = re.compile(
    r"(?:curl|wget|python|aiohttp|httpx|go-http-client|java|okhttp|axios|node|undici|ruby|perl|libwww|php|guzzle|apache)"
    r"\b"
)


def is_program(user_agent: str) -> bool:
    """Whether no person is reading; who gives no name at all is none, since every browser has one."""
    name = user_agent.strip().lower()
    return not name or bool(ROBOTS.search(name) or LIBRARIES.match(name))
