"""Settings: what is taken, and what is said of one that cannot be."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from courant.lib.configuration import keep_secret_key, load_configuration

pytestmark = pytest.mark.anydb
PRODUCTION = {
    "COURANT_ENV": "production",
    "COURANT_HOSTS": "paper.example,.papers.example",
    "COURANT_SITE_URL": "https://paper.example",
    "COURANT_MAIL_URL": "smtp+tls://paper:s3cret@mail.example:587",
    "DATABASE_URL": "postgresql://courant:s3cret@db.example/courant",
}


def problems(tmp_path: Path, **environ: str) -> dict[str, str]:
    return load_configuration({"COURANT_HOME": str(tmp_path), **environ}).problems


def test_without_a_setting_nothing_is_wrong(tmp_path: Path) -> None:
    assert problems(tmp_path) == {}
    assert problems(tmp_path, **PRODUCTION) == {}
    assert problems(tmp_path, **PRODUCTION | {"COURANT_SITE_URL": "https://www.papers.example/"}) == {}


@pytest.mark.parametrize(
    ("variable", "value", "key"),
    [
        ("COURANT_MAIL_URL", "smtp://mail.example:abc", "mail_url"),
        ("COURANT_MAIL_URL", "smtp://mail.example:99999", "mail_url"),
        ("COURANT_MAIL_URL", "smtp://[::1", "mail_url"),
        ("COURANT_MAIL_URL", "ftp://mail.example", "mail_url"),
        ("COURANT_MAIL_FROM", "The Paper\nBcc: all@world.example", "mail_from"),
        ("DATABASE_URL", "postgres://user:pass@host:abc/name", "database_url"),
        ("DATABASE_URL", "postgres://", "database_url"),
        ("DATABASE_URL", "mysql://host/name", "database_url"),
        ("DATABASE_URL", "sqlite:paper.sqlite3", "database_url"),
        ("COURANT_SITE_URL", "https://[", "site_url"),
        ("COURANT_SITE_URL", "https://paper.example/below", "site_url"),
        ("COURANT_SITE_URL", "paper.example", "site_url"),
        ("COURANT_HOSTS", "*", "hosts"),
        ("COURANT_HOSTS", "paper.example:8000", "hosts"),
        ("COURANT_HOSTS", "https://paper.example", "hosts"),
        ("COURANT_TIME_ZONE", "Europe", "time_zone"),
        ("COURANT_TIME_ZONE", "../../etc/passwd", "time_zone"),
        ("COURANT_LANGUAGE", "", "language"),
        ("COURANT_LANGUAGE", "plain English", "language"),
        ("COURANT_TRUSTED_PROXIES", "²", "trusted_proxies"),
        ("COURANT_TRUSTED_PROXIES", "-1", "trusted_proxies"),
        ("COURANT_CONFIG", "nowhere.toml", "courant.toml"),
        ("COURANT_PASS_ALGORITHM", "RS256", "pass_algorithm"),
        ("COURANT_PASS_ALGORITHM", "none", "pass_algorithm"),
        ("COURANT_PASS_KEYS", "s" * 40, "pass_keys"),
        ("COURANT_PASS_KEYS", "one:short", "pass_keys"),
        ("COURANT_PASS_KEYS", f"one:{'s' * 32},", "pass_keys"),
        ("COURANT_PASS_KEYS", f":{'s' * 32}", "pass_keys"),
        ("COURANT_PASS_KEYS", f"a b:{'s' * 32}", "pass_keys"),
        ("COURANT_PASS_KEYS", f"one:{'ä' * 32}", "pass_keys"),
        ("COURANT_PASS_KEYS", f"one:{'s' * 32},one:{'t' * 32}", "pass_keys"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(tmp_path: Path, variable: str, value: str, key: str) -> None:
    assert list(problems(tmp_path, **{variable: value})) == [key]


def test_a_message_never_repeats_what_may_be_a_password(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        DATABASE_URL="postgres://paper:hunter2#x@host/name",
        COURANT_MAIL_URL="smtp://a:hunter2/@b",
        COURANT_PASS_KEYS="one:hunter2,two:hunter2",
    )
    assert list(found) == ["database_url", "mail_url", "pass_keys"]
    assert "hunter2" not in str(found)


def test_keys_of_passes_are_read_in_their_order(tmp_path: Path) -> None:
    keys = f" new:{'n' * 32} , old:{'o' * 40}"
    configuration = load_configuration({"COURANT_HOME": str(tmp_path), "COURANT_PASS_KEYS": keys})
    assert configuration.problems == {}
    assert configuration["pass_keys"] == [("new", "n" * 32), ("old", "o" * 40)]
    (tmp_path / "courant.toml").write_text(f'pass_keys = ["new:{"n" * 32}", "old:{"o" * 40}"]')
    assert load_configuration({"COURANT_HOME": str(tmp_path)})["pass_keys"] == configuration["pass_keys"]
    assert load_configuration({"COURANT_HOME": str(tmp_path / "other")})["pass_keys"] == []


def test_keys_for_an_edge_are_of_thirty_two_bytes(tmp_path: Path) -> None:
    edge = {"COURANT_PASS_ALGORITHM": "EdDSA"}
    assert problems(tmp_path, **edge, COURANT_PASS_KEYS="edge:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8") == {}
    for secret in ("s" * 40, "s" * 44, "%" * 43):
        found = problems(tmp_path, **edge, COURANT_PASS_KEYS=f"edge:{secret}")
        assert list(found) == ["pass_keys"]
        assert secret not in str(found)


def test_in_production_the_paper_answers_at_its_own_address(tmp_path: Path) -> None:
    found = problems(tmp_path, **PRODUCTION | {"COURANT_SITE_URL": "https://other.example"})
    assert found == {"site_url": "COURANT_HOSTS does not name other.example, the host of COURANT_SITE_URL."}


def test_the_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(keep_secret_key(tmp_path / "home"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1
    assert len(keys[0]) > 60
    assert os.listdir(tmp_path / "home") == ["secret.key"]
    assert (tmp_path / "home" / "secret.key").stat().st_mode & 0o777 == 0o600
