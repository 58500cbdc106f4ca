"""What the settings of a broker say of its security."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtbdd.brokers import registry
from evtbdd.brokers.security import Security, of_settings
from evtbdd.channels.pool import Brokers
from evtbdd.errors import SettingsError, UnknownName
from evtbdd.keeper import HeldKeeper
from evtbdd.provisioning.provision import provision
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings

ALICE = Security("alice", "wonderland")


def said(folder: Path, *lines: str) -> Security | None:
    """What is read of a section with these keys."""
    keys = "\n".join(f"security {line}" for line in lines)
    (folder / "evtbdd.cfg").write_text(f"[evtbdd:broker:main]\n{keys}\n", encoding="utf-8")
    settings = Settings.load(folder, sections=SECTIONS, userdata={}, environ={})
    return of_settings(settings, "main")


def test_nothing_is_said(tmp_path: Path) -> None:
    """Then there is none."""
    assert said(tmp_path) is None


def test_a_user(tmp_path: Path) -> None:
    """PLAIN, without TLS; the password as it is, or from a file without white space at its ends."""
    (tmp_path / "secret").write_text(" wonderland\n", encoding="utf-8")
    assert said(tmp_path, "username = alice", "password = wonderland") == ALICE
    assert said(tmp_path, "username = alice", "password file = secret") == ALICE
    assert "wonderland" not in repr(ALICE)


def test_certificates(tmp_path: Path) -> None:
    """Either of them means TLS; their paths begin in the folder of the settings."""
    assert said(tmp_path, "tls = yes") == Security(tls=True)
    assert said(tmp_path, "ca = ca.pem") == Security(tls=True, ca=tmp_path / "ca.pem")
    assert said(tmp_path, "certificate = /c.pem", "key = k.pem") == Security(
        tls=True, certificate=Path("/c.pem"), key=tmp_path / "k.pem"
    )


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (
            ["password = wonderland"],
            " has security password, but no security username, without which it means nothing.",
        ),
        (
            ["mechanism = PLAIN"],
            " has security mechanism, but no security username, without which it means nothing.",
        ),
        (
            ["key = k.pem"],
            " has security key, but no security certificate, without which it means nothing.",
        ),
        (
            ["username = alice"],
            " has security username, so it needs one of security password and security password "
            "file; it has neither.",
        ),
        (
            ["username = alice", "password = wonderland", "password file = secret"],
            " has security username, so it needs one of security password and security password "
            "file; it has both.",
        ),
        (
            ["username = alice", "password file = none"],
            ' security password file: "{}/none" cannot be read (No such file or directory).',
        ),
        (
            ["tls = no", "ca = ca.pem"],
            " has security tls = no, and a certificate that only TLS has a use for; remove one of "
            "them.",
        ),
        (
            ["username = alice", "password = ${env.SECRET}"],
            " security password: a placeholder is not filled in there; what differs from place to "
            "place can be given by an environment variable (evtbdd settings).",
        ),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, lines: list[str], wrong: str) -> None:
    """It is said with the section and the key."""
    with pytest.raises(SettingsError) as raised:
        said(tmp_path, *lines)
    assert str(raised.value) == f"[evtbdd:broker:main]{wrong.replace('{}', str(tmp_path))}"


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        (
            "memory://",
            'Connections to a broker by "memory" cannot be secured; remove the keys security … of '
            "its section.",
        ),
        (
            "kafka+local://",
            '"kafka+local://" is the run\'s own, which asks for no user and no certificate; remove '
            "the keys security … of its section, or use kafka+embedded://, which demands what they "
            "say.",
        ),
    ],
)
def test_what_cannot_be_secured(url: str, wrong: str) -> None:
    """A setting that would be ignored is an error."""
    with pytest.raises(SettingsError) as raised:
        provision(url, HeldKeeper(), patience=1, security=ALICE)
    assert str(raised.value) == wrong


def test_an_adapter_that_knows_no_security_is_called_as_ever() -> None:
    """It takes an address and a patience, and nothing more."""
    assert registry.connected("memory", "", patience=1, security=None).address == "memory"


def test_services_are_told_the_user() -> None:
    """`${broker.main.user}` and `.password`; a broker without a user has neither."""
    urls = {"main": "kafka://127.0.0.1:1", "other": "memory://"}
    brokers = Brokers(urls, HeldKeeper(), patience=1, secured={"main": ALICE})
    assert (brokers.fact("main.user"), brokers.fact("main.password")) == ("alice", "wonderland")
    with pytest.raises(UnknownName) as raised:
        brokers.fact("other.user")
    assert str(raised.value) == (
        "${broker.other.user}: [evtbdd:broker:other] has no security username."
    )
