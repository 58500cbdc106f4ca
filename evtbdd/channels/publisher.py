"""What the publishing phrases do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evtbdd.channels.batch import Batch
from evtbdd.channels.channel import Channel
from evtbdd.channels.drafts import draft_of, drafts_of
from evtbdd.channels.files import draft_from, find
from evtbdd.channels.message import Draft, encode
from evtbdd.channels.scenario import ScenarioChannels
from evtbdd.clock import pace
from evtbdd.errors import PhraseError, UnsupportedCapability
from evtbdd.events import Position, text_or_bytes
from evtbdd.journal import Journal, Published
from evtbdd.offers import Batches
from evtbdd.phrases import Data
from evtbdd.ports import Capability, Message
from evtbdd.tables import located
from evtbdd.values.store import Values
from evtbdd.words import quoted


@dataclass(frozen=True, slots=True)
class _Sent:
    channel: Channel
    message: Message
    type: str | None


class Publisher:
    """Publishes for one scenario, and notes what was stored.

    `headers` gives those that the next event has besides its own, where its broker has headers.
    """

    def __init__(
        self,
        channels: ScenarioChannels,
        journal: Journal,
        values: Values,
        folders: list[Path],
        headers: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._channels = channels
        self._journal = journal
        self._values = values
        self._folders = folders
        self._headers = headers
        self._last: _Sent | None = None
        self.last_batch: Batch | None = None

    def event(self, name: str, draft: Draft, data: Data) -> None:
        """Publish the one event that a step and what stands below it describe."""
        channel = self._channels.get(name)
        self._publish(channel, [self._draft_of(channel, draft, data)])

    def events(self, name: str, draft: Draft, data: Data) -> None:
        """Publish the events of a table, in its order."""
        channel = self._channels.get(name)
        self._publish(channel, list(drafts_of(data, _for(channel, draft), self._values)))

    def many(self, name: str, number: int, draft: Draft, data: Data, rate: int | None) -> None:
        """Publish an event so many times, placeholders made fresh each time."""
        channel = self._channels.get(name)
        if number < 2:
            raise PhraseError(
                f"{number} events are published: the number must be 2 or more; one event is "
                "published by: When an event is published"
            )
        for turn in pace(number, rate):
            del turn
            self._publish(channel, [self._draft_of(channel, draft, data)])
            self._values.next_event()

    def file(self, name: str, file: str, draft: Draft) -> None:
        """Publish the event, or the payload, in a JSON file."""
        channel = self._channels.get(name)
        self._publish(channel, [draft_from(find(file, self._folders), draft, self._values)])

    def bytes_of(self, name: str, file: str, draft: Draft) -> None:
        """Publish the content of a file as it is."""
        draft.raw = find(file, self._folders).read_bytes()
        self._publish(self._channels.get(name), [draft])

    def text(self, name: str, draft: Draft, data: Data) -> None:
        """Publish a docstring as it is, its placeholders replaced."""
        if data.text is None:
            filename, line = data.location
            raise PhraseError(f'{filename}:{line}: the text stands below the step, between """.')
        with located(*data.location):
            said = self._values.key(data.text)
        draft.raw = said.encode() if isinstance(said, str) else said
        self._publish(self._channels.get(name), [draft])

    def raw(self, name: str, draft: Draft) -> None:
        """Publish a draft that needs no data."""
        self._publish(self._channels.get(name), [draft])

    def batch(self, name: str, draft: Draft, data: Data) -> None:
        """Publish the events of a table with one request; some of them may be refused."""
        channel = self._channels.get(name)
        if not isinstance(channel.broker, Batches):
            raise UnsupportedCapability(
                f"The channel {quoted(name)} lies on {channel.broker.capabilities.broker}, which "
                "takes each event by itself; SQS takes batches."
            )
        drafts = list(drafts_of(data, _for(channel, draft), self._values))
        sent = self._encoded(channel, drafts, history=False)
        began = self._journal.now()
        self.last_batch = Batch.published(
            channel, channel.broker, [each.message for each in sent], self._channels.deadline()
        )
        for each, fate in zip(sent, self.last_batch.fates, strict=True):
            if isinstance(fate, Position):
                self._note(each, fate, began, history=False)

    def history(self, name: str, data: Data) -> None:
        """Publish events that lie before the scenario's beginning: services begin after them."""
        channel = self._channels.get(name)
        drafts = (
            list(drafts_of(data, _for(channel, Draft()), self._values))
            if data.table is not None
            else [self._draft_of(channel, Draft(), data)]
        )
        self._publish(channel, drafts, history=True)
        channel.recorded = channel.ends(self._channels.deadline())

    def again(self, number: int) -> None:
        """Publish what was published last once more, to the byte."""
        if self._last is None:
            raise PhraseError(
                'No step of this scenario has published an event, so there is no "same event".'
            )
        self._send(self._last.channel, [self._last] * number, history=False)

    def _draft_of(self, channel: Channel, draft: Draft, data: Data) -> Draft:
        return draft_of(data, _for(channel, draft), channel.declaration, self._values)

    def _publish(self, channel: Channel, drafts: Sequence[Draft], *, history: bool = False) -> None:
        self._send(channel, self._encoded(channel, drafts, history=history), history=history)

    def _encoded(
        self, channel: Channel, drafts: Sequence[Draft], *, history: bool
    ) -> Sequence[_Sent]:
        """All are encoded before the first is sent: a mistake in the third row publishes nothing."""
        if not history and Capability.HEADERS in channel.capabilities.can:
            for draft in drafts:
                draft.headers = {**self._headers(), **draft.headers}
        return [_Sent(channel, encode(draft, channel), draft.type) for draft in drafts]

    def _send(self, channel: Channel, sent: Sequence[_Sent], *, history: bool) -> None:
        for each in sent:
            began = self._journal.now()
            (position,) = channel.publish([each.message], self._channels.deadline())
            self._note(each, position, began, history=history)

    def _note(self, sent: _Sent, position: Position, began: float, *, history: bool) -> None:
        channel, key = sent.channel, text_or_bytes(sent.message.key)
        event = channel.published(sent.message, position)
        self._journal.append(
            Published(channel.name, position, sent.type, key, history, event, began)
        )
        if not history:
            self._last = sent


def _for(channel: Channel, draft: Draft) -> Draft:
    """The draft, with what can be said of an event on this channel's broker."""
    return replace(draft, takes=channel.broker.capabilities.properties)
