"""What months, weekdays, zones and the words around a date are called: small tables for dates.py."""

from courant.exchange.page.lines import word_set

_MONTH_NAMES = (
    "january jan janvier janv januar jänner enero gennaio januari janeiro января يناير ינואר",
    "february feb février fevrier févr februar febrero febbraio februari fevereiro февраля فبراير פברואר",
    "march mar mars märz marz marzo maart março marco марта مارس מרץ מרס",
    "april apr avril abril aprile апреля أبريل ابريل אפריל",
    "may mai mayo maggio mei maio мая مايو מאי",
    "june jun juin juni junio giugno junho июня يونيو יוני",
    "july jul juillet juil juli julio luglio julho июля يوليو יולי",
    "august aug août aout agosto augustus августа أغسطس אוגוסט",
    "september sept sep septembre septiembre settembre setembro сентября سبتمبر ספטמבר",
    "october oct octobre oktober okt octubre ottobre outubro октября أكتوبر אוקטובר",
    "november nov novembre noviembre novembro ноября نوفمبر נובמבר",
    "december dec décembre decembre dezember dez diciembre dicembre dezembro декабря ديسمبر דצמבר",
)
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}

WEEKDAYS = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday mon tues tue wed weds thurs thur thu
    fri sat sun lundi mardi mercredi jeudi vendredi samedi dimanche montag dienstag mittwoch
    donnerstag freitag samstag sonntag lunes martes miércoles jueves viernes sábado domingo lunedì
    martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag donderdag vrijdag
    zaterdag zondag الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
    """
)

OFFSETS: dict[str, float] = {
    "gmt": 0, "utc": 0, "z": 0, "bst": 1, "wet": 0, "west": 1, "cet": 1, "mez": 1, "cest": 2,
    "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3, "gst": 4, "pkt": 5, "sgt": 8, "hkt": 8,
    "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "sast": 2,
    "cat": 2, "eat": 3, "wat": 1, "brt": -3,
}  # fmt: skip
"""Hours east of Greenwich. `cst` and `ist` are missing on purpose: each names zones on different continents."""

PLACES: dict[str, str] = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
    "uk": "Europe/London",
    "uk time": "Europe/London",
    "london time": "Europe/London",
}

UNCLEAR_ZONES = ("cst", "ist", "ast")

PUBLISHED_WORDS = (
    "first published", "originally published", "published", "posted", "created", "publication date",
    "date published", "publié", "publiée", "veröffentlicht", "erschienen", "erstellt", "publicado",
    "pubblicato", "gepubliceerd", "опубликовано", "נשר", "פורסם", "نشر", "تاريخ النشر",
)  # fmt: skip
MODIFIED_WORDS = (
    "last updated", "last modified", "updated", "modified", "last edited", "edited", "update",
    "mis à jour", "actualisé", "modifié", "aktualisiert", "stand", "actualizado", "aggiornato",
    "bijgewerkt", "atualizado", "обновлено", "עודכן", "آخر تحديث", "تحديث",
)  # fmt: skip

FILLERS = word_set("""
    on at the of and am pm date time uhr um vom le la el à a il de del di den der den op às as em local
    hrs hours h o'clock in ore os klo kl about clock las utc gmt בשעה ב الساعة в
    """)

MONTH_FIRST_ZONES = (
    "US/", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Phoenix", "America/Anchorage", "America/Detroit", "America/Boise", "America/Indiana/",
    "America/Kentucky/", "America/North_Dakota/", "America/Juneau", "America/Nome", "America/Sitka",
    "Pacific/Honolulu",
)  # fmt: skip
"""Zones whose papers write 03/04 for the fourth of March."""
