"""What tells a person's name from other capitalised words: small tables for bylines.py."""

from courant.exchange.page.lines import word_set

BYLINE_LABELS = (
    "by", "words by", "text by", "text", "words", "story by", "story", "report by", "reporting by",
    "reported by", "written by", "analysis by", "review by", "interview by", "comment by",
    "opinion by", "posted by", "published by", "submitted by", "author", "authors", "author:",
    "reporter", "from", "from our correspondent", "exclusive by", "special report by", "article by",
    "a report by", "news analysis by", "von", "par", "por", "door", "av", "af", "autor", "auteur",
    "autore", "text von", "автор", "מאת", "כתב", "כתבה", "بقلم", "كتب", "كتبت", "إعداد",
)  # fmt: skip
"""Longest first when matched. `From`, `Text` and the like need names behind them that look like names."""

ENGLISH_BY = ("by",)

PARTICLES = word_set("""
    de del della der den di da dos du des van von vom zu zur la le el al bin ibn ben bint abu ter ten te
    y e af av ap st
    """)

AGENCIES = frozenset(
    (
    "ap", "afp", "reuters", "pa", "dpa", "tass", "xinhua", "ansa", "efe", "kyodo", "bloomberg",
    "upi", "aap", "associated press", "the associated press", "agence france presse",
    "press association", "pa media", "pa news agency", "reuters staff", "press trust of india",
    "canadian press", "the canadian press", "agencies", "staff", "staff and agencies",
    "agencies and staff", "staff and wires", "staff reporter", "staff reporters", "staff writer",
    "staff writers", "our staff", "our foreign staff", "foreign staff", "our correspondent",
    "our correspondents", "our reporter", "our own correspondent", "news agencies", "wire services",
    "wire reports", "from wire reports", "web desk", "news desk", "newsroom", "news staff",
    "editorial", "editorial board", "the editorial board", "editorial team", "redaktion",
    "la rédaction", "redacción", "redazione", "guest writer", "guest contributor",
    )
)  # fmt: skip

ROLE_WORDS = word_set("""
    editor correspondent reporter reporters writer columnist staff chief bureau agency desk team author
    contributor contributing analyst photographer producer presenter journalist critic intern fellow
    deputy senior associate executive political diplomatic economics environment security business
    science health culture arts sports sport foreign international national world north america europe
    middle east asia africa news bbc cnn sky pa ap afp reuters bloomberg media digital data social
    affairs defence defense education technology transport city crime court investigations features
    managing assistant special guest freelance redakteur korrespondent
    """)

NOT_IN_NAMES = word_set("""
    search menu skip sign login subscribe register home join follow click
    a about after again against all also an analysis and any are as asks at back before behind best big
    breaking but by can comes comment coming could crisis day days did do does election every exclusive
    explained explainer for from full get gets getty give go goes had has have he her here his how i
    images image in inside interview is it its just key last latest leave less letter letters like list
    listen live long look made make makes maps minister ministry more most much must my near new news
    next no not now of off on one only or our out over page people photo photos picture pictures podcast
    politics poll polls president press profile questions quiz read recent recipe report reports results
    review rising says secretary section see sector share she should show since so some sport sports
    still stories story summary talks ten than that the their them then there these they things this
    three time times timeline to today tomorrow too top topics two under university until up update
    updated updates us use very video videos view views war was watch way we week weekly were what when
    where which while who why will win wins with world year years yes yesterday you your council
    government parliament police committee company court department street road square institute
    association group party union league club museum festival prize award awards bank market markets
    monday tuesday wednesday thursday friday saturday january february april june july august september
    october november december united middle central eastern western northern southern republic kingdom
    states county islands house america africa asia europe korea zealand kong popular demand law chance
    far accident sea rail background facts timeline highlights conclusion introduction overview contents
    sources source notes
    """)

ROLE_NOUNS = word_set("""
    editor correspondent reporter reporters writer columnist staff chief bureau agency press news author
    contributor analyst photographer producer journalist critic bbc cnn pa ap afp reuters redakteur
    korrespondent
    """)
"""One of these words must stand in a role that follows a name without a comma."""

NOT_FIRST = word_set("""
    north south east west upper lower great greater hong los las san santa saint st sri tel
    """)
"""Words that begin names of places much more often than names of people."""
