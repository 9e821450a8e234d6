"""From a method to made-up rows: how many, what it needs, a look at what would come, a yes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.augment.amount import amount_flags
from engine.augment.endpoint import Endpoint, checked_url, checked_variable
from engine.augment.methods import Method
from engine.errors import UsageError
from tui.keys import Key, bindings
from tui.screens.ask import Ask, Choose
from tui.screens.augment_text import look_text, sending_text
from tui.screens.net import ErrorNet
from tui.screens.step import key_row
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from tui.screens.augment import AugmentScreen

KEYS = (
    Key("y,enter", "answer(True)", "make them", "make the candidates"),
    Key("n,escape,q", "answer(False)", "back", "nothing is made or sent"),
)
_RULES = (
    ("contractions,politeness,synonyms,frames", "correct English", "contractions, politeness, synonyms, frames"),
    ("contractions,politeness,synonyms,frames,casing", "and small letters", "as people write in a hurry"),
    ("contractions,politeness,synonyms,frames,typos", "and typos", "two letters exchanged, once in twelve words"),
    ("casing,typos", "small letters and typos alone", "in every language"),
)
_YES = "yes"


class LookScreen(ErrorNet, ModalScreen[bool | None]):
    """Examples, and what would be sent; dismissed with True for a yes."""

    CSS_PATH = "augment.tcss"
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, found: dict[str, Any]) -> None:
        """`found` is the document of `augment look`."""
        super().__init__()
        self._found = found
        self._possible = bool(found["wanted"] and (found["examples"] or found["request"]))

    def compose(self) -> ComposeResult:
        yield Painted([row((f"{self._found['method']}: so it would be", "head"))], id="title")
        yield Prose(look_text(self._found), id="text")
        yield Painted([key_row(KEYS if self._possible else KEYS[1:])], id="foot")

    def action_answer(self, yes: bool) -> None:
        if yes and not self._possible:
            return
        self.dismiss(True if yes else None)


class Ordering:
    """The questions of one order, asked by `screen`, and the commands that follow. start(method), looked(document)"""

    def __init__(self, screen: "AugmentScreen") -> None:
        self._screen = screen
        self._flags: tuple[str, ...] = ()

    def start(self, method: Method) -> None:
        """Asks what `method` needs, then how many."""
        self._flags = ("--method", method.name)
        asks = {"template": self._templates, "rules": self._rules, "back-translation": self._through}
        asks.get(method.name, self._how_many)()

    def looked(self, found: dict[str, Any]) -> None:
        """Shows what would come; makes it after a yes, and after a typed one where rows would leave the machine."""

        def answered(yes: bool | None) -> None:
            if yes and found["consent_needed"]:
                self._consent(found["sending"])
            elif yes:
                self._screen.act("augment", "make", *self._flags)

        self._screen.app.push_screen(LookScreen(found), answered)

    def endpoint(self, now: Endpoint | None) -> None:
        """Asks for the address, the model and the key's variable, and stores them."""
        why = [
            row("vLLM here: http://localhost:8000/v1 · Ollama here: http://localhost:11434/v1"),
            row("A hosted one: https://HOST/v1. Nothing is sent now, and never without a look and a yes."),
        ]
        question = Ask("Which address?", why, now.url if now else "", checked_url)
        self._screen.ask(question, lambda url: self._model(url.strip(), now))

    def _model(self, url: str, now: Endpoint | None) -> None:
        why = [row("As the server calls it: llama3.2 with Ollama; the path or name given to vLLM.")]
        question = Ask("Which model?", why, now.model if now else "", _needed)
        self._screen.ask(question, lambda model: self._key(url, model.strip(), now))

    def _key(self, url: str, model: str, now: Endpoint | None) -> None:
        why = [
            row("The NAME of an environment variable, such as MY_PROVIDER_KEY; never the key itself."),
            row("Empty where the server asks for none."),
        ]
        kept = now.key_env or "" if now and now.url == url else ""
        question = Ask("Which variable holds the key?", why, kept, _a_variable)

        def store(name: str) -> None:
            key = ("--key-env", name.strip()) if name.strip() else ("--no-key",)
            self._screen.act("augment", "endpoint", "--url", url, "--model", model, *key)

        self._screen.ask(question, store)

    def _templates(self) -> None:
        rows = [
            row((f"{'slots that are found':<24}", "strong"), "values that vary between rows that are else alike"),
            row((f"{'a file of templates':<24}", "strong"), "questions with {slots} and lists of values, in TOML"),
        ]

        def chosen(number: int) -> None:
            if number == 0:
                self._how_many()
            else:
                why = [row('[values] city = ["Bern", "Cork"]   [[template]] prompt = "I live in {city}."')]
                self._screen.ask(Ask("Which file?", why, check=_a_file), self._file)

        self._screen.choose(Choose("Which slots?", rows), chosen)

    def _file(self, path: str) -> None:
        self._flags += ("--templates", str(Path(path.strip()).expanduser()))
        self._how_many()

    def _rules(self) -> None:
        rows = [row((f"{name:<32}", "strong"), means) for _, name, means in _RULES]

        def chosen(number: int) -> None:
            self._flags += ("--rules", _RULES[number][0])
            self._how_many()

        self._screen.choose(Choose("Which rules?", rows), chosen)

    def _through(self) -> None:
        def typed(language: str) -> None:
            self._flags += ("--through", language.strip())
            self._how_many()

        why = [row("The question is translated into it and back. A language that is far away changes more.")]
        self._screen.ask(Ask("Through which language?", why, "French", _needed), typed)

    def _how_many(self) -> None:
        why = [
            row("A number, or a share of train such as 10 %: candidates of this method, with those that are there."),
            row("Few are enough to judge a method by. At most 3 are made of one row, and half of train."),
        ]

        def typed(text: str) -> None:
            self._flags += amount_flags(text)
            self._screen.act("augment", "look", *self._flags)

        self._screen.ask(Ask("How many?", why, "10 %", amount_flags), typed)

    def _consent(self, sending: dict[str, Any]) -> None:
        why: Sequence[Row] = [*sending_text(sending), row(("Type yes to send them; esc sends nothing.", "strong"))]

        def typed(text: str) -> None:
            self._screen.act("augment", "make", *self._flags, "--consent")

        self._screen.ask(Ask("May these rows leave this machine?", why, check=_a_yes), typed)


def _a_variable(text: str) -> None:
    if text.strip():
        checked_variable(text.strip())


def _a_yes(text: str) -> None:
    if text.strip().lower() != _YES:
        raise UsageError("that is not yes", hint="type yes, or leave with esc: nothing is sent")


def _needed(text: str) -> None:
    if not text.strip():
        raise UsageError("nothing was typed", hint="type it, or leave with esc")


def _a_file(text: str) -> None:
    if not Path(text.strip()).expanduser().is_file():
        raise UsageError("no such file", hint="type the path of a TOML file; ~ is your home folder")
