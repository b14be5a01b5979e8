"""An export to the Hugging Face hub: a private repository, and only when somebody has asked for it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sosias.errors import SosiasError

NOT_LET_IN = (401, 403)
"""What the hub answers to somebody without a token, or with one that may not write there."""


class NoHub(SosiasError):
    """Nothing was sent to the hub, for it needs huggingface_hub, which is not installed: run pip install
    'sosias[train]'. The export lies in {folder}."""


class HubNotReached(SosiasError):
    """The hub cannot be reached, so nothing was sent: go online and run the same command with another folder;
    the export lies in {folder}."""


class HubRefused(SosiasError):
    """The hub does not let you write to {repo}: sign in with hf auth login, with a token that may write; the
    export lies in {folder}."""


class HubPublic(SosiasError):
    """The repository {repo} is there already and everybody can read it, so nothing was sent: name another
    one; the export lies in {folder}."""


class HubFailed(SosiasError):
    """The hub did not take the export ({what}); it lies in {folder}."""


class HubBrokeOff(SosiasError):
    """The sending of the export broke off ({what}), and part of it may lie at {url}: look there, and try
    again; all of it lies in {folder}."""


def publish(folder: Path, repo: str, write_down: Callable[[str], None]) -> dict[str, Any]:
    """Send an export's folder to the private repository `repo` of the hub; return where it is.

    `write_down` is given its address before anything is sent: what fails half-way lies there in part.

    Raises:
        NoHub, HubNotReached, HubRefused, HubPublic, HubFailed: nothing was sent.
        HubBrokeOff: not all of it was.
    """
    os.environ["HF_HUB_OFFLINE"] = "0"  # this is what was asked for; everywhere else it stays off
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    try:
        import huggingface_hub
    except ImportError as error:
        raise NoHub(folder=folder) from error
    hub, url = huggingface_hub.HfApi(), f"https://huggingface.co/{repo}"
    try:
        hub.create_repo(repo, private=True, exist_ok=True)
        private = hub.repo_info(repo).private
    except Exception as error:  # of several libraries, in several versions
        raise _error(error, folder, repo) from error
    if not private:
        raise HubPublic(repo=repo, folder=folder)
    write_down(url)
    try:
        hub.upload_folder(repo_id=repo, folder_path=str(folder), commit_message="A persona made with Sosias")
    except Exception as error:  # as above
        if _is_refusal(error):
            raise HubRefused(repo=repo, folder=folder) from error
        raise HubBrokeOff(what=_what(error), url=url, folder=folder) from error
    return {"repo": repo, "url": url, "private": True}


def _error(error: Exception, folder: Path, repo: str) -> SosiasError:
    """Return the sentence for what the hub's library raised."""
    if _is_refusal(error):
        return HubRefused(repo=repo, folder=folder)
    if _status(error) is None and _is_of_the_network(error):
        return HubNotReached(folder=folder)
    return HubFailed(what=_what(error), folder=folder)


def _is_refusal(error: Exception) -> bool:
    return _status(error) in NOT_LET_IN or type(error).__name__ == "LocalTokenNotFoundError"


def _status(error: Exception) -> int | None:
    return getattr(getattr(error, "response", None), "status_code", None)


def _what(error: Exception) -> str:
    return f"{type(error).__name__} {_status(error) or ''}".strip()


def _is_of_the_network(error: BaseException) -> bool:
    signs = ("ConnectError", "ConnectionError", "ConnectTimeout", "ReadTimeout", "ProxyError", "Offline")
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if any(sign in kind for sign in signs for kind in kinds):
        return True
    return error.__cause__ is not None and _is_of_the_network(error.__cause__)
