"""Sends requests to an endpoint and takes nothing for granted of what comes back.

The openai client speaks the protocol; retries are ours, so that they can be counted and said. A reply is read up to a
size and a time, a redirect is not followed, and to this machine itself no proxy is used: rows go where the person was
told, and nowhere else.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.augment.endpoint import Endpoint, key_of
from engine.augment.prompts import Messages
from engine.data.jsontext import parse
from engine.data.masking import mask_text
from engine.errors import MissingDependencyError, ResourceError, UsageError
from engine.extras import pip_command
from engine.safe_text import one_line

TIMEOUT_S = 120.0
"""For one reply, from the request to its last byte; a small model on a CPU writes 300 words in that time."""
LONGEST = 4 * 2**20
"""Bytes of one reply; a long answer has some 20,000."""
TRIES = 5
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_RETRIED = {408, 409, 425, 429}
_HINTS = {
    400: "the server does not take the request: is --model the name of a chat model there?",
    401: "the key is missing or wrong: check the variable that --key-env names",
    403: "the key may not use this model",
    404: "check the address (most end in /v1) and the name of the model",
}


class _Answered(Exception):
    """The server answered with a status that is no success."""

    def __init__(self, status: int, wait_s: float | None, said: str) -> None:
        super().__init__(status)
        self.status, self.wait_s, self.said = status, wait_s, said


class Unusable(Exception):
    """A reply that is no chat completion: too long, no JSON, or without a message."""


@dataclass(slots=True)
class Asker:
    """ask(messages) -> the text of the reply. `close` it when done."""

    endpoint: Endpoint
    wait: Callable[[float], None] = time.sleep
    requests: int = 0
    """Sent so far, those that were sent again included."""
    again: int = 0
    """Sent again after a failure or a refusal for being too fast."""
    tokens: int = 0
    """As the server counts them; 0 where it does not."""
    _key: str | None = None
    _client: Any = None
    _body: bytes | None = b""
    """Of the last reply; None for one over LONGEST."""

    def ask(self, messages: Messages) -> str:
        """The reply's text, as it came; empty where the model said nothing.

        Raises Unusable for what is no chat completion, UsageError when the server does not take the request or the
        key, ResourceError when it cannot be reached or stays too busy for TRIES tries, MissingDependencyError without
        the openai client.
        """
        client = self._connected()
        attempt = 1
        while isinstance(reply := self._try(client, messages), _Answered):
            if attempt == TRIES:
                raise ResourceError(
                    f"{self.endpoint.host} {reply.said} ({TRIES} tries)",
                    hint="what was made is kept: run the command again when the server answers",
                )
            wait_s = _FIRST_WAIT_S * 2 ** (attempt - 1) if reply.wait_s is None else reply.wait_s
            self.wait(min(wait_s, _LONGEST_WAIT_S))
            attempt += 1
            self.again += 1
        return reply

    def close(self) -> None:
        """Ends the connections."""
        if self._client is not None:
            self._client.close()

    def _try(self, client: Any, messages: Messages) -> str | _Answered:
        """The reply, or what makes another try worth while."""
        import openai

        self.requests += 1
        try:
            with client.chat.completions.with_streaming_response.create(
                model=self.endpoint.model, messages=messages, extra_headers={"Accept-Encoding": "identity"}
            ):
                return self._text()
        except _Answered as answered:
            return self._judged(answered)
        except (openai.APITimeoutError, TimeoutError):
            return _Answered(0, None, f"did not answer within {TIMEOUT_S:.0f} s")
        except openai.APIConnectionError:
            return _Answered(0, None, "cannot be reached, or broke off its answer")

    def _judged(self, answered: _Answered) -> _Answered:
        """`answered` where another try may help. Raises UsageError where none will."""
        status, said = answered.status, self._without_key(answered.said)
        if status in _RETRIED or status >= 500:
            busy = "is too busy (429)" if status == 429 else f"answered with status {status}"
            return _Answered(status, answered.wait_s, busy)
        if 300 <= status < 400:
            hint = "give the address that it points to, if you trust it: rows are not sent after a redirect"
            raise UsageError(f"{self.endpoint.host} redirects to another address", hint=hint)
        hint = _HINTS.get(status, "the server's own words are above; check its log")
        raise UsageError(f"{self.endpoint.host} answered with status {status}: {said}", hint=hint)

    def _received(self, response: Any) -> None:
        """Takes the reply in while the client still waits for it: what breaks here is an error of the connection."""
        if response.status_code >= 300:
            said = next(response.iter_raw(1000), b"").decode("utf-8", "replace")
            raise _Answered(response.status_code, _seconds(response.headers.get("retry-after")), said)
        parts: list[bytes] = []
        size, until = 0, time.monotonic() + TIMEOUT_S
        for chunk in response.iter_raw(65_536):
            size += len(chunk)
            parts.append(chunk)
            if size > LONGEST:
                break
            if time.monotonic() > until:
                raise TimeoutError
        self._body = b"".join(parts) if size <= LONGEST else None

    def _text(self) -> str:
        if self._body is None:
            raise Unusable(f"the reply is longer than {LONGEST // 2**20} MiB")
        document = parse(self._body).value
        if not isinstance(document, dict):
            raise Unusable("the reply is no JSON object")
        usage = document.get("usage")
        total = usage.get("total_tokens") if isinstance(usage, dict) else None
        self.tokens += total if isinstance(total, int) and 0 < total < 2**32 else 0
        choices = document.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        message = first.get("message") if isinstance(first, dict) else None
        if not isinstance(message, dict):
            raise Unusable("the reply holds no message")
        content = message.get("content")
        return content if isinstance(content, str) else ""

    def _connected(self) -> Any:
        if self._client is None:
            try:
                import openai
            except ImportError as error:
                raise MissingDependencyError("not installed: openai", hint=pip_command("providers")) from error
            self._key = key_of(self.endpoint)
            http = openai.DefaultHttpxClient(
                follow_redirects=False,
                trust_env=not self.endpoint.loopback,
                event_hooks={"response": [self._received]},
            )
            self._client = openai.OpenAI(
                base_url=self.endpoint.url,
                api_key=self._key or "none",
                max_retries=0,
                timeout=TIMEOUT_S,
                http_client=http,
            )
        return self._client

    def _without_key(self, text: str) -> str:
        """`text` of the server, without the key and whatever else looks like a secret."""
        return one_line(mask_text(text.replace(self._key, "<key>") if self._key else text), 200)


def _seconds(said: str | None) -> float | None:
    """Retry-After in seconds; None where it is missing or a date."""
    return float(said) if said and said.isascii() and said.isdigit() and len(said) < 6 else None
