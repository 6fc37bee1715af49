"""Disguises: what strangers send to be taken for somebody else, plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from tests.leak.doors import Headers, Request

GOOGLE, FACEBOOK = "66.249.66.1", "31.13.24.8"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
CRAWLERS = {
    "Googlebot": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Googlebot for smartphones": "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Googlebot-News": "Googlebot-News",
    "Google-InspectionTool": "Mozilla/5.0 (compatible; Google-InspectionTool/1.0)",
    "AdsBot": "AdsBot-Google (+http://www.google.com/adsbot.html)",
    "Mediapartners": "Mediapartners-Google",
    "Bingbot": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "facebookexternalhit": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot": "Twitterbot/1.0",
    "LinkedInBot": "LinkedInBot/1.0",
    "Slackbot": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "archive.org": "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
    "Wayback": "Mozilla/5.0 (compatible; special_archiver/3.1.1 +http://www.archive.org/details/archive.org_bot)",
    "GPTBot": "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "ChatGPT-User": "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0",
    "ClaudeBot": "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0)",
    "PerplexityBot": "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0)",
    "CCBot": "CCBot/2.0 (https://commoncrawl.org/faq/)",
    "Applebot": "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (compatible; Applebot/0.1)",
    "Lighthouse": f"{BROWSER} Chrome-Lighthouse",
    "AMP cache": "Mozilla/5.0 (compatible; Google-AMPHTML)",
    "nobody": "",
}
# Where servers have looked for the address of a client.
FORWARDING = (
    "X-Forwarded-For", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "X-Client-IP",
    "Client-IP", "X-Cluster-Client-IP", "X-Originating-IP", "X-Remote-IP", "X-Remote-Addr", "X-ProxyUser-Ip",
    "Remote-Addr",
)  # fmt: skip
REFERERS = (
    "https://www.google.com/", "https://news.google.com/articles/x", "https://www.facebook.com/",
    "https://l.facebook.com/l.php?u=x", "https://t.co/abc", "https://www.linkedin.com/", "https://www.bing.com/search?q=x",
    "https://mail.google.com/", "android-app://com.google.android.googlequicksearchbox/", "https://archive.ph/",
)  # fmt: skip
CAMPAIGNS = {
    "utm_medium=email": "utm_source=newsletter&utm_medium=email&utm_campaign=x",
    "gaa": "gaa_at=eafs&gaa_n=ASWzDAj&gaa_ts=65f00000&gaa_sig=abc",
    "fbclid": "fbclid=IwAR0",
    "gclid": "gclid=EAIaIQ",
    "a syndicator's": "mod=rsswn&st=abc&reflink=desktopwebshare_permalink&smid=nytcore&unlocked_article_code=1.x",
}


@dataclass(frozen=True)
class Disguise:
    """`standing` is what its bearer may be shown at most: `Place.open_to`. `opens`: keys of stories given to them.

    `asks_for`: the one story that it is for; elsewhere it means nothing.
    """

    name: str
    standing: str = "stranger"
    headers: Headers = ()
    query: str = ""
    peer: str = "127.0.0.1"
    opens: tuple[str, ...] = ()
    asks_for: str = ""

    def worn(self, request: Request) -> Request:
        """The request as its bearer sends it; what the request says itself goes before."""
        target = request.target
        if self.query:
            target += ("&" if "?" in target else "?") + self.query
        said = {name.lower() for name, _ in request.headers}
        mine = tuple((name, value) for name, value in self.headers if name.lower() not in said)
        return Request(target, mine + request.headers, request.method, request.body, self.peer, request.host)


NOBODY = Disguise("no cookie")


def cookie(cookies: Mapping[str, str]) -> Headers:
    line = "; ".join(f"{name}={value}" for name, value in cookies.items() if value)
    return (("Cookie", line),) if line else ()


def network_disguises(networks: Sequence[str]) -> list[Disguise]:
    """Crawlers, forwarded addresses of theirs and of an institution's networks, referrers, campaigns."""
    inside = [str(ip_network(network)[9]) for network in networks]
    found = [NOBODY]
    for number, (name, agent) in enumerate(CRAWLERS.items()):
        forwarding = FORWARDING[number % len(FORWARDING)]
        address = FACEBOOK if "facebook" in agent else GOOGLE
        found.append(
            Disguise(name, headers=(("User-Agent", agent), (forwarding, address), ("From", "googlebot(at)google.com")))
        )
    for number, forwarding in enumerate(FORWARDING):
        address = inside[number % len(inside)]
        found.append(Disguise(f"{forwarding} of an institution", headers=((forwarding, address),)))
    for address in inside:
        written = f'"[{address}]"' if ":" in address else address
        found.append(
            Disguise(f"Forwarded of an institution, {address}", headers=(("Forwarded", f"for={written};proto=https"),))
        )
        everywhere = tuple((name, address) for name in FORWARDING)
        found.append(Disguise(f"all headers of an institution, {address}", headers=everywhere))
    chain = f"{inside[0]}, {GOOGLE}, 127.0.0.1"
    found.append(Disguise("a chain of proxies", headers=(("X-Forwarded-For", chain), ("Via", "1.1 google"))))
    found += [
        Disguise(f"from {referer}", headers=(("Referer", referer), ("User-Agent", BROWSER))) for referer in REFERERS
    ]
    found += [Disguise(name, query=query, headers=(("Referer", REFERERS[0]),)) for name, query in CAMPAIGNS.items()]
    found += [
        Disguise(f"stranger, {header}", headers=((header, "prefetch"),))
        for header in ("Sec-Purpose", "Purpose", "X-Moz")
    ]
    return found
