"""Tags that say for which brokers a feature or a scenario is: behave's active tags.

`@use.with_broker=kafka` has it run on Kafka alone, `@not.with_broker=sqs` on all but SQS; where there
are several brokers, `@use.with_broker.audit=rabbitmq` says which of them is meant.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from behave.tag_matcher import ActiveTagMatcher

from evtbdd.brokers.registry import kind, kinds
from evtbdd.errors import PhraseError, SettingsError
from evtbdd.provisioning.url import BrokerUrl
from evtbdd.settings.load import Settings
from evtbdd.words import listed, quoted, suggestion

LOG = logging.getLogger("behave")
CATEGORY = "broker"
MAIN = "main"


def skip_what_is_for_others(settings: Settings, features: Iterable[Any]) -> None:
    """Mark the features and scenarios that are for other brokers, and have behave say so.

    `@use.with_broker=…` without a name means the only broker, or the one called main. PhraseError
    for a tag that no broker could have.
    """
    names = settings.names("broker")
    urls = {name: settings.section("broker", name)["url"] for name in names}
    try:
        of_name = {name: kind(BrokerUrl.parse(url).scheme) for name, url in urls.items()}
    except SettingsError:
        return  # which every scenario that needs the broker tells
    tags = _Tags(of_name or {MAIN: "memory"})
    for feature in features:
        if not tags.skipped(feature, feature.tags):
            for scenario in feature.walk_scenarios():
                tags.skipped(scenario, scenario.effective_tags)


class _Tags:
    """Reads tags by what the brokers are, by their names."""

    def __init__(self, brokers: Mapping[str, str]) -> None:
        self._names = list(brokers)
        self._kinds = {f"{CATEGORY}.{name}": found for name, found in brokers.items()}
        meant = brokers[self._names[0]] if len(brokers) == 1 else brokers.get(MAIN)
        if meant is not None:
            self._kinds[CATEGORY] = meant
        self._matcher = ActiveTagMatcher(self._kinds)

    def skipped(self, each: Any, tags: Iterable[str]) -> bool:
        """Whether a feature or a scenario is for another broker, and marked so now."""
        grouped = self._matcher.group_active_tags_by_category(tags)
        ours = {of: [t for t, _ in pairs] for of, pairs in grouped if of.split(".")[0] == CATEGORY}
        written = [tag for several in ours.values() for tag in several]
        for category, several in ours.items():
            for tag in several:
                self._require_meant(f"{each.location}: @{tag}", category, tag.partition("=")[2])
        if not self._matcher.should_skip_with_tags(written):
            return False
        brokers = listed(f"{category} is {self._kinds[category]}" for category in ours)
        reason = f"it is tagged {listed(f'@{tag}' for tag in written)}, and {brokers}"
        # behave would say it again for each scenario of a feature.
        each.skip()
        each.skip_reason = reason
        LOG.warning("SKIP %s %s: %s", each.type, each.name, reason)
        return True

    def _require_meant(self, where: str, category: str, value: str) -> None:
        if category not in self._kinds:
            name = category.partition(".")[2] or MAIN
            near = suggestion(name, self._names, "brokers")
            raise PhraseError(f"{where}: no broker is called {quoted(name)}. {near}")
        if value not in kinds():
            near = suggestion(value, kinds(), "kinds")
            raise PhraseError(f"{where}: there is no kind of broker {quoted(value)}. {near}")
