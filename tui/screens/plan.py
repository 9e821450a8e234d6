"""Plan: the recipe, who chose each value and why, and the levers to change it."""

import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine.data.adopt import current
from engine.errors import UsageError
from engine.journey import STEPS, by_step
from engine.plan.choices import BUILT_IN_NAME, Choices, as_text, check_own, choices, chosen_by, model_folder
from engine.plan.estimate import Estimate, stored_estimate
from engine.plan.glossary import GLOSSARY, METHODS
from engine.plan.recipe import Recipe, planned
from engine.plan.settings import TUNABLE
from tui.keys import Key, bindings
from tui.screens.ask import Ask, Choose
from tui.screens.step import StepScreen
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

NEXT = "next"
"""The first line: what to do now. The others are named by the values of the recipe."""
WHO = {"yours": "yours", "card": "model's card", "rule": "rule"}


class PlanScreen(StepScreen):
    """Every change makes the plan again, by `plan` in the background, with all of the person's own values kept."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "plan.tcss"]
    STEP = "plan"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("m", "model", "model", "tune another model: the built-in one or a Hugging Face folder"),
        Key("d", "default", "default", "give the marked value back to its default"),
        Key("u", "undo", "undo", "take back the last change made here"),
        Key("t", "tokens", "tokens", "a row as the trainer will see it: what is learned, read, cut off", shown=False),
        Key("M", "method", "method", "LoRA or full fine-tuning", shown=False),
        Key("r", "again", "again", "plan again, with your values kept: when data or memory have changed", shown=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "The recipe decides all that training does. Each value has a reason: a rule of the field, the card that the "
        "model's makers put beside it, or you. Enter on a line changes it; your values are kept until d drops them. "
        "Steps and memory are estimated. The one-batch proof and the cost of the plan are not built yet."
    )

    def __init__(self) -> None:
        super().__init__()
        self._choices = Choices("lora", BUILT_IN_NAME, {})
        self._recipe: Recipe | None = None
        self._problem: UsageError | None = None
        self._estimate: Estimate | None = None
        self._undo: list[Choices] = []
        self._before: dict[str, Any] = {}
        """Values of the recipe before the last change."""
        self._then: Callable[[], object] = lambda: None
        """What follows when the plan that is being made is there."""

    def body(self) -> Iterable[Widget]:
        yield Painted(id="title", classes="title")
        yield Lines(id="recipe")
        yield Prose(id="detail")

    def reload_body(self) -> None:
        self._choices = choices(self.project)
        self._read_plan()
        names = self._names()
        self.query_one("#title", Painted).show([self._title()])
        self.query_one("#recipe", Lines).show([self._line(name) for name in names])
        self._show_detail()

    def _read_plan(self) -> None:
        self._recipe = self._estimate = self._problem = None
        if "plan" not in self.project.settings():
            return
        try:
            self._recipe = planned(self.project)
        except UsageError as error:
            # Changed by hand: the way out is a new plan, which this screen offers.
            self._problem = error
            return
        self._estimate = stored_estimate(self.project, self._recipe.hash())

    # What is shown.

    def _names(self) -> list[str]:
        return [NEXT, *(GLOSSARY if self._recipe else ("model", "method"))]

    def _title(self) -> Row:
        if self._estimate is None:
            return row((STEPS[self.STEP].asks, "head"))
        return row(("estimated: ", "strong"), self._estimate.said())

    def _line(self, name: str) -> Row:
        if name == NEXT:
            return self._next_line()
        who = self._who(name)
        changed = self._recipe is not None and name in self._before and self._before[name] != self._value(name)
        was = f"   was {as_text(self._before[name])}" if changed else ""
        # In one role: each change of role costs some forty bytes, at every key.
        return row((f"{name:<14} {self._short(name):<26} {who}{was}", "strong" if who == "yours" else ""))

    def _next_line(self) -> Row:
        if self._problem:
            return row(("Make a new plan", "strong"), f": {by_step(self._problem.message)}")
        if self._recipe is None:
            return row(("Make a plan", "strong"), f" from {self._sources()}")
        if self._stale():
            return row(("Plan again", "strong"), f": {self._gate_said()}")
        return row(("Go on: measure the base model", "strong"), " (Baseline)")

    def _sources(self) -> str:
        model = "the built-in model" if self._choices.model == BUILT_IN_NAME else f"the model {self._short('model')}"
        version = self.project.data_version()
        return f"data {version} and {model}" if version else f"{model}; but there is no data yet"

    def _stale(self) -> bool:
        return self._gate_state() in ("stale", "not checked")

    def _gate_state(self) -> str:
        return self.status.state if self.status else "not checked"

    def _gate_said(self) -> str:
        return by_step(self.status.items[0].text) if self.status else ""

    def _value(self, name: str) -> Any:
        if name == "model":
            return self._choices.model
        return getattr(self._recipe, name) if self._recipe else self._choices.method

    def _short(self, name: str) -> str:
        value = as_text(self._value(name))
        return value if len(value) <= 26 else f"…{value[-25:]}"

    def _who(self, name: str) -> str:
        if name == "model":
            return "default" if self._choices.model == BUILT_IN_NAME else "yours"
        if name == "data_version":
            return "project"
        return WHO[chosen_by(self._recipe.reasons[name])] if self._recipe else "rule"

    def _marked(self) -> str:
        names, cursor = self._names(), self.query_one("#recipe", Lines).cursor
        return names[min(cursor, len(names) - 1)]

    @on(Lines.Highlighted, "#recipe")
    def _show_detail(self) -> None:
        name = self._marked()
        self.query_one("#detail", Prose).show(self._about_plan() if name == NEXT else self._about(name))

    def _about(self, name: str) -> list[Row]:
        value = as_text(self._value(name))
        whole = [row(value)] if len(value) > 26 else []
        fits = [row(f"Fits: {TUNABLE[name].fits()}")] if name in TUNABLE else []
        why = self._recipe.reasons[name] if self._recipe else "LoRA first; the model that the project has chosen"
        return [row(f"{name}: {GLOSSARY[name]}"), *whole, row(f"Why: {why}"), *fits]

    def _about_plan(self) -> list[Row]:
        if self._problem:
            return [
                row((by_step(str(self._problem)), "bad")),
                row("Enter makes a new plan with the values that were yours."),
            ]
        own = [f"{name} {value}" for name, value in self._choices.own.items()]
        kept = [row(("Yours: ", "strong"), ", ".join(own))] if own else []
        if self._recipe is None:
            why = "The field's rules, the model's card, your rows and this machine's memory make a recipe."
            proposed = [row(("Proposed by the project: ", "strong"), ", ".join(own))] if own else []
            return [row(why), *proposed, row("Enter makes it, in a second or two; everything can be changed after.")]
        if self._estimate is None:
            return [row("No estimate is kept with this plan: r plans again and makes one."), *kept]
        method = row(("How the memory is estimated: ", "dim"), self._estimate.memory_method)
        return [row(("Estimated: ", "strong"), self._estimate.said()), method, *kept]

    def topic(self) -> list[Row]:
        name = self._marked()
        return self._about_plan() if name == NEXT else self._about(name)

    def copied(self) -> str:
        name = self._marked()
        if name == NEXT:
            return shlex.join(["tunewright", *self._choices.command(self._choices)])
        return as_text(self._value(name))

    # What is done.

    @on(Lines.Chosen, "#recipe")
    def _chosen(self) -> None:
        name = self._marked()
        if name == NEXT and self._recipe is not None and not self._stale():
            self.action_next()
        elif name == NEXT:
            self.action_again()
        elif name in ("model", "method"):
            self.action_model() if name == "model" else self.action_method()
        else:
            self._edit(name)

    def action_again(self) -> None:
        self._plan(self._choices, lambda: None)

    def _change(self, **changed: Any) -> None:
        """Plans again with something changed, which `u` takes back."""
        now = self._choices
        self._plan(replace(now, **changed), partial(self._undo.append, now))

    def _plan(self, wanted: Choices, then: Callable[[], object]) -> None:
        if self.wizard.work is None:
            self._then = then
            self._before = {name: self._value(name) for name in GLOSSARY} if self._recipe else {}
        self.act(*wanted.command(self._choices))

    def finished(self, command: Sequence[str], document: Any) -> None:
        self._then()

    def action_undo(self) -> None:
        if not self._undo:
            self.say("there is nothing to undo: no value was changed since this step was opened")
            return
        self._plan(self._undo[-1], self._undo.pop)

    def action_default(self) -> None:
        name = self._marked()
        if name not in self._choices.own:
            self.say("mark a value of yours first" if name == NEXT else f"{name} has its default already")
            return
        self._change(own={key: value for key, value in self._choices.own.items() if key != name})

    def action_tokens(self) -> None:
        from tui.screens.tokens import TokensScreen

        version = current(self.project)
        example = next(version.rows("train"), None) or version.row(0)
        self.app.push_screen(TokensScreen(example))

    def action_method(self) -> None:
        names = list(METHODS)
        rows = [row((f"{name:<6}", "strong"), says) for name, says in METHODS.items()]
        why = [row("The plan is made again for it; your values are kept.")]
        question = Choose("What is trained?", rows, why, names.index(self._choices.method))
        self.choose(question, lambda number: self._set_method(names[number]))

    def _set_method(self, method: str) -> None:
        if method != self._choices.method:
            self._change(method=method)

    def action_model(self) -> None:
        now = self._choices.model
        rows = [
            row(("built-in", "strong"), ": ships with Tunewright: small, offline, for learning the road"),
            row(("a folder", "strong"), ": a Hugging Face model: safetensors, tokenizer, chat template"),
        ]
        why = [row(("Now: ", "dim"), now), row("Another model makes the evidence stale that rested on this one.")]
        self.choose(Choose("Which model is tuned?", rows, why, int(now != BUILT_IN_NAME)), self._model_kind)

    def _model_kind(self, number: int) -> None:
        now = self._choices.model
        if number == 0:
            if now != BUILT_IN_NAME:
                self._change(model=BUILT_IN_NAME)
            return
        why = [row("It holds config.json, safetensors, tokenizer.json and a chat template. Nothing is downloaded.")]
        given = "" if now == BUILT_IN_NAME else now
        ask = Ask("Path of the model's folder?", why, given, model_folder)
        self.ask(ask, lambda text: self._change(model=str(model_folder(text))))

    def _edit(self, name: str) -> None:
        setting = TUNABLE.get(name)
        if setting is None:
            self.say(f"{name} follows from the project: it is no value to set")
        elif setting.choices:
            now = setting.choices.index(str(self._value(name)))
            rows = [row((one, "strong")) for one in setting.choices]
            ask = Choose(f"{name}?", rows, self._about(name), now)
            self.choose(ask, lambda number: self._set(name, setting.choices[number]))
        else:
            given = as_text(self._value(name))
            ask_text = Ask(f"{name}: {setting.fits()}", self._about(name), given, partial(check_own, name))
            self.ask(ask_text, lambda text: self._set(name, text.strip()))

    def _set(self, name: str, text: str) -> None:
        if text == as_text(self._value(name)):
            self.say(f"{name} is {text} already")
        else:
            self._change(own={**self._choices.own, name: text})
