"""Break-even is where the arms cost the same, each time they do, though a further replica makes the cost jump."""

from dataclasses import replace

from hypothesis import assume, example, given
from hypothesis import strategies as st

from engine.costs import break_even, model, serving
from engine.costs.levers import Numbers
from engine.costs.terms import SECONDS_PER_MONTH, Capacity, Rates, Terms
from tests.unit.cost_cases import CLASSIFIER, HAIKU, SELF_HOSTED, TERRA


def stepped(room: float, price: float, upfront: float, gain: float = 0.001) -> tuple[Numbers, Terms]:
    """A tuned model that saves `gain` a request; a replica carries `room` requests a month for `price` a month, and
    `upfront` a month is to be earned besides."""
    numbers = replace(
        CLASSIFIER,
        static_prompt_tokens=0,
        tuned_static_prompt_tokens=0,
        dynamic_prompt_tokens=1000,
        output_tokens=1,
        peak_to_mean=1,
        gpu_hour_price=price / 730,
        rows=0,
        engineering_hours=0,
        evaluation_cost=upfront * 12,
    )
    capacity = Capacity(SECONDS_PER_MONTH / room / 1000, 0.0, 0.0)
    return numbers, Terms(Rates(input=gain * 1000), Rates(), serves_by_hour=True, capacity=capacity)


def net(numbers: Numbers, terms: Terms, requests: float) -> float:
    return model.outcome(replace(numbers, requests_per_month=requests), terms).net


def pays(found: tuple[break_even.Crossing, ...], requests: float) -> bool:
    """What the crossings say of a volume: the way of the last one below it."""
    ways = ["stops", *(crossing.way for crossing in found if crossing.requests < requests)]
    return ways[-1] == "pays"


def room_for(found: tuple[break_even.Crossing, ...], requests: float) -> bool:
    return all(abs(crossing.requests - requests) > 1e-6 * requests for crossing in found)


STEPPED = st.builds(
    stepped,
    room=st.floats(1e3, 1e6),
    price=st.floats(1.0, 1000.0),
    upfront=st.floats(0.01, 5000.0),
)


@given(STEPPED, st.floats(1.0, 1e8))
@example(stepped(room=1e6, price=900, upfront=450), 4.2e6)
def test_the_crossings_say_at_every_volume_which_arm_is_the_cheaper(
    case: tuple[Numbers, Terms], requests: float
) -> None:
    found = break_even.crossings(*case)
    assume(len(found) < break_even.PLATEAUS and room_for(found, requests))
    plateau = requests * serving.load_per_request(*case)
    assume(abs(plateau - round(plateau)) > 1e-6)
    assert pays(found, requests) == (net(*case, requests) > 0)


@given(STEPPED)
@example(stepped(room=1e6, price=900, upfront=450))
def test_at_a_crossing_the_arms_cost_the_same_or_change_places(case: tuple[Numbers, Terms]) -> None:
    found = break_even.crossings(*case)
    for crossing in found:
        others = tuple(one for one in found if one is not crossing)
        assume(room_for(others, crossing.requests))
        below, above = (net(*case, crossing.requests * (1 + way * 1e-7)) for way in (-1, 1))
        assert (below <= 0 <= above) if crossing.way == "pays" else (below >= 0 >= above)
        at = replace(case[0], requests_per_month=crossing.requests * (1 - 1e-9))
        assert crossing.replicas == model.outcome(at, case[1]).replicas


def test_every_further_replica_may_undo_the_gain() -> None:
    """A replica costs 900 and carries what earns 1,000; 450 are to be earned besides."""
    found = break_even.crossings(*stepped(room=1e6, price=900, upfront=450))
    assert [(round(crossing.requests), crossing.way, crossing.replicas) for crossing in found] == [
        (4_950_000, "pays", 5),
        (5_000_000, "stops", 5),
        (5_850_000, "pays", 6),
        (6_000_000, "stops", 6),
        (6_750_000, "pays", 7),
        (7_000_000, "stops", 7),
        (7_650_000, "pays", 8),
        (8_000_000, "stops", 8),
        (8_550_000, "pays", 9),
        (9_000_000, "stops", 9),
        (9_450_000, "pays", 10),
        (10_000_000, "stops", 10),
        (10_350_000, "pays", 11),
        (11_000_000, "stops", 11),
        (11_250_000, "pays", 12),
        (12_000_000, "stops", 12),
        (12_150_000, "pays", 13),
        (13_000_000, "stops", 13),
        (13_050_000, "pays", 14),
    ]


def test_a_replica_that_costs_more_than_it_can_earn_never_pays() -> None:
    assert break_even.crossings(*stepped(room=1e6, price=1001, upfront=1)) == ()


def test_a_replica_that_just_earns_its_price_is_told_in_part() -> None:
    """It pays for good from the plateau on where every one before has earned enough: 2,000 crossings lie before."""
    found = break_even.crossings(*stepped(room=1e6, price=999, upfront=500))
    assert len(found) < 2 * break_even.PLATEAUS + 8
    assert found[0].requests < 501e6 and found[-1].way == "pays" and found[-1].requests > 1.49e9
    assert [crossing.requests for crossing in found] == sorted({crossing.requests for crossing in found})


def test_nothing_saved_on_a_request_means_never() -> None:
    assert break_even.crossings(SELF_HOSTED, replace(TERRA, baseline=Rates(), tuned=Rates(1.0, 1.0, 1.0))) == ()


def test_a_base_that_is_gone_leaves_no_time_to_pay_back() -> None:
    assert break_even.crossings(CLASSIFIER, replace(HAIKU, ends_in_months=0)) == ()
    assert model.outcome(CLASSIFIER, replace(HAIKU, ends_in_months=0)).net == -6204.0


def test_a_shutdown_within_the_horizon_moves_it_up() -> None:
    (late,), (soon,) = (break_even.crossings(CLASSIFIER, replace(HAIKU, ends_in_months=at)) for at in (99, 6))
    assert soon.requests > 1.9 * late.requests


def test_nothing_to_pay_back_pays_from_the_first_request() -> None:
    free = replace(CLASSIFIER, rows=0, engineering_hours=0, evaluation_cost=0)
    assert break_even.crossings(free, replace(HAIKU, storage_per_month=0)) == (break_even.Crossing(0.0, "pays", 0),)


def test_a_volume_that_nobody_has_is_never() -> None:
    dear = replace(CLASSIFIER, evaluation_cost=1e9, horizon_months=1)
    assert break_even.crossings(dear, replace(HAIKU, baseline=Rates(0.1, 0.1, 0.0001))) == ()


def test_the_worth_of_errors_counts_only_when_asked_for() -> None:
    numbers = replace(CLASSIFIER, value_per_avoided_error=1.0, error_rate_drop=0.02)
    (cash,), (both,) = (break_even.crossings(numbers, HAIKU, with_value=value) for value in (False, True))
    assert cash == break_even.crossings(CLASSIFIER, HAIKU)[0]
    found = model.outcome(replace(numbers, requests_per_month=both.requests), HAIKU)
    assert both.requests < cash.requests and abs(found.net_with_value) < 1e-6 < abs(found.net)


@given(st.floats(1e-6, 1e9), st.floats(1e-6, 1e9), st.floats(0, 1e6), st.floats(1e-300, 1.0))
def test_no_case_is_too_odd(room: float, price: float, upfront: float, gain: float) -> None:
    found = break_even.crossings(*stepped(room, price, upfront, gain))
    assert all(crossing.requests <= break_even.HIGHEST for crossing in found)
    assert len(found) < 2 * break_even.PLATEAUS + 10
