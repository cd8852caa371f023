"""A Society is a good Mesa model: Mesa's own tools work on it, and it can be copied and pickled."""

import copy
import inspect
import multiprocessing
import pickle
import warnings

import ipyvuetify
import mesa
import numpy as np
import pandas
import pytest
import solara
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.solara_viz import _check_model_params

from model.outcomes import NAMES
from model.society import ENGINES, Society
from tests.lively import lively, society_in_either_engine

society = society_in_either_engine  # the fixture of this file

SMALL = {"citizens": 30, "network.mean_degree": 8.0, "time.burn_in": 1, "time.ticks": 12, "population.official_share": 0.2}


# ---- the model ----


def test_everything_is_a_keyword_with_a_default():
    parameters = inspect.signature(Society).parameters.values()
    assert all(p.kind in (p.KEYWORD_ONLY, p.VAR_KEYWORD) for p in parameters if p.name != "parameters")
    assert all(p.default is not p.empty for p in parameters if p.kind != p.VAR_KEYWORD)
    assert "seed" not in inspect.signature(Society).parameters, "Mesa 3.5 warns of `seed`"
    assert Society.__mro__.index(mesa.Model) > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_society_is_made_and_run_without_a_warning(engine):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Society(rng=1, engine=engine, **SMALL).run(2)
    assert [str(warning.message) for warning in caught] == []


def test_mesas_clock_runs_with_the_ticks():
    society = Society(rng=1, **SMALL)
    assert (society.tick, society.steps, society.time, society.running) == (0, 0, 0.0, True)
    society.step()
    assert (society.tick, society.steps, society.time) == (1, 1, 1.0)
    society.run_for(3)
    assert (society.tick, society.steps, society.time) == (4, 4, 4.0)
    society.run_model()
    assert (society.tick, society.steps, society.running) == (12, 12, False)


def test_phase_by_phase_the_clock_runs_too(society):
    reference = Society(lively(), rng=1, engine=society.engine).run(4)
    tuple(society.run_phases())
    assert (society.tick, society.steps, society.time) == (reference.tick, reference.steps, reference.time)


def test_without_a_seed_mesa_draws_one_that_repeats_the_run():
    surprises = [Society(rng=None, **SMALL) for _ in range(2)]
    assert surprises[0].seed != surprises[1].seed
    assert Society(rng=surprises[0].seed, **SMALL).run().digest() == surprises[0].run().digest()


def test_mesas_own_generators_are_seeded_and_left_alone():
    """Whoever draws from model.random or model.rng does not disturb the society, nor the society them."""
    plain, disturbed = Society(rng=1, **SMALL), Society(rng=1, **SMALL)
    for _ in range(3):
        plain.step()
        disturbed.step()
        disturbed.random.random()
        disturbed.rng.random()
    assert plain.digest() == disturbed.digest()
    assert plain.random.random() == Society(rng=1, **SMALL).random.random()


# ---- DataCollector ----


def test_the_frame_of_the_data_collector_is_the_series(society):
    frame, series = society.datacollector.get_model_vars_dataframe(), society.series()
    assert isinstance(frame, pandas.DataFrame)
    assert tuple(frame.columns) == NAMES == tuple(series)[1:]
    assert len(frame) == society.tick == 3
    for name in NAMES:
        np.testing.assert_array_equal(frame[name].to_numpy(), series[name])
    society.step()
    assert len(society.datacollector.get_model_vars_dataframe()) == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_agent_reporters_report(engine):
    reporters = {"degree": "degree", "standing": lambda citizen: citizen.score, "rich": lambda citizen: citizen.wealth > 100}
    society = Society(lively(), rng=1, engine=engine, agent_reporters=reporters).run(3)
    frame = society.datacollector.get_agent_vars_dataframe()
    n = society.graph.citizens
    assert list(frame.columns) == list(reporters)
    assert frame.index.names == ["Step", "AgentID"]
    assert len(frame) == 3 * n
    last = frame.loc[3.0]
    assert last.index.tolist() == list(range(1, n + 1))
    assert last["degree"].tolist() == society.world.rows.degree.tolist()
    np.testing.assert_array_equal(last["standing"].to_numpy(), society.world.standing.score[0] / 1000)
    assert last["rich"].tolist() == (society.world.citizens.wealth > 100_000_000).tolist()
    assert society.digest() == Society(lively(), rng=1, engine=engine).run(3).digest(), "reporters are pure"


@pytest.mark.parametrize("engine", ENGINES)
def test_agent_reporters_report_phase_by_phase_too(engine):
    whole, parts = (Society(lively(), rng=1, engine=engine, agent_reporters={"wealth": "wealth"}) for _ in range(2))
    for _ in range(2):
        whole.step()
        tuple(parts.run_phases())
    assert parts.datacollector.get_agent_vars_dataframe().equals(whole.datacollector.get_agent_vars_dataframe())


# ---- batch_run ----


@pytest.fixture
def start_method():
    """Put back what Mesa's batch_run sets for the whole process."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.usefixtures("start_method")
def test_batch_run_gives_what_direct_runs_give():
    fixed = {name: value for name, value in SMALL.items() if name != "citizens"}
    rows = mesa.batch_run(
        Society,
        {"citizens": 30, "scheme.contact_weight": [0.0, 0.3], "exemption": 1.0, **fixed},
        rng=[1, 2, 3],
        number_processes=1,
        display_progress=False,
        max_steps=100,
    )
    assert [(row["rng"], row["scheme.contact_weight"]) for row in rows] == [(k, w) for k in (1, 2, 3) for w in (0.0, 0.3)]
    for row in rows:
        direct = Society(rng=row["rng"], exemption=1.0, **{"scheme.contact_weight": row["scheme.contact_weight"]}, **SMALL).run()
        assert row["Step"] == 12
        for name, values in direct.series().items():
            if name != "tick":
                np.testing.assert_equal(row[name], values[-1], name)
    assert len({(row["welfare"], row["score"]) for row in rows}) == 6


@pytest.mark.usefixtures("start_method")
def test_batch_run_gives_every_tick_and_every_citizen_when_asked_to():
    rows = mesa.batch_run(
        Society, {"agent_reporters": [{"degree": "degree"}], **SMALL}, rng=[5], number_processes=1, display_progress=False,
        data_collection_period=1, max_steps=4,
    )  # fmt: skip
    direct = Society(rng=5, **SMALL).run(4)
    assert [row["Step"] for row in rows] == [step for step in (1, 2, 3, 4) for _ in range(30)]
    assert [row["AgentID"] for row in rows[-30:]] == list(range(1, 31))
    assert [row["degree"] for row in rows[-30:]] == direct.agents.get("degree")
    assert [row["generalized_trust"] for row in rows[::30]] == direct.series()["generalized_trust"].tolist()


# ---- SolaraViz ----


PARAMS = {
    "citizens": 30,
    "network.mean_degree": 8.0,
    "time.ticks": 20,
    "contact_weight": {"type": "SliderFloat", "value": 0.3, "min": 0.0, "max": 1.0, "step": 0.1, "label": "Contact weight"},
    "scheme.reporting_reward": {"type": "SliderInt", "value": 10, "min": 0, "max": 50, "step": 1, "label": "Reward"},
    "rng": 42,
}


@pytest.fixture
def page():
    """Return a reactive Society, and the page that Mesa makes of it."""
    model = solara.reactive(Society(rng=1, **SMALL))

    @solara.component
    def Page():  # noqa: N802
        with solara.AppLayout():
            SolaraViz(model, components=[make_plot_component("generalized_trust"), make_plot_component("degree")], model_params=PARAMS)

    _, rendering = solara.render(Page(), handle_error=False)
    yield model, rendering
    rendering.close()


def click(rendering, label: str) -> None:
    (button,) = (button for button in rendering.find(ipyvuetify.Btn).widgets if button.children == [label])
    button.click()


def test_mesas_page_takes_the_parameters():
    assert _check_model_params(Society(rng=1, **SMALL), PARAMS) is None


def test_mesas_page_shows_a_society_and_steps_it(page):
    model, rendering = page
    labels = [slider.label for slider in rendering.find(ipyvuetify.Slider).widgets]
    assert {"Contact weight", "Reward"} <= set(labels)
    assert len(rendering.find(solara.widgets.widgets.GridLayout).widgets) <= 1
    click(rendering, "Step")
    click(rendering, "Step")
    assert model.value.tick == 2
    assert model.value.digest() == Society(rng=1, **SMALL).run(2).digest()


def test_mesas_page_makes_a_new_society_of_the_sliders(page):
    model, rendering = page
    click(rendering, "Step")
    click(rendering, "Reset")
    fresh = model.value
    assert (fresh.tick, fresh.seed, fresh.graph.citizens) == (0, 42, 30)
    (scheme,) = fresh.parameters.schemes
    assert (scheme.contact_weight, scheme.reporting_reward) == (0.3, 10.0)
    click(rendering, "Step")
    assert fresh.tick == 1


# ---- copies ----


@pytest.fixture(scope="module")
def uninterrupted():
    """The lively society after six ticks at a stretch; which engine made it makes no difference (test_engines.py)."""
    return Society(lively(), rng=1).run(6)


def test_a_pickled_society_goes_on_as_if_nothing_had_happened(society, uninterrupted):
    before = society.digest()
    restored = pickle.loads(pickle.dumps(society))
    assert restored.digest() == before
    assert restored.parameters == society.parameters
    assert restored.datacollector.society is restored
    restored.run(3)
    assert society.digest() == before
    assert (restored.tick, restored.steps, restored.time) == (6, 6, 6.0)
    assert restored.digest() == uninterrupted.digest()
    for name, values in uninterrupted.series().items():
        np.testing.assert_array_equal(restored.series()[name], values, name)
    assert restored.agents[3].model is restored
    assert restored.agents.get("wealth") == uninterrupted.agents.get("wealth")


def test_a_deep_copy_goes_on_independently(society, uninterrupted):
    before = society.digest()
    other = copy.deepcopy(society)
    other.run(3)
    assert (society.tick, society.digest()) == (3, before)
    assert society.steps == 3
    assert other.digest() == uninterrupted.digest()
    assert society.run(3).digest() == uninterrupted.digest()
    assert all(agent.model is other for agent in other.agents)
    assert other.datacollector.society is other
    for name, array in society.world._asdict().items():
        assert not isinstance(array, np.ndarray) or not np.shares_memory(array, getattr(other.world, name)), name


@pytest.mark.parametrize("engine", ENGINES)
def test_a_pickled_policy_still_applies(engine):
    policy = [(4, "exchange.loss", 0.5)]
    restored = pickle.loads(pickle.dumps(Society(lively(), rng=1, engine=engine, policy=policy).run(2)))
    assert restored.run(4).digest() == Society(lively(), rng=1, policy=policy).run(6).digest()
