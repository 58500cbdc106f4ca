"""Events and payloads that lie in files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evtbdd.channels.message import Draft
from evtbdd.errors import PhraseError, UnknownName
from evtbdd.values.documents import DocumentError
from evtbdd.values.store import Values
from evtbdd.words import quoted

PARTS = {"payload", "key", "headers", "type"}


def find(name: str, folders: list[Path]) -> Path:
    """The file of that name, beside the feature or in the project."""
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    looked = " or ".join(str(folder / name) for folder in folders)
    raise PhraseError(f"There is no file {quoted(name)}: looked for {looked}.")


def draft_from(path: Path, base: Draft, values: Values) -> Draft:
    """The event in a JSON file: an object with `payload` (and `key`, `headers`), or the payload."""
    try:
        read = values.sent_document(path.read_text(encoding="utf-8"))
    except (PhraseError, UnknownName) as error:
        mistake = error.__cause__
        if not isinstance(mistake, DocumentError):
            raise type(error)(f"{path}: {error}") from error
        place = f"{path}:{mistake.line}:{mistake.column}"
        raise PhraseError(f"{place}: this is no JSON: {mistake.reason}.") from error
    except UnicodeDecodeError as error:
        raise PhraseError(f"{path}: this is no text in UTF-8: {error.reason}.") from error
    if not (isinstance(read, dict) and "payload" in read and set(read) <= PARTS):
        return Draft(base.type, base.key, base.routing_key, read, said_payload=True)
    return _whole(read, base, path)


def _whole(read: dict[str, Any], base: Draft, path: Path) -> Draft:
    headers = read.get("headers", {})
    if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
        raise PhraseError(f"{path}: headers must be an object of texts.")
    key, kind = read.get("key"), read.get("type")
    if not isinstance(key, str | None) or not isinstance(kind, str | None):
        raise PhraseError(f"{path}: key and type must be texts.")
    return Draft(
        base.type or kind,
        base.key if base.key is not None else key,
        base.routing_key,
        read["payload"],
        said_payload=True,
        headers=dict(headers),
    )
