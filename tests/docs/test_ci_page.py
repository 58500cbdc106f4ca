"""docs/ci.md: its YAML can be read, its commands and settings exist, its Kafka can be reached."""

from __future__ import annotations

import argparse
import configparser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from acceptance.project import Project, settings_of_shop
from behave.configuration import Configuration
from behave.formatter import _builtins, _registry
from docs.container import kafka_of
from docs.examples import alike, examples
from docs.page import ROOT, Page
from docs.workflows import in_prose, jobs, loaded, scripts, variables, walk, words
from packaging.requirements import Requirement

from evtbdd.brokers.security import of_settings
from evtbdd.cli.main import COMMANDS
from evtbdd.errors import BrokerUnavailable
from evtbdd.provisioning.local_kafka.cache import Cache
from evtbdd.provisioning.local_kafka.jars import VERSION
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings

PAGE = Page(ROOT / "docs" / "ci.md")
DOCUMENTS = loaded(PAGE)
WHOLE = [(block, job) for block, document in DOCUMENTS for job in jobs(document)]
BESIDE = [(block, job) for block, job in WHOLE if "services" in job]
SAID, SET = in_prose(PAGE)
LINES = [line for _, document in DOCUMENTS for line in scripts(document)]
OTHERS = {"apt-get", "pip"}


def settings(folder: Path, userdata: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    """Those of the shop and of the page, with overrides; SettingsError for one that means nothing."""
    (block,) = PAGE.blocks("ini")
    (folder / "setup.cfg").write_text(settings_of_shop(), encoding="utf-8")
    (folder / "evtbdd.cfg").write_text(block.text, encoding="utf-8")
    return Settings.load(folder, sections=SECTIONS, userdata=userdata, environ=environ)


def test_there_are_jobs_for_both_with_and_without_docker() -> None:
    """None of them was overlooked by what reads them here."""
    urls = [variables(job).get("EVTBDD_BROKER_MAIN_URL", "") for _, job in WHOLE]
    for url in ("kafka+embedded://", "kafka+local://"):
        assert urls.count(url) == 2
    assert len(BESIDE) == 2
    assert len(LINES) > 20


@pytest.mark.parametrize("line", [*LINES, *SAID])
def test_every_command_exists(line: str, tmp_path: Path) -> None:
    """With its options, and with the settings that it gives."""
    program, *arguments = words(line)
    if program == "evtbdd":
        parser = argparse.ArgumentParser(exit_on_error=False)
        commands = parser.add_subparsers()
        for command in COMMANDS:
            command.add_to(commands)
        parser.parse_args(arguments)
    elif program == "behave":
        config = Configuration(arguments, load_config=False)
        settings(tmp_path, config.userdata, {})
        _builtins.setup_formatters()
        assert all(map(_registry.is_formatter_valid, config.format or []))
    else:
        assert program in OTHERS


def test_a_wrong_command_would_be_noticed(tmp_path: Path) -> None:
    """What reads the commands here does not take everything."""
    for wrong in ("evtbdd sweeep", "evtbdd sweep --older-then 1", "behave --junitt", "bash x"):
        with pytest.raises((SystemExit, AssertionError, argparse.ArgumentError)):
            test_every_command_exists(wrong, tmp_path)


@pytest.mark.parametrize("block", range(len(DOCUMENTS)))
def test_every_variable_is_a_setting(block: int, tmp_path: Path) -> None:
    """None is misspelt, and its value can be meant."""
    settings(tmp_path, {}, _ours(variables(DOCUMENTS[block][1])))


def test_every_variable_of_the_text_is_a_setting(tmp_path: Path) -> None:
    """The same, outside of the blocks."""
    assert SET
    settings(tmp_path, {}, _ours(SET))


def _ours(given: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in given.items() if name.startswith("EVTBDD_")}


def test_the_profile_of_the_page_is_a_broker_with_a_user(tmp_path: Path) -> None:
    """Where the password is given, by either variable, and nowhere else."""
    for name in ("PASSWORD", "PASSWORD_FILE"):
        variable = f"EVTBDD_BROKER_MAIN_SECURITY_{name}"
        assert variable in PAGE.text
        (tmp_path / "given").write_text("a secret", encoding="utf-8")
        environ = {"EVTBDD_PROFILE": "cluster", variable: "given"}
        security = of_settings(settings(tmp_path, {}, environ), "main")
        assert security is not None
        assert security.username == "tester"
        assert security.password == {"PASSWORD": "given", "PASSWORD_FILE": "a secret"}[name]
    assert of_settings(settings(tmp_path, {}, {}), "main") is None


def test_the_extras_of_the_requirements_exist() -> None:
    """`pip install` would only warn of one that does not."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg")
    (block,) = PAGE.blocks("requirements")
    first, *_ = map(Requirement, block.text.split("\n"))
    assert first.name == "evtbdd"
    assert first.extras
    assert first.extras <= set(parser["options.extras_require"])


def test_what_is_cached_is_where_kafka_is_kept() -> None:
    """By its place, and by a name that changes with the version."""
    cached = [
        step.get("with", step)
        for _, job in WHOLE
        if variables(job).get("EVTBDD_BROKER_MAIN_URL") == "kafka+local://"
        for step in [*job.get("steps", []), *_listed(job.get("cache", []))]
        if "evtbdd" in str(step.get("with", step).get("key", ""))
    ]
    at_home, in_project = cached
    assert at_home["path"] == str(Cache.of({"HOME": "~"}).folder)
    (job,) = [job for _, job in WHOLE if in_project in _listed(job.get("cache", []))]
    home = job["variables"]["XDG_CACHE_HOME"].replace("$CI_PROJECT_DIR", "/project")
    (path,) = in_project["paths"]
    assert f"/project/{path}" == str(Cache.of({"XDG_CACHE_HOME": home}).folder)
    assert all(f"kafka-{VERSION}" in each["key"] for each in cached)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_reports_are_kept_from_where_they_are_written() -> None:
    """Also when the job is red."""
    for _, job in WHOLE:
        kept = [value for key, value in walk(job) if key in {"path", "paths", "junit"}]
        if "artifacts" in job:
            assert job["artifacts"]["when"] == "always"
            assert ["reports"] in kept
            assert "reports/*.xml" in kept
            assert any("--junit-directory reports" in line for line in scripts(job))
        for step in job.get("steps", []):
            if "upload-artifact" in step.get("uses", ""):
                assert step["if"] == "${{ !cancelled() }}"
                assert step["with"]["path"] == "reports"
                assert any("--junit-directory reports" in line for line in scripts(job))


def test_texts_are_those_of_the_page_of_errors() -> None:
    """Which is compared with what evtbdd says."""
    known = {alike(each.said) for each in examples(Page(ROOT / "docs" / "errors.md"))}
    texts = [alike(block.text) for block in PAGE.blocks("text")]
    assert len(texts) == 2
    assert set(texts) <= known


def container(job: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one service of a job, with its variables as `env`."""
    (each,) = job["services"] if isinstance(job["services"], list) else job["services"].values()
    return {"image": each.get("image") or each["name"], "env": each.get("env") or each["variables"]}


def test_what_kafka_tells_its_clients_is_what_the_job_is_told() -> None:
    """The address is the one in the URL; all else is the same on GitHub and GitLab."""
    rest = []
    for _, job in BESIDE:
        given = dict(container(job)["env"])
        told = given.pop("KAFKA_ADVERTISED_LISTENERS")
        assert told.partition("://")[2] == job_url(job).partition("://")[2]
        rest.append(given)
    assert rest[0] == rest[1]
    assert {container(job)["image"] for _, job in BESIDE} == {f"apache/kafka:{VERSION}"}


def job_url(job: Mapping[str, Any]) -> str:
    """Where the job is told that its Kafka is."""
    beside = {key: value for key, value in job.items() if key != "services"}
    return variables(beside)["EVTBDD_BROKER_MAIN_URL"]


FEATURE = """\
Feature: Shipping

  Scenario: shipped
    Given the service "shipping" is running
    When a tombstone is published to "orders" with key "ORD-1"
    Then a tombstone arrives on "shipments" with key "ORD-1"
"""


def run(folder: Path, url: str) -> Any:
    project = Project(folder)
    project.write("evtbdd.cfg", settings_of_shop())
    project.write("features/shipping.feature", FEATURE)
    return project.behave(timeout=120, EVTBDD_BROKER_MAIN_URL=url)


@pytest.fixture(scope="module", params=["localhost", "kafka"])
def beside(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """Each Kafka beside a job, by the host that it tells, and its port here."""
    (env,) = [container(job)["env"] for _, job in BESIDE if f"//{request.param}:" in job_url(job)]
    # A name that is known in the network of the containers is known nowhere else.
    told = {name: value.replace("//kafka:", "//kafka.invalid:") for name, value in env.items()}
    try:
        started = kafka_of(told)
        port = started.__enter__()
    except BrokerUnavailable as error:
        pytest.skip(str(error))
    yield request.param, port
    started.__exit__(None, None, None)


def test_kafka_beside_a_job_is_reached_or_says_the_wrong_address(
    beside: tuple[str, int], tmp_path: Path
) -> None:
    """From the machine itself: by `localhost`, and not where it tells the name of its container."""
    host, port = beside
    outcome = run(tmp_path, f"kafka://127.0.0.1:{port}")
    if host == "localhost":
        assert outcome.code == 0, outcome.output
        assert "1 scenario passed, 0 failed, 0 skipped" in outcome.output
    else:
        told = next(each for each in PAGE.blocks("text") if "sends its clients on" in each.text)
        (line,) = [line for line in outcome.output.split("\n") if line.startswith("HOOK-ERROR")]
        line = line.replace(f"kafka.invalid:{port}", "kafka.invalid:9092")
        assert alike(line) == alike(told.text.strip())
