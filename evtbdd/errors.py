"""Everything that evtbdd raises.

::

    ExpectationFailed (AssertionError)  the system under test is wrong: behave says "failed"
    EvtbddError (Exception)             the rig is wrong: behave says "error"
    ├── SettingsError                   a setting or a declaration that cannot be meant
    ├── PhraseError                     a step that cannot be meant: its words, its table, its text
    ├── UnknownName                     a channel, service, placeholder, … that nobody declared
    ├── UnsupportedCapability           asked of a broker that cannot do it
    ├── BrokerError                     a broker did not do what it was asked
    │   ├── BrokerUnavailable           it cannot be reached, or was lost
    │   └── PublishRefused              it did not accept an event
    ├── DatabaseError                   a database did not do what it was asked
    │   └── DatabaseUnavailable         it cannot be reached, or was lost
    ├── ServiceError                    a service did not start, or is not there any more
    ├── Unproven                        a claim that nothing has contradicted, and nothing has proven
    └── NothingRan                      a run that tested nothing
"""

from __future__ import annotations


class ExpectationFailed(AssertionError):
    """What was expected of the system under test did not come true; the text is the whole report."""


class EvtbddError(Exception):
    """Whatever keeps evtbdd from reaching a verdict; the text is a sentence for the author."""


class SettingsError(EvtbddError):
    """A setting has a name that nobody knows, or a value that cannot be meant."""


class PhraseError(EvtbddError):
    """A step is written in a way that cannot be meant: its words, its place, its table or text."""


class UnknownName(EvtbddError):
    """A step or a setting names something that nobody declared."""


class UnsupportedCapability(EvtbddError):
    """A broker was asked for something that it does not promise; the text names what can."""


class BrokerError(EvtbddError):
    """A broker did not do what it was asked; the driver's error is the cause."""


class BrokerUnavailable(BrokerError):
    """A broker cannot be reached, or the connection to it was lost for good."""


class PublishRefused(BrokerError):
    """A broker did not accept an event; nothing of it was stored."""


class DatabaseError(EvtbddError):
    """A database did not do what it was asked; the driver's error is the cause."""


class DatabaseUnavailable(DatabaseError):
    """A database cannot be reached, or the connection to it was lost for good."""


class ServiceError(EvtbddError):
    """A service could not be started, did not get ready, or ended by itself."""


class Unproven(EvtbddError):
    """A claim about all or none that was neither contradicted nor proven: never a pass."""


class NothingRan(EvtbddError):
    """A run in which no scenario was carried out."""
