"""The model that is asked: any endpoint that speaks the chat completions protocol, chosen by the person alone.

[augment] of project.toml holds `endpoint` (https://host/v1), `model` and `key_env`, the name of the environment
variable with the key. The key itself is read when something is sent, and is written nowhere.
"""

import ipaddress
import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from engine.errors import UsageError
from engine.project import Project

SECTION = "augment"
KEYS = ("endpoint", "model", "key_env")
HINT = (
    "a local one: tunewright augment endpoint --url http://localhost:11434/v1 --model NAME (Ollama; vLLM: port 8000); "
    "a hosted one also needs --key-env VARIABLE, the environment variable with its key"
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where rows would be sent, and which model would answer."""

    url: str
    model: str
    key_env: str | None
    """Environment variable that holds the key; None: the server asks for none."""

    @property
    def host(self) -> str:
        """Name and port, without the rest of the address."""
        return urlsplit(self.url).netloc

    @property
    def loopback(self) -> bool:
        """Whether what is sent stays on this machine."""
        name = urlsplit(self.url).hostname or ""
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return name == "localhost"

    @property
    def encrypted(self) -> bool:
        return self.url.startswith("https:")

    @property
    def generator(self) -> str:
        """For the provenance of rows."""
        return f"{self.model} at {self.host}"


def endpoint(
    project: Project, url: str | None = None, model: str | None = None, key_env: str | None = None
) -> Endpoint | None:
    """The endpoint of project.toml, each part overridden by what is given; None when there is none.

    Raises UsageError when it is half configured or an address makes no sense.
    """
    stored = {name: project.text(SECTION, name) for name in KEYS}
    url, model = url or stored["endpoint"], model or stored["model"]
    # A key belongs to the server it is stored for, and goes to no other.
    key = key_env or (stored["key_env"] if url == stored["endpoint"] else None)
    if url is None:
        return None
    if not model:
        raise UsageError(f"no model is named for {_shown(url)}", hint="--model NAME, as the server calls it")
    return Endpoint(checked_url(url), model, checked_variable(key) if key else None)


def store(project: Project, chosen: Endpoint) -> None:
    """Writes the endpoint into project.toml; call it inside project.changing(). Raises UsageError for a key in it."""
    require_no_key(chosen)
    project.set(SECTION, {"endpoint": chosen.url, "model": chosen.model, "key_env": chosen.key_env})


def key_of(chosen: Endpoint) -> str | None:
    """The key. Raises UsageError when its variable is not set."""
    if chosen.key_env is None:
        return None
    key = os.environ.get(chosen.key_env, "").strip()
    if not key:
        hint = f"export {chosen.key_env}=... in the shell that runs tunewright, or choose another with --key-env"
        raise UsageError(f"the environment variable {chosen.key_env} holds no key", hint=hint)
    if not (key.isascii() and key.isprintable()):
        raise UsageError(f"what {chosen.key_env} holds is no key: it is not plain ASCII", hint="copy the key again")
    return key


def lacking(project: Project) -> str | None:
    """Why no model can be asked, in words; None when one can."""
    try:
        found = endpoint(project)
        if found is None:
            return "no endpoint is configured"
        key_of(found)
    except UsageError as error:
        return error.message
    return None


def checked_url(url: str) -> str:
    """`url` without a slash at its end. Raises UsageError for what is no address, or holds a password."""
    hint = "write it as http://localhost:8000/v1 or https://host/v1, without user and password"
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise UsageError("the endpoint is no address", hint=hint) from error
    plain = not any(character.isspace() or not character.isprintable() for character in url) and url.isascii()
    if not known or not plain or "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError(f"{_shown(url)} is no address of an endpoint", hint=hint)
    return url.rstrip("/")


def checked_variable(name: str) -> str:
    """`name` as that of an environment variable. Raises UsageError, which does not repeat it."""
    if not _VARIABLE.fullmatch(name):
        # What stands here may be the key itself: it is not repeated.
        hint = "give the NAME of an environment variable, such as MY_PROVIDER_KEY, never the key"
        raise UsageError("the key's variable is no name of one", hint=hint)
    return name


def require_no_key(chosen: Endpoint) -> None:
    """Raises UsageError, which does not repeat it, where a key was given as the address, the model or the variable."""
    from engine.data.masking import mask_text  # Its rules take longer to load than a screen may.

    given = {"address": chosen.url, "model's name": chosen.model, "name of the key's variable": chosen.key_env or ""}
    wrong = next((what for what, text in given.items() if mask_text(text) != text), None)
    if wrong:
        raise UsageError(f"the {wrong} holds what looks like a key", hint="keep the key in an environment variable")


def _shown(url: str) -> str:
    """`url` for a message: what may be a password in it stays out."""
    return url if "@" not in url else f"…@{url.rpartition('@')[2]}"
