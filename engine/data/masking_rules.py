"""What secrets look like: the shapes that issuers document for their keys, and assignments that name a secret.

The patterns are ours and run in RE2: linear time, whatever the text. The value is the first group that took part, else
the whole match. A shape decides by itself; an assignment is judged by its value, so that "Password: forgotten" stays.
"""

import re
from typing import Any, NamedTuple

MASK = "<SECRET:"

_KEY_LABEL = r"[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
_NAMES = (
    r"pass(?:word|wd|phrase|code)|passwort|kennwort|contraseña|mot de passe|pwd|secret|token|"
    r"(?:api|app|access|private|auth|account|signing|encryption|client)[_ -]?(?:key|secret)|credential|"
    r"connection_?string"
)
_QUOTED = r"\\*\"((?:[^\"\\\n]|\\[^\"]){4,}?)\\*\"|\\*'((?:[^'\\\n]|\\[^']){4,}?)\\*'|`([^`\n]{4,})`"


class Rule(NamedTuple):
    """One shape."""

    kind: str
    """As it stands in the mask."""
    fires: str
    """A cheap pattern: where it is not in a text, `pattern` is not tried."""
    pattern: str
    judged: bool = False
    """Whether the value must look like a secret too."""


def _shape(kind: str, pattern: str, fires: str | None = None) -> Rule:
    return Rule(kind, fires or pattern, pattern)


def _key(kind: str, pattern: str) -> Rule:
    """A shape that stands by itself, or after an underscore, as in the name of a file."""
    return Rule(kind, pattern, rf"(?:\b|_)({pattern})")


RULES = (
    _shape(
        "private_key",
        rf"(?s)-----BEGIN {_KEY_LABEL}.*?(?:-----END {_KEY_LABEL}|\z)",
        "-----BEGIN [A-Z0-9 ]*PRIVATE KEY",
    ),
    _shape("private_key", r"(?s)PuTTY-User-Key-File-[0-9]:.*?(?:Private-MAC: ?[0-9a-f]+|\z)", "PuTTY-User-Key-File"),
    _shape("private_key", r"\bAGE-SECRET-KEY-1[0-9A-Z]{40,}"),
    _shape("jwt", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}", "eyJ"),
    _key("aws_key", r"(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}\b"),
    _shape(
        "aws_secret",
        r"(?i)\baws[a-z_ .-]{0,30}[\"'`]?\s{0,3}(?::=|=>|[:=])\s{0,3}[\"'`]?([A-Za-z0-9/+]{40})\b",
        "(?i)aws",
    ),
    _key("google_key", r"AIza[0-9A-Za-z_-]{30,}|ya29\.[0-9A-Za-z_-]{20,}|GOCSPX-[0-9A-Za-z_-]{20,}"),
    _shape("azure_key", r"(?i)\b(?:AccountKey|SharedAccessKey|SharedSecretValue)\s?=\s?([A-Za-z0-9+/]{20,}={0,2})"),
    _shape("azure_key", r"[?&]sig=([A-Za-z0-9%+/_-]{20,}=*)", "[?&]sig="),
    _shape("azure_key", r"\b[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}", "[0-9]Q~"),
    _key("github_token", r"(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"),
    _key(
        "gitlab_token",
        r"(?:gl(?:pat|dt|rt|ptt|cbt|imt|ft|soat|agent)-[A-Za-z0-9_-]{16,}|GR1348941[A-Za-z0-9_-]{16,})",
    ),
    _shape(
        "slack_token",
        r"\bxox[abcdeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}|\bxapp-[0-9]-[A-Za-z0-9-]{10,}"
        r"|\bhooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{20,}",
    ),
    _key("stripe_key", r"[rsp]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9]{16,}"),
    _key("anthropic_key", r"sk-ant-[A-Za-z0-9_-]{16,}"),
    _shape("api_key", r"\bsk-[A-Za-z0-9_-]{16,}", "sk-"),
    _key("huggingface_token", r"(?:hf|api_org)_[A-Za-z0-9]{20,}"),
    _key("npm_token", r"npm_[A-Za-z0-9]{20,}"),
    _key("pypi_token", r"pypi-[A-Za-z0-9_-]{32,}"),
    _shape(
        "api_key",
        r"\b(?:gsk_|r8_|xai-|pplx-|dop_v1_|doo_v1_|dapi|shp(?:at|ca|pa|ss)_|sq0(?:atp|csp)-|lin_api_|ntn_|PMAK-|"
        r"dp\.(?:pt|st|ct)\.|glsa_|hv[sb]\.|tfe_|figd_|nvapi-|fw_|dckr_pat_|rubygems_|sntrys_|pat-na1-|EAAC)"
        r"[A-Za-z0-9_-]{20,}",
    ),
    _shape("api_key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|\b(?:SK|AC)[0-9a-f]{32}\b|\bkey-[0-9a-z]{32}\b"),
    _shape("bot_token", r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{32,33}\b", ":AA"),
    _shape("bot_token", r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}"),
    _shape("bot_token", r"\bdiscord(?:app)?\.com/api/webhooks/[0-9]{10,}/([A-Za-z0-9_-]{30,})", "api/webhooks"),
    _shape(
        "password_hash",
        r"\$(?:2[abxy]|1|5|6|y|apr1|argon2(?:id|i|d)|scrypt|pbkdf2[a-z0-9-]*)\$[./A-Za-z0-9$=,+]{20,}[./A-Za-z0-9+]",
    ),
    _shape("password", r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@\"'<>]*:([^\s/@]+)@", "://"),
    _shape("password", r"(?m)^[A-Za-z0-9.*-]+:(?:[0-9]{2,5}|\*):[^:\s]+:[^:\s]+:([^:\s]{4,})$"),
    _shape("password", r"(?i)\blogin\s+\S+\s+password\s+(\S{4,})", r"(?i)\blogin\s"),
    _shape("password", r"(?i)\bcurl\b[^\n|;]{0,200}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"']+:([^\s\"']{4,})", "(?i)curl"),
    Rule(
        "password",
        r"(?i)--[a-z-]*(?:pass|token|secret|key)",
        r"(?i)\s--[a-z-]*(?:password|passwd|passphrase|token|api-key|secret|secret-key|access-key)[ =][\"']?"
        r"([^\s\"'<$]{4,})",
        judged=True,
    ),
    Rule(
        "bearer_token",
        r"(?i)\b(?:bearer|basic)\s",
        r"(?i)\b(?:bearer|basic)\s+([A-Za-z0-9._~+/-]{16,}=*)",
        judged=True,
    ),
    Rule(
        "password",
        rf"(?i)(?:{_NAMES})[A-Za-z0-9_-]*\\*[\"'`]?\s*[:=]",
        rf"(?i)(?:\b|_)(?:{_NAMES})(?:[_-][A-Za-z0-9_-]+)?\\*[\"'`]?\s*(?::=|=>|[:=])\s*"
        rf"(?:{_QUOTED}|\\*[\"'`]?([^\s\"'`,;]{{4,}}))",
        judged=True,
    ),
    Rule(
        "password",
        r"(?i)\b(?:pass[a-z]+|pin|kennwort)\s+(?:is|was|ist|war|lautet|=)\s",
        r"(?i)\b(?:password|passwort|kennwort|passphrase|passcode|pin)\s+(?:is|was|ist|war|lautet|=)\s*:?\s*[\"'`]?([^\s\"'`,;]{4,})",
        judged=True,
    ),
)

NAMED = re.compile(rf"(?i)^(?:.*[_. -])?(?:{_NAMES})(?:[_-]?\d+)?$")
"""A key or column that names a secret: the value beside it is one."""
NAMED_FIRES = rf"(?im)^.{{0,64}}(?:{_NAMES})(?:[_-]?[0-9]+)?$"
_SOMETIMES = re.compile(r"(?i)(?:token|secret|credential)$")
"""Such a column may hold words, too, as in a text that is cut into tokens."""

_PLACEHOLDER = ("<", "{", "$", "***", "[", "%")
_EXPRESSION = re.compile(r"^!?[A-Za-z_][\w.]*[\[(]|^(?:self|this|os|process|config|settings|env|request|req|args)\.")
_NAME_AGAIN = re.compile(
    rf"(?i)^[\w.-]*(?:{_NAMES}|null|none|true|false|undefined|string|str|required|optional)[\w.-]*$"
)


def is_secret(match: Any, value: str) -> bool:
    """Whether what is assigned or stated is more than a word: in "Password: forgotten" it is not."""
    before = match[0][: match[0].rfind(value)]
    if value.startswith(_PLACEHOLDER) or _NAME_AGAIN.match(value.strip("\"'`.!?:()[],;")):
        return False
    if before.lower().lstrip().startswith(("bearer", "basic")) or re.search(r"\s(?:is|was|ist|war|lautet)\s", before):
        return any(character.isdigit() for character in value)
    if before[-1:] in "\"'`":
        return " " not in value or any(character.isdigit() for character in value) or "phrase" in before.lower()
    if _EXPRESSION.match(value):
        return False
    return "=" in before or "--" in before or not value.strip(".!?:()[]").replace("-", "").isalpha()


def is_named(key: str, value: str) -> bool:
    """Whether `value`, alone beside `key` in a record, is a secret by its key."""
    if len(value) < 4 or value.startswith(_PLACEHOLDER) or not NAMED.match(key) or _NAME_AGAIN.match(value):
        return False
    mixed = any(one.isdigit() for one in value) and any(one.isalpha() for one in value) and len(value) >= 8
    return mixed and " " not in value if _SOMETIMES.search(key) else True
