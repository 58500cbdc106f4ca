"""The red examples of HTTP, webhooks and WebSockets: as test_red_examples.py for those of brokers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from acceptance.expected import expected_texts
from acceptance.project import Outcome, Project, Verdict, normal
from acceptance.web import SETTINGS, STEPS, WEB
from acceptance.web_examples import WEB_EXAMPLES, WEB_UNPROVEN, WebExample

FAULT = re.compile(r'FAULT == "([\w-]+)"|FAULT != "([\w-]+)"')
ON_DEAD_WEBHOOK = [each for each in WEB_EXAMPLES if each.then.startswith("the webhook ")]


def run(folder: Path, scenarios: Sequence[str]) -> Outcome:
    """What behave says of scenarios about the shop and the chat."""
    project = Project(folder)
    project.write("evtbdd.cfg", SETTINGS)
    project.write("steps/dead_steps.py", STEPS)
    project.write("features/red.feature", "Feature: Red\n\n" + "\n".join(scenarios))
    return project.behave()


@pytest.fixture(scope="module")
def with_faults(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example with its own fault."""
    scenarios = [each.scenario() for each in (*WEB_EXAMPLES, *WEB_UNPROVEN)]
    return run(tmp_path_factory.mktemp("faults"), scenarios)


@pytest.fixture(scope="module")
def on_dead_service(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example with a service that ends at the first request or message."""
    scenarios = [each.scenario_on_dead_service() for each in WEB_EXAMPLES]
    return run(tmp_path_factory.mktemp("service"), scenarios)


@pytest.fixture(scope="module")
def on_dead_webhook(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each example about the webhook, which does not listen any more."""
    scenarios = [each.scenario_on_dead_webhook() for each in ON_DEAD_WEBHOOK]
    return run(tmp_path_factory.mktemp("webhook"), scenarios)


def verdict(outcome: Outcome, example: WebExample) -> Verdict:
    """The verdict of an example, with what differs from run to run made alike."""
    assert example.name in outcome.verdicts, outcome.output
    found = outcome.verdicts[example.name]
    text = re.sub(r"after \d+\.\d\d s$", "after T s", normal(found.text), flags=re.MULTILINE)
    return Verdict(found.status, re.sub(r"asked \d+ times?", "asked N times", text))


@pytest.mark.parametrize("example", WEB_EXAMPLES, ids=lambda each: each.name)
def test_a_fault_fails_the_phrase_with_the_expected_text(
    example: WebExample, with_faults: Outcome
) -> None:
    """The verdict is "failed", and its text is the expected one."""
    found = verdict(with_faults, example)
    assert (found.status, found.text) == ("failed", expected_texts("web_failed")[example.name])


@pytest.mark.parametrize("example", WEB_UNPROVEN, ids=lambda each: each.name)
def test_what_cannot_be_said_is_an_error_with_the_expected_text(
    example: WebExample, with_faults: Outcome
) -> None:
    """The verdict is "error", and its text is the expected one."""
    found = verdict(with_faults, example)
    assert (found.status, found.text) == ("error", expected_texts("web_error")[example.name])


@pytest.mark.parametrize("example", WEB_EXAMPLES, ids=lambda each: each.name)
def test_a_dead_service_is_an_error(example: WebExample, on_dead_service: Outcome) -> None:
    """Whatever the phrase: that the service has ended, or cannot be reached, is told first."""
    found = verdict(on_dead_service, example)
    first = found.text.split("\n")[0]
    assert found.status == "error", found.text
    assert "ended with exit code 1" in first or "connection refused" in first


@pytest.mark.parametrize("example", ON_DEAD_WEBHOOK, ids=lambda each: each.name)
def test_a_dead_webhook_is_an_error(example: WebExample, on_dead_webhook: Outcome) -> None:
    """Whatever the phrase: what has not come proves nothing."""
    found = verdict(on_dead_webhook, example)
    assert (found.status, found.text) == (
        "error",
        'ServiceError: The webhook "payments" does not listen at HOST:PORT any more (Connection '
        "refused), so nothing can be said of what it has received.",
    )


def test_every_fault_is_described_and_used() -> None:
    """None is there that nothing depends on."""
    code = "".join((WEB / name).read_text(encoding="utf-8") for name in ("shop.py", "chat.py"))
    faults = {one or other for one, other in FAULT.findall(code)}
    rows = re.findall(r"^\| `([\w-]+)` \|", (WEB / "README.md").read_text("utf-8"), re.MULTILINE)
    used = {each.fault for each in (*WEB_EXAMPLES, *WEB_UNPROVEN)}
    assert sorted(rows) == sorted(faults)
    assert faults - used == {"crash-on-request", "crash-on-message"}
