"""Which samples a step means: `orders_total{status="ok"}`, as Prometheus writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from evtbdd.errors import PhraseError
from evtbdd.words import quoted, suggestion

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """A number that a service exposes under a name and labels."""

    name: str
    labels: Labels
    value: float

    def __str__(self) -> str:
        labels = ",".join(f"{name}={quoted(value)}" for name, value in sorted(self.labels.items()))
        return f"{self.name}{{{labels}}}" if labels else self.name


def samples(text: str) -> list[Sample]:
    """All samples of an exposition. ValueError where it is none."""
    return [
        Sample(sample.name, dict(sample.labels), float(sample.value))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]


@dataclass(frozen=True, slots=True)
class Selector:
    """A name, and labels that a sample must have; it may have others."""

    text: str
    name: str
    labels: Labels

    @classmethod
    def parse(cls, text: str) -> Selector:
        """Read it. PhraseError for what Prometheus would not write."""
        try:
            (sample,) = samples(f"{text} 1\n")
        except ValueError as error:
            raise PhraseError(
                f"{quoted(text)} is no metric; it is written as in orders_total or, with labels, "
                'orders_total{status=\\"ok\\"}.'
            ) from error
        return cls(text, sample.name, sample.labels)

    def total(self, among: Iterable[Sample]) -> float | None:
        """The sum of the samples that fit; None where none does."""
        fitting = [each.value for each in among if self._fits(each)]
        return sum(fitting) if fitting else None

    def _fits(self, sample: Sample) -> bool:
        return sample.name == self.name and self.labels.items() <= sample.labels.items()

    def near(self, among: Iterable[Sample]) -> str:
        """What it may have been meant for, in a sentence."""
        there = list(among)
        same = sorted(str(each) for each in there if each.name == self.name)
        if same:
            return f"There are {', '.join(same[:6])}{', …' if len(same) > 6 else ''}."
        return suggestion(self.name, {each.name for each in there}, "metrics")
