"""The channels that one scenario speaks of: its own, and those of longer scopes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from evtbdd.channels.channel import Channel
from evtbdd.channels.declaration import Declaration, with_others
from evtbdd.channels.facility import Channels
from evtbdd.channels.making import by_broker
from evtbdd.channels.scope import Wanted
from evtbdd.clock import Deadline
from evtbdd.errors import PhraseError, UnknownName
from evtbdd.journal import Acted, Journal, ScenarioBegan
from evtbdd.phrases import Data
from evtbdd.ports import Broker, Ends
from evtbdd.tables import located
from evtbdd.values.addresses import Address
from evtbdd.words import quoted, suggestion


class ScenarioChannels:
    """Opens channels for one scenario, and knows those that are open.

    `scopes` are the names of the scopes: `{"scenario": "s3", "feature": "f1", "run": "run"}`;
    `lives` says which of them a channel belongs to, where that is not the scenario.
    """

    def __init__(
        self,
        channels: Channels,
        scopes: Mapping[str, str],
        lives: Mapping[str, str],
        journal: Journal,
    ) -> None:
        self._channels = channels
        self._scopes = scopes
        self._lives = lives
        self._journal = journal
        self._declared = dict(channels.declared)
        self._absent: set[str] = set()
        self._open: dict[str, Channel] = {}
        self._began: Mapping[str, Ends] | None = None
        self._asked = 0.0

    def declare(self, declaration: Declaration) -> None:
        """Add a channel that a step declares; it wins over the settings."""
        self._declared[declaration.name] = declaration

    def leave_out(self, name: str) -> None:
        """Keep a channel from being created: the scenario wants it not to be there."""
        self._absent.add(name)

    def open(self, names: Iterable[str]) -> None:
        """Create and watch those of the channels that are declared; the others wait for their step.

        From then on all that happens on them is in the journal. Where the scenario has begun, they
        begin now.
        """
        opened = self._opened(names)
        self._channels.tell(opened.values())
        for channel in opened.values():
            channel.note_in(self._journal)
        self._open.update(opened)
        if self._began is not None:
            self._begin(opened)

    def _opened(self, names: Iterable[str]) -> Mapping[str, Channel]:
        opened: dict[str, Channel] = {}
        for scope_name, wanted in self.wanted(names).items():
            scope = self._channels.scope(scope_name)
            scope.open(wanted)
            opened.update({w.declaration.name: scope.channels[w.declaration.name] for w in wanted})
        return opened

    def wanted(self, names: Iterable[str]) -> Mapping[str, Sequence[Wanted]]:
        """What must be opened for these channels in each scope, those included that they name."""
        by_scope: dict[str, list[Wanted]] = {}
        for name in with_others(names, self._declared):
            if name in self._declared and name not in self._absent | self._open.keys():
                declaration = self._declared[name]
                others = {each: self.physical_of(each) for each in declaration.others}
                wanted = Wanted(declaration, others)
                by_scope.setdefault(self.scope_of(name), []).append(wanted)
        return by_scope

    def broker_of(self, name: str) -> str | None:
        """The name of the broker that a channel lies on; None where nothing says it."""
        declared = self._declared.get(name)
        return (declared and declared.broker) or self._channels.brokers.only()

    def broker(self, name: str) -> Broker:
        """The broker that a channel lies on, whether or not the channel is there."""
        return self._channels.broker(self.scope_of(name), self._declared.get(name))

    def lives(self, name: str) -> str:
        """How long a channel lives: scenario, feature or run."""
        return self._channels.lives_for(self._declared.get(name), self._lives.get(name, "scenario"))

    def scope_of(self, name: str) -> str:
        """The name of the scope in which a channel lives."""
        return self._scopes[self.lives(name)]

    def correlation(self, name: str) -> Address | None:
        """The address by which the events of a channel are told apart, where it has one."""
        declared = self._declared.get(name)
        return None if declared is None else declared.correlation

    def are_correlated(self) -> bool:
        """Whether any channel has such an address."""
        return any(each.correlation is not None for each in self._declared.values())

    def broker_fact(self, dotted: str) -> str:
        """What stands for `${broker.NAME}` and `${broker.NAME.…}` in this scenario."""
        return self._channels.broker_fact(self._scopes, dotted)

    def begin(self) -> None:
        """Begin the scenario: its first step is about to run. Notes where every channel stands."""
        self._asked = self._journal.now()
        self._journal.append(ScenarioBegan(self._begin(self._open), self._asked))

    def _begin(self, channels: Mapping[str, Channel]) -> Mapping[str, Ends]:
        """Have these begin where they end now; only those are asked that somebody may have used."""
        began = {n: c.recorded for n, c in channels.items() if c.untouched and c.gap() is None}
        began.update(self.ends(channels.keys() - began.keys()))
        for name, ends in began.items():
            channels[name].begin_at(ends)
        self._began = {**(self._began or {}), **began}
        return began

    def begin_block(self, *, at_beginning: bool = False) -> None:
        """Note where every channel stands as a block of acts is about to begin.

        `at_beginning`: nothing was done since the scenario began, so they begin where it does.
        """
        began, asked = (self._began, self._asked) if at_beginning else (None, self._journal.now())
        self._journal.append(Acted(self.ends(self._open) if began is None else began, asked))

    def ends(self, names: Iterable[str]) -> Mapping[str, Ends]:
        """Where channels end now, with one question to each broker."""
        ends: dict[str, Ends] = {}
        for channels in by_broker(c for c in map(self.get, names) if c.unwatchable is None):
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

        It was opened before the scenario began where its name could be foretold. PhraseError where
        it is there already, and another one.
        """
        given = {key: str(value) for key, value in cells.items() if value is not None}
        if name not in self._open:
            self.declare(Declaration.of_row(name, given, self._declared.get(name)))
        channel = self.get(name)
        there = replace(channel.declaration, broker=channel.broker_name)
        for key, value in given.items():
            if Declaration.of_row(name, {key: value}, there) != there:
                raise PhraseError(
                    f"The channel {quoted(name)} is there already, and not with {key} = {value}. "
                    "A channel is created once, as it was declared then; this one lives for the "
                    f"{self.lives(name)}."
                )

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
        """The physical name of a channel, be it there or not; of `orders.url` the fact `url`."""
        channel, _, fact = name.rpartition(".")
        if name not in self._declared and channel in self._declared:
            return self.get(channel).fact(fact, self.deadline())
        if name in self._absent and name in self._declared:
            return self.physical_of(name)
        return self.get(name).physical

    def physical_of(self, name: str) -> str:
        """The physical name that a channel has in its scope, whether or not it is there."""
        declaration = self._declared.get(name) or Declaration(name)
        return self._channels.physical(self.scope_of(name), declaration)

    def remove(self, name: str) -> None:
        """Make sure that a channel is not there, from now on to the scenario's end.

        PhraseError for one that other scenarios need too.
        """
        if (lives := self.lives(name)) != "scenario":
            why = "belongs to a service that lives" if name in self._lives else "lives"
            raise PhraseError(
                f"The channel {quoted(name)} {why} for the {lives}, so this scenario cannot be "
                "without it."
            )
        self.leave_out(name)
        if self._open.pop(name, None) is not None:
            self._channels.scope(self._scopes[lives]).remove(name)

    def known(self) -> Sequence[str]:
        """The names of all channels that can be spoken of."""
        return sorted(self._declared)

    def opened(self) -> Mapping[str, Channel]:
        """The channels that are there."""
        return self._open

    def end(self) -> None:
        """Let go of the scenario's channels, and delete those that were its own."""
        for channel in self._open.values():
            channel.note_in(None)
        self._open.clear()
        self._channels.close_scope(self._scopes["scenario"])

    def deadline(self) -> Deadline:
        """How long one answer of a broker may take."""
        return self._channels.deadline()
