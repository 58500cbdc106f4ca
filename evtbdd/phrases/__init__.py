"""Sentences for people, and the functions that they call."""

from evtbdd.phrases.data import Data, Row, Table
from evtbdd.phrases.register import step
from evtbdd.phrases.stage import Stage, stage_of

__all__ = ["Data", "Row", "Stage", "Table", "stage_of", "step"]
