"""Secrets."""

from __future__ import annotations

import pytest

from evtbdd.settings.mask import Secrets


@pytest.mark.parametrize(
    ("values", "text", "masked"),
    [
        (["hunter2"], "password hunter2, again hunter2.", "password ***, again ***."),
        (["hunter2", "hunter2more"], "hunter2more hunter2", "*** ***"),
        (["p@ss word"], "http://x/?q=p%40ss%20word", "http://x/?q=***"),
        (['say "hi"'], '{"text": "say \\"hi\\""}', '{"text": "***"}'),
        (["", "abc"], "abc", "abc"),
        ([], "amqp://user:secret@host:5672/v", "amqp://user:***@host:5672/v"),
        ([], "amqp://u:a@b@host, redis://:pw@h", "amqp://u:***@host, redis://:***@h"),
        ([], "kafka://host:9092 and a@b", "kafka://host:9092 and a@b"),
        (
            [],
            "http://127.0.0.1:80/a@b http://h:80?to=a@b",
            "http://127.0.0.1:80/a@b http://h:80?to=a@b",
        ),
        ([], "http://user@host", "http://user@host"),
    ],
)
def test_what_is_masked(values, text, masked) -> None:
    """Secrets are masked wherever they stand, the longest first, and passwords in URLs always."""
    assert Secrets(values).mask(text) == masked


def test_a_secret_can_become_known_later() -> None:
    """A secret is masked from when it is added."""
    secrets = Secrets()
    assert secrets.mask("a hunter2") == "a hunter2"
    secrets.add("hunter2")
    assert secrets.mask("a hunter2") == "a ***"


def test_masking_a_long_text_ends() -> None:
    """A long text that nearly holds a URL is read in linear time; otherwise this would not end."""
    for text in ("a" * 400_000, "a+" * 200_000, "a://" * 100_000, "a://" + ":" * 400_000):
        assert Secrets(["hunter2"]).mask(text) == text


def test_the_secrets_of_settings(folder) -> None:
    """Secret keys, files that hold a secret and passwords in URLs are all known from the start."""
    (folder.path / "secret.txt").write_text("from-file\n")
    folder.write("evtbdd.cfg", """\
        [evtbdd:broker:one]
        url = amqp://user:in%%20url@host
        password = hunter2
        [evtbdd:broker:two]
        password file = secret.txt
        [evtbdd:broker:three]
        password = ${env.PASSWORD}
        password file = missing.txt
        """.replace("%%", "%"))  # fmt: skip
    secrets = Secrets.of(folder.load())
    text = "user in url in%20url hunter2 from-file ${env.PASSWORD} secret.txt"
    assert secrets.mask(text) == "user *** *** *** *** ${env.PASSWORD} secret.txt"


def test_keys_of_aws_in_the_environment_are_secrets(folder, monkeypatch) -> None:
    """Real ones; a word that is given to an emulator would be masked in every sentence."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "test")
    secrets = Secrets.of(folder.load())
    assert secrets.mask("a test of wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY") == "a test of ***"
