"""The channels of a run, scope by scope, and those that a scenario sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evtbdd.channels.channel import Channel
from evtbdd.channels.declaration import Declaration
from evtbdd.channels.pool import Brokers
from evtbdd.channels.scope import ChannelScope
from evtbdd.clock import Deadline
from evtbdd.errors import PhraseError, UnknownName
from evtbdd.isolation.names import Names
from evtbdd.journal import Acted, Journal, ScenarioBegan
from evtbdd.phrases import Data
from evtbdd.ports import Ends
from evtbdd.tables import located
from evtbdd.words import quoted, suggestion


class Channels:
    """What the settings declare, and the scopes that are open: of the run, a feature, a scenario."""

    def __init__(
        self,
        declared: Mapping[str, Declaration],
        brokers: Brokers,
        names: Names,
        *,
        patience: float,
    ) -> None:
        self.declared = declared
        self.brokers = brokers
        self.names = names
        self.patience = patience
        self._scopes: dict[str, ChannelScope] = {}
        self.left_behind: list[str] = []

    def scope(self, name: str) -> ChannelScope:
        """The scope of that name, opened when first asked for."""
        if name not in self._scopes:
            self._scopes[name] = ChannelScope(
                name, self.names, self.brokers, patience=self.patience
            )
        return self._scopes[name]

    def close_scope(self, name: str) -> None:
        """Delete the channels of a scope; nothing where it was never opened."""
        if name in self._scopes:
            self.left_behind += self._scopes.pop(name).close()

    def close(self) -> None:
        """Delete what is there still, then give the brokers back."""
        for name in list(self._scopes):
            self.close_scope(name)
        self.brokers.close()


class ScenarioChannels:
    """The channels that one scenario speaks of: its own, and those of longer scopes."""

    def __init__(self, channels: Channels, scenario_scope: str, journal: Journal) -> None:
        self._channels = channels
        self._scenario_scope = scenario_scope
        self._journal = journal
        self._declared = dict(channels.declared)
        self._scope_of: dict[str, str] = {}
        self._absent: set[str] = set()
        self._open: dict[str, Channel] = {}

    def declare(self, declaration: Declaration) -> None:
        """Add a channel that a step declares; it wins over the settings."""
        self._declared[declaration.name] = declaration

    def declared(self, name: str) -> Declaration | None:
        """What is declared of a channel; None for one that nobody declared."""
        return self._declared.get(name)

    def leave_out(self, name: str) -> None:
        """Keep a channel from being created: the scenario wants it not to be there."""
        self._absent.add(name)

    def live_as_long_as(self, name: str, scope: str) -> None:
        """Have a channel live in the longest of the scopes that it is told: run, feature, scenario."""
        longest = self._scope_of.get(name, self._scenario_scope)
        self._scope_of[name] = min(scope, longest, key=lambda each: "rfs".index(each[0]))

    def open(self, names: Iterable[str]) -> None:
        """Create and watch those of the channels that are declared; the others wait for their step.

        From then on all that happens on them is in the journal.
        """
        by_scope: dict[str, list[Declaration]] = {}
        for name in dict.fromkeys(names):
            declaration = self._declared.get(name)
            if declaration is not None and name not in self._absent | self._open.keys():
                lives = self._scope_of.get(name, self._scenario_scope)
                by_scope.setdefault(lives, []).append(declaration)
        for scope_name, declarations in by_scope.items():
            scope = self._channels.scope(scope_name)
            before = set(scope.channels)
            scope.open(declarations)
            for declaration in declarations:
                channel = scope.channels[declaration.name]
                self._open[declaration.name] = channel
                if declaration.name in before:
                    channel.recorded = channel.ends(self.deadline())
                channel.journal = self._journal

    def begin(self) -> None:
        """Note in the journal where every channel stands as the first step is about to run."""
        self._journal.append(ScenarioBegan({n: c.recorded for n, c in self._open.items()}))

    def begin_block(self) -> None:
        """Note where every channel stands as a block of acts is about to begin."""
        self._journal.append(Acted(self.ends(self._open)))

    def ends(self, names: Iterable[str]) -> Mapping[str, Ends]:
        """Where channels end now, with one question to each broker."""
        by_broker: dict[str, list[Channel]] = {}
        for name in names:
            channel = self.get(name)
            by_broker.setdefault(channel.broker_name, []).append(channel)
        ends: dict[str, Ends] = {}
        for channels in by_broker.values():
            reader = channels[0].broker.reader()
            found = reader.ends([each.physical for each in channels], self.deadline())
            ends.update({each.name: found[each.physical] for each in channels})
        return ends

    def get(self, name: str) -> Channel:
        """The channel of that name; created now where no step foretold it.

        UnknownName for one that nobody declared: evtbdd never creates a channel by a slip of
        the pen.
        """
        if name in self._open:
            return self._open[name]
        if name in self._absent:
            raise PhraseError(
                f"The channel {quoted(name)} is not there: a step of this scenario says that it "
                "does not exist."
            )
        if name not in self._declared:
            raise UnknownName(
                f"No channel is called {quoted(name)}. "
                f"{suggestion(name, self._declared, 'channels')} A channel is declared by a "
                f"section [evtbdd:channel:{name}] of the settings, or by the step "
                f"Given the channel {quoted(name)} exists."
            )
        self.open([name])
        return self._open[name]

    def require(self, name: str, **cells: object) -> None:
        """Have a channel there that a step declares with these keys of its settings.

        It was opened before the scenario began where its name could be foretold.
        """
        given = {key: str(value) for key, value in cells.items() if value is not None}
        declaration = Declaration.of_row(name, given, self._channels.declared.get(name))
        if name not in self._open:
            self.declare(declaration)
        self.get(name)

    def require_table(self, data: Data) -> None:
        """Have the channels of a table there, a row for each."""
        filename, line = data.location
        if data.table is None or "channel" not in data.table.headings:
            raise PhraseError(
                f"{filename}:{line}: the step needs a table with a column channel, and the keys of "
                "its settings as further columns."
            )
        for row in data.table.rows:
            with located(filename, row.line):
                cells = dict(zip(data.table.headings, row.cells, strict=True))
                self.require(cells.pop("channel"), **cells)

    def physical(self, name: str) -> str:
        """The physical name of a channel, also of one that a step wants not to be there."""
        if name in self._absent and name in self._declared:
            return self._channels.scope(self._scenario_scope).plan(self._declared[name]).physical
        return self.get(name).physical

    def remove(self, name: str) -> None:
        """Make sure that a channel is not there, from now on to the scenario's end."""
        channel = self._open.pop(name, None)
        self.leave_out(name)
        if channel is not None:
            self._channels.scope(self._scope_of.get(name, self._scenario_scope)).remove(name)

    def read_up(self, names: Sequence[str], deadline: Deadline) -> None:
        """Return when all that is stored on channels by now was handed over."""
        for name in names:
            channel = self.get(name)
            reader = channel.broker.reader()
            reader.read_to(reader.ends([channel.physical], deadline), deadline)

    def known(self) -> Sequence[str]:
        """The names of all channels that can be spoken of."""
        return sorted(self._declared)

    def opened(self) -> Mapping[str, Channel]:
        """The channels that are there."""
        return self._open

    def end(self) -> None:
        """Let go of the scenario's channels, and delete those that were its own."""
        for channel in self._open.values():
            channel.journal = None
        self._open.clear()
        self._channels.close_scope(self._scenario_scope)

    def deadline(self) -> Deadline:
        """How long one answer of a broker may take."""
        return Deadline.after(self._channels.patience)
