"""Ports of this machine: chosen so that nobody who chooses at the same time gets the same."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack

import pytest

from evtbdd import loopback
from evtbdd.loopback import HOST, claim, listener
from evtbdd.services.port import FreePorts

FEW = range(20_000, 20_008)
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such names")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> range:
    """So few ports to choose from that all of them are met."""
    monkeypatch.setattr(loopback, "NUMBERS", FEW)
    monkeypatch.setattr(loopback, "TRIES", len(FEW))
    return FEW


@linux
def test_a_port_that_is_claimed_is_not_chosen(few: range) -> None:
    """Though nobody listens there yet."""
    with ExitStack() as held:
        for number in few[1:]:
            held.enter_context(claim(number))
        for _ in range(5):
            with listener() as found:
                assert found.getsockname() == (HOST, few[0])


@linux
def test_a_service_can_listen_on_the_port_that_was_claimed_for_it() -> None:
    """Whatever it says of it to the system; and the claim of a run that was killed is gone."""
    ports = FreePorts()
    port = ports.next()
    asked = f"from evtbdd.loopback import claim; claim({port})"
    refused = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=False)
    assert b"Address already in use" in refused.stderr
    listen = f"import socket; socket.create_server(('{HOST}', {port}), reuse_port=False)"
    assert subprocess.run([sys.executable, "-c", listen], check=False).returncode == 0
    ports.close()
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


@linux
def test_two_runs_are_given_different_ports(few: range) -> None:
    """As many as there are, whoever asks first."""
    runs = FreePorts(), FreePorts()
    given = [run.next() for _ in range(len(few) // 2) for run in runs]
    assert sorted(given) == list(few)
    for run in runs:
        run.close()
