"""How the letters of an account look: written once as text, shown as text and as simple HTML."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SIGNATURE = "\n-- \n"


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


def render_letter(template: str, context: dict[str, Any], request: HttpRequest | None = None) -> Letter:
    """The letter of `TEMPLATE.txt`, its first line the subject; `code` and `link` in it stand out."""
    context = {"paper_name": settings.WAGTAIL_SITE_NAME, "site_url": settings.SITE_URL, **context}
    written = render_to_string(f"{template}.txt", context, request).strip()
    first_line, _, text = written.partition("\n")
    subject = " ".join(first_line.split())
    html = render_to_string("mail/letter.html", {"subject": subject, **html_parts(text.strip(), context)})
    return Letter(subject, text.strip() + "\n", html)


def html_parts(text: str, context: dict[str, Any]) -> dict[str, SafeString]:
    """The paragraphs of a text as HTML, its signature apart."""
    body, _, signature = text.partition(SIGNATURE)
    marked = {str(context[name]): name for name in ("code", "link") if context.get(name)}
    paragraphs = (part.strip() for part in body.split("\n\n"))
    return {
        "body": format_html_join("\n", "{}", ((html_paragraph(part, marked),) for part in paragraphs if part)),
        "signature": html_lines(signature.strip()),
    }


def html_paragraph(part: str, marked: dict[str, str]) -> SafeString:
    """A paragraph; one that is nothing but the code is set large, one that is the link is a link."""
    if marked.get(part) == "code":
        return format_html('<p class="code">{}</p>', part)
    if marked.get(part) == "link":
        return format_html('<p><a href="{0}">{0}</a></p>', part)
    return format_html("<p>{}</p>", html_lines(part))


def html_lines(text: str) -> SafeString:
    return format_html_join(SafeString("<br>\n"), "{}", ((line,) for line in text.splitlines()))
