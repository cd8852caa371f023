"""Listings of what can be set: every parameter with its declaration, and a spec with all of its parameters written out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from experiments.specs.arms import CITIZENS, Arm, resolve, resolved_base
from experiments.specs.spec import ArmSpec, Spec, to_toml
from model.assign import CHOOSES_SCHEMES, PRESET, SCHEME_FILE, default_parameters
from model.institutions.reading import preset_names
from model.network.parameters import NAMED_NETWORKS
from model.parameters import as_dict, walk


def parameter_rows() -> list[dict[str, Any]]:
    """Return one row a parameter: name, default, low, high, choices, unit, meaning, source.

    `scheme.X` stands for the first scheme; its defaults are those of the default society's scheme.
    """
    default = default_parameters()
    names = ",".join(scheme.name for scheme in default.schemes)
    rows: list[dict[str, Any]] = [
        {
            "name": PRESET, "default": names, "low": None, "high": None, "choices": preset_names(), "unit": "name",
            "meaning": "the scoring scheme, or several separated by commas; `none` for a society without any",
            "source": "model/institutions/presets",
        },
        {
            "name": SCHEME_FILE, "default": "", "low": None, "high": None, "choices": None, "unit": "path",
            "meaning": "a TOML file that describes a scheme, or a combination of presets, in place of a preset",
            "source": "docs/own-scheme.md",
        },
    ]  # fmt: skip
    for declaration, value in walk(default):
        name = declaration.name.replace(f"schemes.{names}.", "scheme.", 1)
        choices = list(declaration.choices) if declaration.choices else None
        rows.append(
            {
                "name": name, "default": value, "low": declaration.low, "high": declaration.high, "choices": choices,
                "unit": declaration.unit, "meaning": declaration.meaning, "source": declaration.source,
            }
        )  # fmt: skip
    return sorted(rows, key=lambda row: row["name"].startswith("scheme."))


def written_out(spec: Spec) -> str:
    """Return the spec as TOML with every parameter of its base, its unit and meaning; running that gives the same results."""
    arms = resolve(spec)
    base = resolved_base(spec)
    chosen = [pair for pair in spec.base if pair[0] in CHOOSES_SCHEMES][-1:]
    from_file = bool(chosen) and chosen[0][0] == SCHEME_FILE
    rows: list[tuple[str, Any]] = chosen if from_file else [(PRESET, ",".join(scheme.name for scheme in base.schemes) or "none")]
    comments = {rows[0][0]: "the scoring scheme"}
    networks = [arm.parameters.network for arm in arms]
    sized_by_network = any(network.file or network.topology in NAMED_NETWORKS for network in networks)
    for declaration, value in walk(base):
        if declaration.name == CITIZENS and sized_by_network and CITIZENS not in {name for name, _ in spec.base}:
            continue  # the network sets it
        rows.append((declaration.name, value))
        comments[declaration.name] = f"{declaration.unit}: {declaration.meaning}"
    written = as_dict(base)
    own = tuple(_with_scheme_settings(spec, arm, _unlike(written, resolved)) for arm, resolved in zip(spec.arms, arms, strict=True))
    return to_toml(replace(spec, base=tuple(rows), arms=own), comments)


def _unlike(written: Mapping[str, Any], arm: Arm) -> dict[str, Any]:
    """Return the parameters of an arm's schemes that it would take from the written base, but has otherwise."""
    own = as_dict(arm.parameters)
    return {name: value for name, value in own.items() if name.startswith("schemes.") and written.get(name, value) != value}


def _with_scheme_settings(spec: Spec, arm: ArmSpec, unlike: Mapping[str, Any]) -> ArmSpec:
    """Return an arm with other schemes than the base's with the base's `scheme.X` settings, and what is `unlike`, among its own.

    Written out, the base names its own scheme (`schemes.NAME.X`): an arm with another one would not inherit that, and one with a
    combination in which the same scheme stands otherwise would.
    """
    own = dict(arm.settings)
    chosen = {name: value for name, value in own.items() if name in CHOOSES_SCHEMES}
    if not chosen or chosen.get(PRESET) == "none":
        return arm
    taken = {*own, *CHOOSES_SCHEMES}
    inherited = {name: value for name, value in spec.base if name.startswith("scheme.") and name not in taken}
    return replace(arm, settings=tuple({**chosen, **unlike, **inherited, **own}.items()))
