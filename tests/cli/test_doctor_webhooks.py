"""`evtbdd doctor` tells where webhooks will be served, and what keeps them from it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from evtbdd.cli import doctor_webhooks
from evtbdd.cli.main import main
from evtbdd.loopback import listener


def told(
    settings: str, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
) -> tuple[list[str], str]:
    """The lines about webhooks, and the errors."""
    (folder / "evtbdd.cfg").write_text(settings, encoding="utf-8")
    patch.chdir(folder)
    main(["doctor"])
    said, error = capture.readouterr()
    return [line for line in said.split("\n") if line.startswith("webhook ")], error


def test_each_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A free port, or the one that services have built in."""
    with closing(listener()) as listening:
        port = listening.getsockname()[1]
    settings = f"[evtbdd:webhook:bank]\n[evtbdd:webhook:post]\naddress = 127.0.0.1:{port}\n"
    lines, error = told(settings, tmp_path, monkeypatch, capsys)
    assert lines == [
        'webhook "bank": will be served at 127.0.0.1, on a free port',
        f'webhook "post": will be served at 127.0.0.1:{port}',
    ]
    assert error == ""


def test_what_keeps_them_from_being_served_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A port that somebody has, and an address that others could reach."""
    with closing(listener()) as listening:
        port = listening.getsockname()[1]
        settings = (
            f"[evtbdd:webhook:post]\naddress = 127.0.0.1:{port}\n"
            "[evtbdd:webhook:wide]\naddress = 0.0.0.0:8080\n"
        )
        lines, error = told(settings, tmp_path, monkeypatch, capsys)
    assert lines == ['webhook "post": cannot be had', 'webhook "wide": cannot be had']
    assert error.strip() == (
        "evtbdd: 2 things must be mended:\n"
        f"[evtbdd:webhook:post] address: 127.0.0.1:{port} cannot be had: Address already in use.\n"
        '[evtbdd:webhook:wide] address: "0.0.0.0" is not this machine alone; a webhook is served '
        "at 127.0.0.1:PORT and nowhere else."
    )


def test_their_driver_is_demanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before a run finds out."""
    monkeypatch.setattr(doctor_webhooks, "find_spec", lambda _: None)
    _, error = told("[evtbdd:webhook:bank]\n", tmp_path, monkeypatch, capsys)
    assert error.strip() == (
        "evtbdd: 1 thing must be mended:\n"
        '[evtbdd:webhook:bank] needs the driver "h11": pip install "evtbdd[webhooks]" brings it.'
    )
