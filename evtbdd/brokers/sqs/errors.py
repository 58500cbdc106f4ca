"""What SQS and SNS answer, and what that is to an author: one table, and nothing else.

The codes are those of the API references; an older protocol writes some with a prefix
(`AWS.SimpleQueueService.NonExistentQueue`). The driver's error stays the cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore import exceptions as driver
from botocore.parsers import ResponseParserError

from evtbdd.errors import BrokerError, BrokerUnavailable, PublishRefused

NO_QUEUE = frozenset({"NonExistentQueue", "QueueDoesNotExist"})
NO_TOPIC = frozenset({"NotFound", "NotFoundException"})
EXISTS = frozenset({"QueueNameExists", "QueueAlreadyExists"})
THROTTLED = frozenset(
    {
        "KmsThrottled",
        "RequestLimitExceeded",
        "RequestThrottled",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Nothing was done: it may be asked again, whatever it was."""

_WRONG_KEY = frozenset(
    {"InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException"}
)
_WRONG_SECRET = frozenset(
    {
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
    }
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException"})
_CREDENTIALS = _WRONG_KEY | _WRONG_SECRET | _EXPIRED

TABLE: tuple[tuple[frozenset[str], type[BrokerError], str], ...] = (
    (NO_QUEUE, BrokerError, "there is no such queue"),
    (NO_TOPIC, BrokerError, "there is no such topic"),
    (EXISTS, BrokerError, "the queue exists already"),
    (
        frozenset({"QueueDeletedRecently"}),
        BrokerError,
        "a queue of that name was deleted less than 60 seconds ago, and SQS wants that long before "
        "it is created again",
    ),
    (THROTTLED, BrokerUnavailable, "it is asked more often than it allows"),
    (_WRONG_KEY, BrokerUnavailable, "it does not know the access key"),
    (_WRONG_SECRET, BrokerUnavailable, "the secret key does not belong to the access key"),
    (_EXPIRED, BrokerUnavailable, "the credentials have expired"),
    (
        frozenset({"RequestExpired", "RequestTimeTooSkewed"}),
        BrokerUnavailable,
        "the clock of this machine is wrong",
    ),
    (
        frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError"}),
        BrokerError,
        "the user is not allowed to",
    ),
    (frozenset({"OverLimit"}), BrokerError, "a quota of it is used up"),
    (
        frozenset({"InvalidMessageContents"}),
        PublishRefused,
        "the payload holds signs that SQS does not carry",
    ),
    (
        frozenset({"MissingParameter", "MissingParameterException"}),
        BrokerError,
        "it lacks something; in a FIFO queue each event needs a group, which is its key",
    ),
    (
        frozenset({"ReceiptHandleIsInvalid", "MessageNotInflight"}),
        BrokerError,
        "the receipt handle is not valid any more: the event was deleted, or became visible again",
    ),
    (
        frozenset({"BatchRequestTooLong"}),
        PublishRefused,
        "the events of the batch are too large together",
    ),
    (
        frozenset({"TooManyEntriesInBatchRequest"}),
        PublishRefused,
        "a batch has 10 events at the most",
    ),
    (
        frozenset({"InvalidParameter", "InvalidParameterValue", "InvalidAttributeValue"}),
        BrokerError,
        "it refuses a value",
    ),
    (
        frozenset({"InternalError", "InternalFailure", "ServiceUnavailable"}),
        BrokerUnavailable,
        "it failed",
    ),
)


class Unanswered(BrokerUnavailable):
    """No answer came: what was asked may have been done all the same."""


def code(error: driver.ClientError) -> str:
    """The code of an answer, without a prefix."""
    return str(error.response.get("Error", {}).get("Code", "")).rpartition(".")[2]


def cause_code(error: BrokerError) -> str | None:
    """The code of the answer that led to an error of ours; None where it was no answer."""
    cause = error.__cause__
    return code(cause) if isinstance(cause, driver.ClientError) else None


def was_answered(error: BrokerError) -> bool:
    """Whether an answer led to it, be it from something else than was asked."""
    return isinstance(error.__cause__, driver.ClientError | ResponseParserError)


def status(error: driver.ClientError) -> int:
    """The HTTP status of an answer."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def answered(
    error: driver.ClientError, kind: str, address: str, doing: str, refusal: type[BrokerError]
) -> BrokerError:
    """The error to raise from an answer while `doing` (`create the queue "orders"`).

    `kind` is SQS or SNS; `refusal` is raised for what it refuses to do.
    """
    found = code(error)
    start = f"{kind} at {address} could not {doing}"
    if not found or found.isdigit():
        return BrokerUnavailable(
            f"{start}: something else than {kind} answers there (HTTP {status(error)})."
        )
    said = str(error.response["Error"].get("Message") or "").strip().rstrip(".")
    # What it says of credentials can be long, and nobody needs to see them.
    shown = found if not said or found in _CREDENTIALS else f"{found}: {said}"
    for codes, ours, reason in TABLE:
        if found in codes:
            return (refusal if ours is BrokerError else ours)(f"{start}: {reason} ({shown}).")
    if status(error) >= 500:
        return BrokerUnavailable(f"{start}: it failed ({shown}).")
    return refusal(f"{start}: it answered with an error ({shown}).")


def entry_refused(entry: Mapping[str, Any], address: str, doing: str) -> PublishRefused:
    """Why an entry of a batch was refused, while others were not."""
    found = str(entry.get("Code", "")).rpartition(".")[2]
    said = str(entry.get("Message") or "").strip().rstrip(".")
    reason = next((why for codes, _, why in TABLE if found in codes), "it is refused")
    shown = f"{found}: {said}" if said else found
    return PublishRefused(f"SQS at {address} could not {doing}: {reason} ({shown}).")


def failed(error: Exception, kind: str, address: str, doing: str) -> BrokerError:
    """The error to raise from one that the driver raised itself."""
    start = f"{kind} at {address} could not {doing}"
    if isinstance(error, driver.NoCredentialsError | driver.PartialCredentialsError):
        return BrokerUnavailable(
            f"{start}: there are no credentials; give security username and security password, or "
            "what boto3 itself reads (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile)."
        )
    if isinstance(error, ResponseParserError):
        return BrokerUnavailable(f"{start}: something else than {kind} answers there.")
    if isinstance(error, driver.ProfileNotFound):
        return BrokerUnavailable(f"{start}: {_clause(error)} (AWS_PROFILE).")
    return BrokerError(f"{start}: {_clause(error)}.")


def _clause(error: Exception) -> str:
    said = str(error).strip().rstrip(".") or type(error).__name__
    return said[0].lower() + said[1:]
