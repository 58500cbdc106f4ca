"""`evtbdd doctor`: whether what the settings say can be had here, told before a run finds out."""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from evtbdd.brokers.registry import BUILT_IN, Adapter
from evtbdd.channels.declaration import Declaration as ChannelDeclaration
from evtbdd.channels.options import foreign
from evtbdd.channels.pool import DEFAULT_NAME, Brokers
from evtbdd.cli.doctor_databases import databases
from evtbdd.cli.doctor_webhooks import webhooks
from evtbdd.cli.given import add_overrides, settings_of
from evtbdd.errors import EvtbddError, SettingsError
from evtbdd.facilities import FACILITIES, Kind
from evtbdd.hosting.find import found
from evtbdd.keeper import HeldKeeper
from evtbdd.offers import Locks, Namespaces
from evtbdd.ports import WHO_CAN, Broker, Capability
from evtbdd.services.declaration import Declaration as ServiceDeclaration
from evtbdd.settings.load import Settings
from evtbdd.settings.reference import replaced
from evtbdd.words import counted, listed, quoted


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor", help="reach every broker, and tell what can be had of it and what is wrong"
    )
    add_overrides(parser)
    parser.set_defaults(carry_out=carry_out)


def carry_out(options: argparse.Namespace) -> None:
    """Print what is found, part by part. SettingsError at the end, where something is wrong."""
    settings = settings_of(options)
    wrong: list[str] = []
    keeper = HeldKeeper()
    with closing(keeper), closing(Brokers.of_settings(settings, keeper)) as brokers:
        doctor = Doctor(settings, brokers, wrong)
        for line in doctor.findings():
            print(line)
    if wrong:
        raise SettingsError(f"{counted(len(wrong), 'thing')} must be mended:\n" + "\n".join(wrong))
    print("All is well.")


class Doctor:
    """Looks at one project; what is wrong is put into `wrong`, in sentences."""

    def __init__(self, settings: Settings, brokers: Brokers, wrong: list[str]) -> None:
        self._settings = settings
        self._brokers = brokers
        self._wrong = wrong

    def findings(self) -> Iterator[str]:
        """What there is, in lines for a person."""
        yield from _drivers()
        yield from self._profile()
        for name in self._settings.names("broker") or [DEFAULT_NAME]:
            yield from self._broker(name)
        for name in self._settings.names("channel"):
            yield from self._channel(name)
        for name in self._settings.names("service"):
            yield from self._service(name)
        yield from webhooks(self._settings, self._wrong)
        yield from databases(self._settings, Path.cwd(), self._wrong)

    def _profile(self) -> Iterator[str]:
        """Which profile holds, and what does so instead of what the files say."""
        if (chosen := self._settings.main["profile"]) is not None:
            source = self._settings.source("", "", "profile")
            yield f"profile {quoted(chosen)}, by {source}"
        for line in replaced(self._settings):
            if not line.startswith("profile = "):
                yield f"  {line}"

    def _broker(self, name: str) -> Iterator[str]:
        began = time.monotonic()
        try:
            broker = self._brokers.get(name)
        except EvtbddError as error:
            yield f"broker {quoted(name)}: not reached"
            self._wrong.append(str(error))
            return
        words = broker.capabilities
        seconds = time.monotonic() - began
        yield f"broker {quoted(name)}: {words.broker} at {broker.address}, after {seconds:.2f} s"
        yield f"  has    {listed(each.value for each in Capability if each in words.can)}"
        lacking = [each for each in Capability if each not in words.can]
        if lacking:
            yield "  lacks  " + "; ".join(f"{each.value} ({WHO_CAN[each]})" for each in lacking)
        for mode, means in self._isolation(name, broker).items():
            chosen = " (chosen)" if self._settings.main["isolation"] == mode else ""
            yield f"  isolation = {mode}{chosen}: {means}"

    def _isolation(self, name: str, broker: Broker) -> Mapping[str, str]:
        """What each way of keeping scenarios apart comes to on a broker."""
        channel = broker.capabilities.channel
        own = self._brokers.is_own(name)
        if isinstance(broker, Namespaces):
            namespace = "a part of the broker for each scope"
        elif own:
            namespace = "a broker of its own for each scope"
        else:
            namespace = f"cannot be had of a {broker.capabilities.broker} of somebody else's"
        if own:
            shared = "no other run can reach it"
        elif isinstance(broker, Locks):
            shared = "a second run on the same channels is refused"
        else:
            shared = "needs lock = no: nothing keeps a second run from the same channels"
        return {
            "names": f"every {channel} has a name of its own",
            "namespace": namespace,
            "shared": shared,
        }

    def _channel(self, name: str) -> Iterator[str]:
        try:
            declared = ChannelDeclaration.of_settings(self._settings, name)
            declared.coded()
            where = declared.broker or self._brokers.only()
            if where is None:
                raise SettingsError(
                    f"[evtbdd:channel:{name}] does not say on which broker it lies, and there are "
                    f"several: {listed(map(quoted, self._brokers.names))}."
                )
        except EvtbddError as error:
            yield f"channel {quoted(name)}: cannot be meant"
            self._wrong.append(str(error))
            return
        if where not in self._brokers.opened():
            yield f"channel {quoted(name)}: on the broker {quoted(where)}, which was not reached"
            return
        words = self._brokers.get(where).capabilities
        yield f"channel {quoted(name)}: a {words.channel} on {quoted(where)}, codec {declared.codec}"
        for option, who in foreign(declared.options, words).items():
            yield f"  {option} is for {who}, not for {words.broker}"

    def _service(self, name: str) -> Iterator[str]:
        try:
            declared = ServiceDeclaration.of_settings(self._settings, name)
        except EvtbddError as error:
            yield f"service {quoted(name)}: cannot be meant"
            self._wrong.append(str(error))
            return
        if declared.handler is not None:
            yield f"service {quoted(name)}: the handler {declared.handler}, in the run's own process"
            try:
                found(declared.handler, Path.cwd(), f"[evtbdd:service:{name}]")
            except SettingsError as error:
                self._wrong.append(str(error))
            return
        if declared.elsewhere:
            yield f"service {quoted(name)}: runs elsewhere, {declared.url}; ready: {declared.ready}"
            return
        ready = f"lives for the {declared.scope}, ready when {declared.ready}"
        yield f"service {quoted(name)}: {' '.join(declared.command)}; {ready}"
        program = declared.command[0]
        if "${" not in program and program != "python" and not _found(program, declared.directory):
            self._wrong.append(
                f"[evtbdd:service:{name}] command: there is no program {quoted(program)} here."
            )


def _found(program: str, directory: str | None) -> bool:
    if os.sep not in program:
        return shutil.which(program) is not None
    folder = Path(directory) if directory and "${" not in directory else Path()
    return os.access(folder / program, os.X_OK) or os.access(program, os.X_OK)


def _drivers() -> Iterator[str]:
    """Which drivers are installed; one that is not is no mistake as long as nobody needs it."""
    needing: Mapping[str, Adapter | Kind] = {**BUILT_IN, **FACILITIES}
    for name, each in needing.items():
        if each.driver is not None:
            there = find_spec(each.driver) is not None
            what = "installed" if there else f'missing: pip install "evtbdd[{each.extra}]"'
            yield f"driver of {name}: {each.driver}, {what}"
