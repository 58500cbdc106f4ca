"""Every stage of a start and of an end, and how a round knows that it was reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """A stage of the target, the service that a round is about.

    `act` is what the run does for it: begin the keeper, make a folder, start the target, let it be,
    stop it, kill it, or close the keeper. `side`, the keeper's or the run, is held at `point`, or the
    target where `hold` says;
    the stage is reached with the first line of the news that begins with `reached`. Where there is
    no `supervisor` or no `service` of the target's, that of another service is killed; where there
    is `none` at all, the keeper or the run.
    """

    name: str
    act: str
    reached: str = "held"
    point: str = ""
    side: str = "keeper"
    hold: str = ""
    supervisor: str = "target"
    service: str = "target"


STAGES = (
    Stage(
        "the keeper starts",
        "begin",
        point="call supervision.keeper work",
        supervisor="none",
        service="none",
    ),
    Stage(
        "a folder was made",
        "make",
        point="c_return pathlib* mkdir mkdir",
        side="run",
        supervisor="none",
        service="none",
    ),
    Stage(
        "before the supervisor is forked",
        "start",
        point="c_call supervision.keeper _supervise fork",
        supervisor="first",
        service="first",
    ),
    Stage(
        "the supervisor was forked",
        "start",
        point="call supervision.keeper _be_supervisor",
        supervisor="held",
        service="first",
    ),
    Stage(
        "before the command is forked",
        "start",
        point="c_call supervision.command start fork",
        service="first",
    ),
    Stage(
        "the command was forked", "start", point="call supervision.command _become", service="held"
    ),
    Stage(
        "before the command executes its program",
        "start",
        point="c_call supervision.command _become execve",
        service="held",
    ),
    Stage("the program has taken over and said nothing", "start", hold="before its first line"),
    Stage(
        "its readiness is asked for",
        "start",
        reached="asked for readiness",
        hold="before it listens",
    ),
    Stage("it is ready", "leave", reached="ready"),
    Stage("before it is asked to end", "stop", point="call supervision.tree ask_to_end"),
    Stage("it is within its grace", "stop", reached="asked to end", hold="within its grace"),
    Stage("it is being killed", "kill", point="c_call supervision.tree kill kill"),
    Stage(
        "it is gone and nobody was told",
        "kill",
        point="call supervision.supervisor _tell_gone",
        service="first",
    ),
    Stage(
        "the folders are removed",
        "close",
        point="call supervision.folders remove",
        supervisor="none",
        service="none",
    ),
)
VICTIMS = ("run", "keeper", "supervisor", "service")
KINDS = (
    "forks twice",
    "new session",
    "ignores SIGTERM",
    "floods its log",
    "closes stdout",
    "starts slowly",
    "sleeps before exec",
)


@dataclass(frozen=True)
class Case:
    """Who is killed at which stage of which kind of service, and the two that run beside it."""

    stage: Stage
    victim: str
    kinds: tuple[str, str, str]

    def __str__(self) -> str:
        return f"{self.victim} killed: {self.stage.name} ({self.kinds[0]})"


def case(number: int) -> Case:
    """Each stage with each victim in 60 rounds, and with each kind of service in 420."""
    stage, turn, kind = number % len(STAGES), number // len(STAGES), number % len(KINDS)
    others = (KINDS[(kind + step) % len(KINDS)] for step in (1 + turn % 3, 4 + turn % 3))
    return Case(STAGES[stage], VICTIMS[turn % len(VICTIMS)], (KINDS[kind], *others))
