"""`courant import`: pages as they are found, into the paper."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from courant.cli.main import refuse_without_tables, start_django

SUFFIXES = {".html", ".htm", ".xhtml", ".mhtml", ".mht", ".txt", ".text", ".md"}
ACCESS = ["free", "registered", "premium", "subscribers"]


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|FOLDER…", type=click.Path(path_type=Path))
@click.option("--section", "section_slug", metavar="SLUG", help="Section to import into; default: the first.")
@click.option("--access", type=click.Choice(ACCESS), help="Default: the section's.")
@click.option("--draft", is_flag=True, help="Leave the stories as drafts.")
@click.option(
    "--furniture",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A TOML file with more classes of page furniture, of the form docs/import.md shows.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per file and line.")
def command(
    paths: tuple[Path, ...],
    section_slug: str | None,
    access: str | None,
    draft: bool,
    furniture: Path | None,
    as_json: bool,
) -> None:
    """Import saved HTML or plain text. One bad file never stops the others; exit code 1 if any failed."""
    start_django()
    refuse_without_tables()
    section = find_section(section_slug)
    known_furniture = load(furniture)
    results = (
        import_file(path, section=section, access=access, is_draft=draft, furniture=known_furniture)
        for path in files_in(paths)
    )
    failed = report(results, as_json)
    sys.exit(1 if failed else 0)


def report(results: Iterable[dict[str, Any]], as_json: bool) -> int:
    """Print each result as it comes; the number of files that failed."""
    failed = count = 0
    for result in results:
        count += 1
        failed += "error" in result
        if as_json:
            click.echo(json.dumps(result, ensure_ascii=False))
        else:
            print_result(result)
    if not as_json:
        click.echo(f"{count} files, {failed} failed.")
    return failed


def print_result(result: dict[str, Any]) -> None:
    if "error" in result:
        click.echo(f"FAILED     {result['file']}: {result['error']}", err=True)
        return
    click.echo(f"{result['status']:<10} {result['file']}: {result['headline']} -> {result['address']}")
    for warning in result["warnings"]:
        click.echo(f"           {warning}")


def find_section(slug: str | None) -> Any:
    from courant.stories.queries import sections_in_order

    sections = sections_in_order()
    if not sections:
        raise click.ClickException("The paper has no section yet: make one in the newsroom, or run `courant setup`.")
    if slug is None:
        return sections[0]
    found = next((section for section in sections if section.slug == slug), None)
    if found is None:
        known = ", ".join(section.slug for section in sections)
        raise click.BadParameter(f"there is no section {slug!r}; there are: {known}", param_hint="--section")
    return found


def load(furniture: Path | None) -> Any:
    from courant.exchange.page.furniture import FurnitureError, load_furniture

    try:
        return load_furniture(*([furniture] if furniture else []))
    except (FurnitureError, OSError) as error:
        raise click.ClickException(str(error)) from error


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as named, and in folders every page, in order of name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in SUFFIXES)
        else:
            yield path


def import_file(path: Path, *, section: Any, access: str | None, is_draft: bool, furniture: Any) -> dict[str, Any]:
    """One file into the paper; whatever is wrong with it becomes its `error`."""
    from django.conf import settings
    from django.db import DatabaseError
    from django.utils import timezone

    from courant.exchange.actions import ArticleRefused, import_article
    from courant.exchange.article import article_summary
    from courant.exchange.page.errors import PageError
    from courant.exchange.page.reader import read_page
    from courant.stories.addresses import address_of
    from courant.wall.enums import Access

    try:
        article = read_page(path.read_bytes(), name=path.name, zone=settings.TIME_ZONE, furniture=furniture)
        done = import_article(
            article=article,
            section=section,
            access=Access(access) if access else None,
            is_draft=is_draft,
            by=None,
            now=timezone.now(),
        )
    except OSError as error:
        return {"file": str(path), "error": f"cannot be read: {error.strerror or error}"}
    except (PageError, ArticleRefused, DatabaseError) as error:
        return {"file": str(path), "error": str(error)}
    summary = article_summary(article, file=str(path))
    summary["warnings"] = [*article.warnings, *done.warnings]
    return {"file": str(path), "status": done.outcome.value, "address": address_of(done.story), **summary}
