"""A file of the catalogue that is wrong is left out, each problem told at its key; the rest of the catalogue holds."""

from datetime import date
from pathlib import Path

import pytest

from engine.providers import catalogue
from engine.providers.entries import Catalogue

TODAY = date(2026, 11, 21)
GPUS = """
[sources.sheet]
text = "a data sheet"
as_of = 2026-11-01
confidence = "official"

[[gpus]]
id = "card"
name = "Card"
source = "sheet"
memory = 80
compute = 989.5
bandwidth = 3.35
"""
SELLER = """
[provider]
id = "seller"
name = "Seller"

[sources.page]
text = "seller.example/prices"
as_of = 2026-11-01
confidence = "transcribed"

[[models]]
id = "talker"
name = "Talker"
source = "page"
input = 0.1
cached_input = { value = 0.01, low = 0.005, high = 0.02, note = "by the month" }
output = 0.5
batch_discount = 0.5
tiers = [{ above = 1000, input = 0.2, output = 0.7 }]
ends = { on = 2027-01-14, note = "said early" }

[[destinations]]
kind = "rented GPU"
checked_on = 2026-11-20
source = "page"
status = "open"
status_about = "Open to anybody."
methods = ["LoRA"]
any_open_model = true
rows_minimum = 10
rows_maximum = { not_found = 2026-11-20 }
regions = ["eu"]
region = "Europe."
retention = { not_found = 2026-11-20 }
zero_retention = "No."
offers = [
    { id = "one", name = "One", gpu = "card", per_hour = 2.5 },
    { id = "eight", name = "Eight", gpu = "card", per_hour = { value = 2, source = "page" }, gpus_minimum = 8 },
]

[destinations.serving]
way = "own GPU"
about = "You run it."

[destinations.upload]
form = "openai"
source = "page"
commands = ["send FILE"]
"""


def read(folder: Path, seller: str = SELLER, gpus: str = GPUS) -> Catalogue:
    (folder / "gpus.toml").write_text(gpus, encoding="utf-8")
    (folder / "seller.toml").write_text(seller, encoding="utf-8")
    return catalogue.load(today=TODAY, folder=folder)


def test_a_sound_file_is_read_whole(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.problems == ()
    (talker,) = found.models
    assert talker.cached_input and (talker.cached_input.low, talker.cached_input.note) == (0.005, "by the month")
    assert talker.input.source.text == "seller.example/prices"
    assert talker.ends and talker.ends.on == date(2027, 1, 14)
    one, eight = found.destinations
    assert (one.id, one.serving.gpus_minimum, eight.id, eight.serving.gpus_minimum) == ("one", 1, "eight", 8)
    assert eight.serving.per_hour and eight.serving.per_hour.amount("USD per hour") == 2
    assert one.data_leaves and one.regions == ("eu",) and one.upload and one.upload.target is None


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("output = 0.5\n", "", "models[talker].output: missing"),
        ("input = 0.1\n", "input = 0.1\nimput = 0.2\n", "models[talker].imput: unknown key; the nearest is input"),
        ("input = 0.1\n", 'input = "0.1"\n', "models[talker].input: '0.1' is not a number of USD per 1M tokens"),
        ("input = 0.1\n", "input = true\n", "models[talker].input: True is not a number"),
        ("input = 0.1\n", "input = -0.1\n", "models[talker].input: -0.1 is not a number"),
        ("input = 0.1\n", "input = nan\n", "models[talker].input: nan is not a number"),
        ("input = 0.1\n", "input = inf\n", "models[talker].input: inf is not a number"),
        ('name = "Talker"\nsource = "page"', 'name = "T"\nsource = "pgae"', "models[talker].input: unknown source"),
        ('value = 2, source = "page"', 'value = 2, source = "x"', "destinations[1].offers[eight].per_hour.source"),
        ("low = 0.005", "low = 0.05", "models[talker].cached_input.value: 0.01 is outside 0.05 to 0.02"),
        ("note =", "nota =", "models[talker].cached_input.nota: unknown key; the nearest is note"),
        ("batch_discount = 0.5", "batch_discount = 50", "models[talker].batch_discount: 50 is no share"),
        ("as_of = 2026-11-01", "as_of = 2026-11-22", "sources.page.as_of: 2026-11-22 is in the future"),
        ("as_of = 2026-11-01", 'as_of = "2026-11-01"', "sources.page.as_of: '2026-11-01' is not a day"),
        ("as_of = 2026-11-01", "as_of = 2026-11-01T10:00:00Z", "sources.page.as_of: 2026-11-01 10:00:00+00:00 is not"),
        ("as_of = 2026-11-01\n", "", "sources.page.as_of: missing"),
        ('"transcribed"', '"yours"', "sources.page.confidence: 'yours' is not one of official"),
        ('text = "seller.example/prices"\n', "", "sources.page.text: missing"),
        ("above = 1000", 'above = "1k"', "models[talker].tiers[1].above: '1k' is not a number of tokens"),
        ("on = 2027-01-14, ", "", "models[talker].ends.on: missing"),
        ('"rented GPU"', '"rented"', "destinations[1].kind: 'rented' is not one of this machine, rented GPU, service"),
        ("2026-11-20 }\nreg", "2027-01-01 }\nreg", "destinations[1].rows_maximum.not_found: 2027-01-01 is in the fu"),
        ('["LoRA"]', '["Lora"]', "destinations[1].methods: 'Lora' is none of LoRA"),
        ('["eu"]', '["europe"]', "destinations[1].regions: 'europe' is none of us"),
        ("any_open_model = true", "any_open_model = 1", "destinations[1].any_open_model: 1 is not true or false"),
        ('["LoRA"]\n', '["LoRA"]\nmodels = [{ model = "m", name = "M" }]\n', "destinations[1].models: any_open"),
        ("gpus_minimum = 8", "gpus_minimum = 8.5", "destinations[1].offers[eight].gpus_minimum: 8.5 is not a whole"),
        ('way = "own GPU"', 'way = "free"', "destinations[1].serving.way: 'free' is not one of per token"),
        ('commands = ["send FILE"]', "commands = [1]", "destinations[1].upload.commands: [1] is not a list of texts"),
        ('gpu = "card", per_hour = 2.5', 'gpu = "cart", per_hour = 2.5', "one.gpu: unknown GPU 'cart'; known: card"),
        ('id = "eight"', 'id = "one"', "one.id: there is a destination of that id already"),
        ('[provider]\nid = "seller"\n', "[provider]\n", "provider.id: missing"),
        ('name = "Seller"', "name = ", "cannot be read: Invalid value"),
        ("[[models]]", "[models]", "models: {"),
    ],
)  # fmt: skip
def test_each_problem_is_told_at_its_key_and_the_rest_holds(
    tmp_path: Path, written: str, instead: str, told: str
) -> None:
    assert written in SELLER
    found = read(tmp_path, SELLER.replace(written, instead, 1))
    assert [problem for problem in found.problems if problem.startswith(f"seller.toml: {told}")], found.problems
    assert found.models == () and found.destinations == ()
    assert [gpu.id for gpu in found.gpus] == ["card"]


def test_all_problems_of_a_file_are_told_together(tmp_path: Path) -> None:
    wrong = SELLER.replace("output = 0.5\n", "").replace('"rented GPU"', '"rented"').replace('["eu"]', "7")
    assert len(read(tmp_path, wrong).problems) == 3


def test_a_problem_ends_with_the_next_thing_to_do(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, SELLER.replace("output = 0.5\n", "")).problems
    assert problem == "seller.toml: models[talker].output: missing; write a number of USD per 1M tokens from 0"


def test_prices_hold_where_the_cards_could_not_be_read(tmp_path: Path) -> None:
    found = read(tmp_path, gpus=GPUS.replace("memory = 80\n", ""))
    assert found.problems == ("gpus.toml: gpus[card].memory: missing; write a number of GB from 0",)
    nothing = read(tmp_path, gpus=GPUS.replace("memory = 80\n", "memory = 0\n"))
    assert "gpus[card].memory: 0 GB is impossible" in nothing.problems[0]
    one, _ = found.destinations
    assert one.serving.gpu is None and one.serving.per_hour and one.serving.per_hour.value == 2.5


def test_a_figure_without_any_source_is_refused(tmp_path: Path) -> None:
    without = SELLER.replace('name = "Talker"\nsource = "page"\n', 'name = "Talker"\n')
    assert any("models[talker].input: no source" in problem for problem in read(tmp_path, without).problems)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    found = read(tmp_path)
    assert [problem for problem in found.problems if problem.startswith("bad.toml: cannot be read")]
    assert [model.id for model in found.models] == ["talker"]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    assert read(tmp_path) is not None
    assert catalogue.load(today=TODAY, folder=tmp_path).models[0].input.value == 0.1
    assert read(tmp_path, SELLER.replace("input = 0.1\n", "input = 0.125\n")).models[0].input.value == 0.125


def test_an_empty_folder_is_an_empty_catalogue(tmp_path: Path) -> None:
    assert catalogue.load(today=TODAY, folder=tmp_path) == Catalogue((), (), (), (), ())


def test_how_to_upload_needs_a_source(tmp_path: Path) -> None:
    problems = read(tmp_path, SELLER.replace('source = "page"\n', "")).problems
    assert any("upload.source: no source" in problem for problem in problems)
