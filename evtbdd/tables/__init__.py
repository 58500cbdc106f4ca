"""What stands below a step, as values: fields of one event, rows of several, a document."""

from evtbdd.tables.documents import document
from evtbdd.tables.fields import Cell, Fields, one_event, several_events
from evtbdd.tables.located import located

__all__ = ["Cell", "Fields", "document", "located", "one_event", "several_events"]
