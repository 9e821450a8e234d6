"""Which destinations fit a project, and every reason why one does not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.project import Project
from engine.providers.entries import Destination
from engine.providers.figures import Ends
from engine.where.constraints import constrain
from engine.where.cost import Training, burn, training
from engine.where.destinations import (
    COLUMNS,
    Candidate,
    Constraints,
    candidate,
    candidates,
    constraints,
)
from tests.market import (
    BY_THE_HOUR,
    ENDS_SOON,
    HERE,
    MARKET,
    PER_TOKEN,
    PREVIEW,
    RENTED,
    TODAY,
    figure,
    source,
    tunable,
)

NOTHING = Constraints()


def judged(name: str, wanted: Constraints = NOTHING) -> Candidate:
    return candidate(MARKET, name, wanted, TODAY)


def test_what_fits_comes_first_then_by_kind_and_what_is_closed_is_last() -> None:
    found = candidates(MARKET, NOTHING, TODAY)
    ids = [one.destination.id for one in found]
    assert sorted(ids) == sorted(one.id for one in MARKET.destinations)
    assert [one.fits for one in found] == sorted((one.fits for one in found), reverse=True)
    assert ids[0] == "this-machine" and ids[-1] == "closed"
    fitting = [one.destination.kind for one in found if one.fits]
    assert fitting == [*["this machine"], *["service"] * (len(fitting) - 2), "rented GPU"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("closed", "closed: stopped in 2025 (as of 2026-11-01)"),
        ("gone", "ended on 2026-09-10"),
        ("unserved", "what is tuned there cannot be served: no endpoint takes it"),
        ("old", "existing customers only: since May (as of 2026-11-01)"),
    ],
)
def test_the_market_itself_excludes(name: str, why: str) -> None:
    one = judged(name)
    assert one.why_not == (why,) and one.refused == (() if name == "old" else (why,))


@pytest.mark.parametrize(
    ("name", "wanted", "why"),
    [
        ("tokens", Constraints(region="asia"), "region asia is not offered: us, eu"),
        ("tokens", Constraints(method="RFT"), "method RFT is not offered: LoRA, SFT, DPO"),
        ("tokens", Constraints(model_size_b=30), "no model of about 30B is tuned there: 8B, 70B"),
        ("tokens", Constraints(rows=9), "takes 10 rows or more, and the project has 9"),
        ("hours", Constraints(privacy="zero-retention"), "zero retention: no"),
        ("hours", Constraints(budget_month=2900), "$2,920 a month when left on, over the $2,900 for serving"),
        (
            "tokens",
            Constraints(budget=14, train_tokens=10e6),
            "a training costs about $15.00, over the budget of $14.00",
        ),
        (
            "rented-h100",
            Constraints(model_size_b=70),
            "70B by LoRA takes about 168 GB of GPU memory (estimated), and 160 GB are rented",
        ),
    ],
)
def test_a_constraint_excludes_with_its_reason(name: str, wanted: Constraints, why: str) -> None:
    one = judged(name, wanted)
    assert why in one.why_not and not one.refused


def test_every_reason_is_given_at_once() -> None:
    assert len(judged("hours", Constraints(region="asia", method="RFT", rows=2, budget_month=1)).why_not) == 4


def test_data_that_may_not_leave_refuses_every_destination_but_this_machine() -> None:
    found = candidates(MARKET, Constraints(privacy="here"), TODAY)
    assert [one.destination.id for one in found if one.fits] == ["this-machine"]
    assert all(one.refused for one in found if one.destination.data_leaves)


def test_what_fits_exactly_is_not_excluded() -> None:
    assert judged("tokens", Constraints(rows=10, region="eu", method="lora", model_size_b=16)).fits
    assert judged("tokens", Constraints(budget=15, train_tokens=10e6)).fits
    assert judged("hours", Constraints(budget_month=2920)).fits
    assert judged("rented-h100", Constraints(model_size_b=12)).fits


def test_hours_are_flagged_with_the_burn_of_all_gpus() -> None:
    assert month(BY_THE_HOUR) == pytest.approx(4 * 730)
    assert month(RENTED) == pytest.approx(3.99 * 2 * 730)
    assert month(PER_TOKEN) is None and month(HERE) is None
    of = "2 x H100 SXM with Qwen3 8B"
    assert judged("rented-h100").warnings == (f"billed by the hour, used or not: $5,825 a month for {of}",)
    assert "no source tells" in judged_with(replace(RENTED, serving=replace(RENTED.serving, per_hour=None))).warnings[0]


def month(one: Destination, wanted: Constraints = NOTHING) -> float | None:
    found = burn(MARKET, one, wanted, TODAY)
    return found.usd if found else None


@pytest.mark.parametrize("wanted", [Constraints(model_size_b=70), Constraints(model="Large-70B")])
def test_the_burn_is_that_of_the_gpus_which_the_model_needs(wanted: Constraints) -> None:
    """140 GB of weights do not fit into three quarters of two cards' 80 GB."""
    both = replace(MARKET, open_models=(replace(MARKET.open_models[0], id="large-70b", name="Large 70B"),))
    endpoint = replace(BY_THE_HOUR, serving=replace(BY_THE_HOUR.serving, gpu="h100"))
    found = burn(both, endpoint, wanted, TODAY)
    assert found is not None and (found.gpus, found.of) == (4, "4 x H100 SXM with Large-70B")
    assert found.usd == pytest.approx(4 * 4 * 730)
    with_it = replace(both, destinations=(endpoint,))
    assert candidate(with_it, "hours", wanted, TODAY).columns["serving_price"] == "$16.00/h $11,680/mo"
    small = candidate(with_it, "hours", NOTHING, TODAY)
    assert small.columns["serving_price"] == "$4.00/h $2,920/mo" and "1 x H100 SXM with Small-8B" in small.warnings[0]


def judged_with(one: Destination, wanted: Constraints = NOTHING) -> Candidate:
    return candidate(replace(MARKET, destinations=(one,)), one.id, wanted, TODAY)


@given(st.integers(-400, 800), st.sampled_from([1.0, 6.0, 12.0, 24.0]))
def test_an_end_refuses_when_it_is_past_and_is_flagged_within_the_horizon(days: int, horizon: float) -> None:
    end = Ends(TODAY + timedelta(days=days), source())
    catalogue = replace(MARKET, destinations=(replace(ENDS_SOON, ends=end),))
    one = candidate(catalogue, "soon", Constraints(horizon_months=horizon), TODAY)
    assert bool(one.refused) == (days <= 0)
    assert any("ends on" in text for text in one.warnings) == (0 < days * 24 / 730 < horizon)


def test_a_model_that_ends_is_named_and_where_all_end_the_destination_does() -> None:
    assert "Dying ends on 2026-12-24" in judged("preview").warnings
    assert not any("ends on" in text for text in judged("preview", Constraints(horizon_months=1)).warnings)
    ending = tunable("one", 1, 8, ends=Ends(date(2026, 11, 21), source()))
    assert "ended on 2026-11-21" in judged_with(replace(PREVIEW, models=(ending,))).refused


def test_what_training_costs_is_tokens_times_epochs_times_price_and_no_less_than_the_fee() -> None:
    def cost(one: Destination, wanted: Constraints) -> Training:
        found = training(MARKET, one, wanted, TODAY)
        assert found is not None
        return found

    wanted = Constraints(train_tokens=1e6, epochs=3)
    assert cost(PER_TOKEN, wanted).usd == pytest.approx(1.5)
    assert cost(PER_TOKEN, replace(wanted, model_size_b=70.0)).usd == pytest.approx(9.0)
    fee = replace(PER_TOKEN.models[0], minimum_fee=figure(4, "USD"))
    assert cost(replace(PER_TOKEN, models=(fee,)), wanted).usd == 4
    ranged = replace(fee, train=replace(figure(0.5, "USD per 1M tokens"), low=0.5, high=2.0))
    assert cost(replace(PER_TOKEN, models=(ranged,)), wanted).most == pytest.approx(6.0)
    assert training(MARKET, PER_TOKEN, NOTHING, TODAY) is None


def test_hours_of_a_rented_gpu_follow_from_its_speed() -> None:
    found = training(MARKET, RENTED, Constraints(train_tokens=1e9), TODAY)
    assert found is not None and "Qwen3 8B" in found.how
    # 4N FLOPs a token for LoRA: 8.2e9 x 4 at the share of 989 TFLOP/s that the estimate takes.
    per_s = float(found.how.split(" tokens/s")[0].rpartition(" ")[2].replace(",", ""))
    assert found.usd == pytest.approx(3e9 / per_s / 3600 * 3.99, rel=1e-3)
    assert 0.2 < per_s * 4 * 8.2e9 / 989e12 < 0.5 and "estimated" in found.how


def test_a_budget_that_cannot_be_checked_or_may_be_overrun_is_warned_of() -> None:
    tokens = Constraints(budget=5, method="SFT", rows=20, train_tokens=1e6)
    unpriced = replace(PREVIEW, models=(tunable("unpriced", None, None),))
    assert "budget of $5.00 cannot be held" in " ".join(judged_with(unpriced, tokens).warnings)
    ranged = replace(PER_TOKEN.models[0], train=replace(figure(0.5, "USD per 1M tokens"), low=0.5, high=2.0))
    one = judged_with(replace(PER_TOKEN, models=(ranged,)), tokens)
    assert one.fits and one.warnings == ("a training costs $1.50 to $6.00, and the budget is $5.00",)
    assert judged_with(replace(PER_TOKEN, models=(ranged,)), replace(tokens, budget=6.0)).warnings == ()


def test_the_columns_say_what_was_not_found_and_mark_what_one_source_says() -> None:
    texts = judged("hours").columns
    assert tuple(texts) == tuple(COLUMNS)
    assert texts["rows_maximum"] == texts["retention"] == "not found as of 2026-11-20"
    assert texts["training_price"] == "$0.50-$3.00/1M" and texts["serving_price"] == "$4.00/h $2,920/mo"
    assert judged("tokens").columns["serving_price"] == "$0.20/$0.60"
    assert judged("rented-h100").columns["training_price"] == "$7.98/h ~!"
    assert judged("unserved").columns["serving_price"] == "cannot be served"
    assert judged("soon").columns["ends"] == "2027-01-14"
    assert "its price page" in texts["source"] and texts["as_of"] == "2026-11-20"


def test_an_unknown_destination_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="tokenz") as error:
        judged("tokenz")
    assert "tokens" in error.value.hint


def test_constraints_are_kept_in_the_project_and_taken_back(project: Project) -> None:
    typed = {"region": "EU", "method": "lora", "model_size_b": "8b", "budget": "$1,500", "horizon_months": "6"}
    with project.changing("test"):
        kept = constrain(project, typed, MARKET)
    assert (kept.region, kept.method, kept.model_size_b, kept.budget, kept.horizon_months) == ("eu", "LoRA", 8, 1500, 6)
    assert constraints(project) == kept
    with project.changing("test"):
        assert constrain(project, {name: "any" for name in typed}, MARKET) == Constraints()
    assert "region" not in project.settings()["where"]


def test_every_impossible_constraint_is_named_and_none_is_kept(project: Project) -> None:
    typed = {"region": "mars", "budget": "-5", "model_size_b": "huge", "privacy": "secret", "method": "LoRa"}
    with pytest.raises(UsageError) as error:
        constrain(project, typed, MARKET)
    for said in ("region: 'mars'", "budget: '-5'", "model_size_b: 'huge'", "privacy: 'secret'"):
        assert said in error.value.message
    assert "eu, us" in error.value.hint and "where" not in project.settings()


def test_decides_answers_are_constraints(project: Project) -> None:
    project.set("decide", {"data_may_leave": "no", "training_budget": 200.0, "tuned_spend_per_month": 50.0})
    found = constraints(project)
    assert (found.privacy, found.budget, found.budget_month) == ("here", 200.0, 50.0)
    assert found.answered == {"privacy", "budget", "budget_month"}
    assert "as Decide has it" in candidate(MARKET, "tokens", found, TODAY).refused[0]
    with pytest.raises(UsageError, match="Decide says") as error:
        constrain(project, {"privacy": "any"}, MARKET)
    assert "tunewright decide" in error.value.hint
    constrain(project, {"budget": "300"}, MARKET)
    assert constraints(project).budget == 300 and "budget" not in constraints(project).answered


@pytest.mark.parametrize("line", ["budget = -3", "region = 7", 'privacy = "x"', "model_size_b = true", "budget = nan"])
def test_a_constraint_damaged_by_hand_is_said_with_its_place(project: Project, line: str) -> None:
    with open(project.settings_file, "a", encoding="utf-8") as file:
        file.write(f"\n[where]\n{line}\n")
    with pytest.raises(UsageError, match=line.split()[0]) as error:
        constraints(project)
    assert error.value.where == str(project.settings_file)
