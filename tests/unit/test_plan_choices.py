"""What a person chose for the plan, the estimate kept beside it, and the plan as it is printed."""

from pathlib import Path

import pytest

from engine import cli
from engine.errors import ModelError, UsageError
from engine.plan.choices import Choices, check_own, choices, chosen_by, model_folder, own_values
from engine.plan.estimate import Estimate, store_estimate, stored_estimate
from engine.plan.glossary import GLOSSARY
from engine.plan.recipe import planned
from engine.plan.settings import FIXED, TUNABLE
from engine.project import Project
from tests.unit.tiny_model import write_model
from tests.worker.conftest import write_rows

CARD = '[lora]\nepochs = {value = 2, why = "measured over three seeds, on rows that were never trained on"}\n'


@pytest.fixture
def here(project: Project, tmp_path: Path) -> list[str]:
    """The options of a command on a project that can be planned."""
    write_rows(project, 24)
    project.set("model", {"path": str(write_model(tmp_path / "model", card=CARD))})
    return ["--project", str(project.root)]


def test_own_values_and_method_are_kept_when_asked(project: Project, here: list[str]) -> None:
    assert cli.main(["plan", *here, "--method", "full", "--set", "epochs=4", "--set", "max_steps=none"]) == 0
    assert own_values(project) == {"epochs": "4.0", "max_steps": "none"}
    assert cli.main(["plan", *here, "--keep", "--set", "seed=7", "--set", "epochs=5"]) == 0
    assert own_values(project) == {"epochs": "5.0", "max_steps": "none", "seed": "7"}
    assert planned(project).method == "full"
    assert cli.main(["plan", *here]) == 0
    assert own_values(project) == {} and planned(project).method == "lora"


def test_the_command_from_one_choice_to_another_makes_the_same_plan(project: Project, here: list[str]) -> None:
    assert cli.main(["plan", *here, "--set", "rank=4", "--set", "learning_rate=0.00003"]) == 0
    before, chosen = planned(project).values(), choices(project)
    assert cli.main(["plan", *here, "--method", "full", "--set", "epochs=2", "--set", "learning_rate=0.00003"]) == 0
    command = chosen.command(choices(project))
    assert command == ("plan", "--keep", "--method", "lora", "--set", "rank=4", "--default", "epochs")
    assert cli.main([*command, *here]) == 0
    assert planned(project).values() == before and choices(project) == chosen
    assert chosen.command(chosen) == ("plan", "--keep")


def test_only_a_value_that_can_be_set_is_given_back(here: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", *here, "--keep", "--default", "model"]) == 2
    assert "no value to set: model" in capsys.readouterr().err


def test_before_the_first_plan_the_project_proposes(project: Project) -> None:
    assert choices(project) == Choices("lora", "built-in", {})
    project.set("suggest", {"general_file": "g.jsonl"})
    assert choices(project).own == {"general_file": "g.jsonl"} and own_values(project) == {}
    project.set("plan", {"method": "full", "reasons": "none of them"})
    assert choices(project) == Choices("full", "built-in", {})


def test_every_voice_has_its_name() -> None:
    assert chosen_by("yours; without it: 2 (field: 3)") == "yours"
    assert chosen_by("the model's card: measured") == "card"
    assert chosen_by("field: 3, and 2 from 10,000 rows on") == "rule"


def test_every_value_is_explained() -> None:
    assert set(GLOSSARY) == {*TUNABLE, *FIXED} - {"model_fingerprint", "general_sha256"}


def test_a_value_is_checked_before_it_is_planned_with() -> None:
    check_own("epochs", " 2.5 ")
    check_own("max_steps", "none")
    with pytest.raises(UsageError, match=r"from 0\.01 to 1000"):
        check_own("epochs", "many")


def test_a_model_folder_is_found_from_the_home_folder(home: Path, tmp_path: Path) -> None:
    write_model(home / "mine")
    assert model_folder(" ~/mine ") == home / "mine"
    for wrong in ("", "~/none", str(tmp_path)):
        with pytest.raises(ModelError, match="no model folder"):
            model_folder(wrong)


def test_the_estimate_belongs_to_its_recipe_alone(project: Project) -> None:
    estimate = Estimate(20, 1000, 10, 2**30)
    assert stored_estimate(project, "abc") is None
    store_estimate(project, estimate, "abc")
    assert stored_estimate(project, "abc") == estimate and stored_estimate(project, "def") is None
    assert estimate.said() == "20 steps; 10 trained numbers (1.0%); 1.0 GiB memory"
    project.set("estimate", {"steps": "many"})
    assert stored_estimate(project, "abc") is None


def test_a_value_is_a_line_of_the_terminal_unless_reasons_are_asked_for(
    here: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(["plan", *here, "--set", "rank=4"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(GLOSSARY) + 2 and max(map(len, printed)) <= 80
    assert printed[-1].startswith("rank") and "never trained on" not in "".join(printed)
    assert cli.main(["plan", *here, "--keep", "--reasons"]) == 0
    assert "never trained on" in " ".join(capsys.readouterr().out.split())
