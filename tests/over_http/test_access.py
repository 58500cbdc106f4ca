"""What the settings say of how evtbdd is let in, and that nobody reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from expect.support import no_data, table, text_of
from webhooks.conftest import Served

from evtbdd.errors import SettingsError
from evtbdd.http.opened import http_of
from evtbdd.plan import Plan

from .conftest import world_of


def asked(folder: Path, service: Served, keys: str) -> tuple[object, str]:
    """The header that a service gets, and how a text that holds it is shown."""
    settings = f"[evtbdd:service:shop]\ncommand = shop\nurl = {service.webhook.url}\n{keys}\n"
    world = world_of(folder, settings)
    scenario = world.begin(Plan(), folder, "s1")
    http_of(scenario.facilities).send("GET", "/", None, no_data(), False)
    said = service.requests()[-1].header("authorization")
    shown = world.secrets.mask(f"it said {said}")
    world.close()
    return said, shown


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("authorization = Bearer t0ken-of-ann", "Bearer t0ken-of-ann"),
        ("security username = ann\nsecurity password = pa:ss", "Basic YW5uOnBhOnNz"),
        ("security username = ann\nsecurity password file = secret.txt", "Basic YW5uOnBhOnNz"),
    ],
)
def test_what_lets_evtbdd_in_is_sent_and_not_shown(
    tmp_path: Path, service: Served, keys: str, said: str
) -> None:
    """A header as it is, or of a user and a password."""
    (tmp_path / "secret.txt").write_text("pa:ss\n", encoding="utf-8")
    assert asked(tmp_path, service, keys) == (said, "it said ***")


def test_a_token_is_not_shown_by_itself(tmp_path: Path, service: Served) -> None:
    """A service may say it without the word before it."""
    keys = f"url = {service.webhook.url}\nauthorization = Bearer t0ken-of-ann"
    world = world_of(tmp_path, f"[evtbdd:service:shop]\ncommand = shop\n{keys}\n")
    scenario = world.begin(Plan(), tmp_path, "s1")
    http_of(scenario.facilities).send("GET", "/", None, no_data(), False)
    assert world.secrets.mask('{"token": "t0ken-of-ann"}') == '{"token": "***"}'
    world.close()


def test_a_step_has_the_last_word(tmp_path: Path, service: Served) -> None:
    """So that a scenario can show somebody else, or nobody who is known."""
    keys = f"url = {service.webhook.url}\nauthorization = Bearer t0ken-of-ann"
    world = world_of(tmp_path, f"[evtbdd:service:shop]\ncommand = shop\n{keys}\n")
    scenario = world.begin(Plan(), tmp_path, "s1")
    below = table("| field | value |\n| @header.Authorization | Bearer bob |")
    http_of(scenario.facilities).send("GET", "/", None, below, False)
    assert service.requests()[-1].header("authorization") == "Bearer bob"
    world.close()


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (
            "authorization = Bearer x\nsecurity username = ann",
            "[evtbdd:service:shop] has authorization, and security username: evtbdd can show only "
            "one of them.",
        ),
        (
            "security password = secret",
            "[evtbdd:service:shop] has security password, but no security username, without which "
            "it means nothing.",
        ),
        (
            "security username = ann",
            "[evtbdd:service:shop] has security username, so it needs one of security password and "
            "security password file; it has neither.",
        ),
        (
            "authorization = ${env.TOKEN}",
            "[evtbdd:service:shop] authorization: a placeholder is not filled in there; what differs "
            "from place to place can be given by an environment variable (evtbdd settings).",
        ),
        (
            "security key = key.pem",
            "[evtbdd:service:shop] has security key, but no security certificate, without which it "
            "means nothing.",
        ),
    ],
)
def test_what_contradicts_itself_is_told(
    tmp_path: Path, service: Served, keys: str, sentence: str
) -> None:
    """With the section and the keys."""
    assert text_of(SettingsError, asked, tmp_path, service, keys) == sentence
