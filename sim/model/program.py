"""A scenario and one of its processes as records: names become numbers, levers become factors. No strings below this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.codes import Opening
from sim.model.draws import Draws, Parameters, owner_of
from sim.model.layout import Array, Place, Sizes, column, dtype_of
from sim.model.levers import MANDATE, factors_of, levers_of, pace_of
from sim.model.packages import Agenda, enumerate_agenda, outsiders_guess
from sim.model.reasons import NOBODY, Reason
from sim.model.records import Package, World
from sim.scenario import schema
from sim.scenario.behaviour import Behaviour
from sim.scenario.headline import headline
from sim.scenario.scenario import Scenario

NEVER = 1 << 20
"""A week that does not come."""


class _Asked:
    """Parameters that remember whether what was asked of them differs between worlds."""

    def __init__(self, parameters: Parameters, varying: set[str]) -> None:
        self.parameters, self.varying, self.varies = parameters, varying, False

    def __call__(self, path: str, default: float | None = None) -> Array | float:
        self.varies |= path in self.varying
        return self.parameters(path, default)


Number = Callable[[Any], Any]
"""Works out a number from parameters."""


@dataclass(frozen=True)
class TableOf:
    """What is the same of a table in all worlds, and in words."""

    name: str
    spec: schema.Table
    form: schema.Format
    agenda: Agenda
    units: tuple[str, ...]  # in the order of its record


class Program:
    """A process, ready to be filled with the numbers of any worlds."""

    def __init__(self, scenario: Scenario, process: str) -> None:
        file = scenario.file
        self.scenario, self.process = scenario, process
        self.sides = list(scenario.disputants)
        self.issues = list(file.issues)
        self.tables = [self._table(name) for name in file.processes[process].tables]
        serving = {m for t in self.tables for m in (*t.form.mediators, t.form.convened_by)}
        self.mediators = [m for m in scenario.mediators if m in serving]
        deals = {d.controlled_by for t in self.tables for d in t.form.side_deals}
        trusted = {a for side in self.sides for a in self._side(side).trust} | set(file.parties)
        self.actors = [*self.mediators, *sorted((deals & trusted) - {*self.mediators, *self.sides})]
        stains = {s for e in file.events.values() for s in e.stain}
        self.sponsors = sorted({t.form.sponsor for t in self.tables if t.form.sponsor} | stains)
        self._constant: list[tuple[Place, float]] = []
        self._varying: list[tuple[Place, Number]] = []
        self._stated = Parameters(scenario, None)
        self._moving = self._stated.uncertain
        self._put_world()
        for n, table in enumerate(self.tables):
            self._put_table(("tables", n), n, table)

    def _side(self, name: str) -> schema.Disputant:
        side = self.scenario.file.parties[name]
        assert isinstance(side, schema.Disputant)
        return side

    def _table(self, name: str) -> TableOf:
        file = self.scenario.file
        spec = file.tables[name]
        form = file.formats[spec.format]
        units = [unit for issue in spec.agenda for option in file.issues[issue].options.values() for unit in option.units]
        return TableOf(name, spec, form, enumerate_agenda(self.scenario, spec, form), tuple(units))

    # ---------------------------------------------------------------- records

    @cached_property
    def exact(self) -> Sizes:
        """As much room as there is use for."""
        file = self.scenario.file
        return Sizes(
            sides=len(self.sides), mediators=len(self.mediators), actors=len(self.actors), sponsors=len(self.sponsors),
            tables=len(self.tables), issues=len(self.issues), options=max(len(i.options) for i in file.issues.values()),
            agenda=max(len(t.agenda.issues) for t in self.tables), events=len(file.events),
            side_deals=max(len(t.form.side_deals) for t in self.tables),
            linkages=max(len(self._linkages(side)) for side in self.sides),
            levers=max(len(levers_of(t.form)) for t in self.tables), units=max(len(t.units) for t in self.tables),
        )  # fmt: skip

    @cached_property
    def roomy(self) -> Sizes:
        """The usual room, or more where that does not do: what is compiled for."""
        return Sizes().room_for(**vars(self.exact))

    def template(self, sizes: Sizes, *, branch: int = 0) -> NDArray[np.void]:
        """The record of a world at the stated values, before anything happened in it, ``(1,)``."""
        found = np.zeros(1, dtype_of(World, sizes))
        for place, value in self._constant:
            column(found, place)[...] = value
        found["branch"] = branch
        return found

    def varying(self, parameters: Parameters, draws: Draws) -> list[tuple[Place, Array]]:
        """What differs between worlds: where it stands in a record, and its number in every world, ``(R,)``."""
        low, high = draws.words
        found: list[tuple[Place, Any]] = [(place, number(parameters)) for place, number in self._varying]
        found += [(("number",), draws.numbers), (("seed_low",), low), (("seed_high",), high)]
        return [(place, np.broadcast_to(number, draws.worlds)) for place, number in found]

    def worlds(self, parameters: Parameters, draws: Draws, *, sizes: Sizes | None = None, branch: int = 0) -> NDArray[np.void]:
        """Records of worlds before anything happened in them, ``(R,)``."""
        found = np.repeat(self.template(sizes or self.roomy, branch=branch), draws.worlds)
        for place, numbers in self.varying(parameters, draws):
            column(found, place)[...] = numbers
        return found

    def packages(self, sizes: Sizes) -> NDArray[np.void]:
        """What can be signed at each table, ``(tables, K)``; their worth is filled in world by world."""
        most = max(len(t.agenda.packages) for t in self.tables)
        found = np.zeros((len(self.tables), most), dtype_of(Package, sizes))
        for n, table in enumerate(self.tables):
            agenda, own = table.agenda, found[n, : len(table.agenda.packages)]
            size = len(agenda.issues)
            own["options"][:, :size], own["moved"][:, :size], own["lasts"] = agenda.packages, agenda.moved, agenda.lasts
            own["guess"][:, : len(self.sides)] = outsiders_guess(self.scenario, agenda).T
        return found

    @cached_property
    def scratch(self) -> NDArray[np.void]:
        """The same with room for what is compiled; the worth of texts in it is that of the world that was lived last."""
        return self.packages(self.roomy)

    # ---------------------------------------------------------------- filling in

    def _set(self, *place: str | int, to: float | Number) -> None:
        """Settle what stands at a place: a number, or one worked out from parameters."""
        if callable(to):
            asked = _Asked(self._stated, self._moving)
            stated = float(to(asked))
            if asked.varies:
                self._varying.append((place, to))
            to = stated
        self._constant.append((place, to))

    def _from(self, *place: str | int, path: str, default: float | None = None) -> None:
        self._set(*place, to=lambda p: p(path, default))

    def _put_world(self) -> None:
        file = self.scenario.file
        self._set("weeks", to=file.weeks)
        self._set("front", to=lambda p: p("front_start", file.front_start))
        self._from("front_volatility", path="front_volatility")
        counts = {
            "side": len(self.sides), "issue": len(self.issues), "mediator": len(self.mediators), "table": len(self.tables),
            "event": len(file.events),
        }  # fmt: skip
        for noun, count in counts.items():
            self._set(f"{noun}_count", to=count)
        for name in Behaviour.model_fields:
            self._from("b", name, path=f"behaviour.{name}")
        wanted = headline(file, self.process)
        for n, issue in enumerate(self.issues):
            self._set("headline", n, to=int(issue in wanted))
            self._set("issues", n, "owner", to=owner_of("issue", issue))
            for key in ("front", "relief"):
                self._from("issues", n, key, path=f"issues.{issue}.{key}")
            self._put_options(("issues", n), issue)
            self._put_stock(("issues", n, "stock"), issue)
        for n, side in enumerate(self.sides):
            self._put_side(("sides", n), side)
        for n, mediator in enumerate(self.mediators):
            self._put_mediator(("mediators", n), mediator)
        for n, event in enumerate(file.events):
            self._put_event(("events", n), event)

    def _put_options(self, at: Place, issue: str) -> None:
        base = f"issues.{issue}"
        for n, (name, option) in enumerate(self.scenario.file.issues[issue].options.items()):
            for key, own in {"sensitivity": option.sensitivity, "self_enforcing": option.self_enforcing}.items():
                self._from(*at, key, n, path=f"{base}.{key}" if own is None else f"{base}.options.{name}.{key}")

    def _put_stock(self, at: Place, issue: str) -> None:
        stock, base = self.scenario.file.issues[issue].stock, f"issues.{issue}.stock"
        self._set(*at, "exchanged", to=int(stock is not None))
        if stock is None:
            return
        for n, side in enumerate(self.sides):
            self._from(*at, "held", n, path=f"{base}.held.{side}", default=0.0)
            self._from(*at, "grows", n, path=f"{base}.grows.{side}", default=0.0)
            self._set(*at, "gives", n, to=self._share_given(f"{base}.gives", side))
        for key in ("freezes", "thaws", "affront", "unlike", "helped"):
            self._from(*at, key, path=f"{base}.{key}", default=getattr(stock, key))

    def _share_given(self, base: str, side: str) -> Number:
        return lambda p: p(f"{base}.{side}", 1.0) / sum(p(f"{base}.{other}", 1.0) for other in self.sides)

    def _put_side(self, at: Place, name: str) -> None:
        base, n = f"parties.{name}", self.sides.index(name)
        self._set(*at, "index", to=n)
        self._set(*at, "favour", to=1.0 if n == 0 else -1.0)
        for key in ("war_cost", "front_optimism", "recognition", "audience_cost", "win_set", "candour", "concession"):
            self._from(*at, key, path=f"{base}.{key}")
        self._from(*at, "watched", path=f"{base}.watched", default=1.0)
        for feeling in ("optimism", "grievance"):
            self._from(*at, f"{feeling}_base", path=f"{base}.{feeling}")
        for m, other in enumerate(self.sides):
            if other != name:
                self._from(*at, "trust_at_start", m, path=f"{base}.trust.{other}")
        for m, actor in enumerate(self.actors):
            self._from(*at, "trust_in", m, path=f"{base}.trust.{actor}", default=0.5)
        for m, sponsor in enumerate(self.sponsors):
            self._from(*at, "discount", m, path=f"{base}.sponsor_discount.{sponsor}", default=0.0)
        for k, issue in enumerate(self.issues):
            self._put_position((*at, "positions", k), name, issue)
        for m, (number, linkage) in enumerate(self._linkages(name)):
            (issue, option), (other, other_option) = linkage.options.items()
            own = (*at, "linkages", m)
            self._set(*own, "issue", to=self.issues.index(issue))
            self._set(*own, "option", to=self._option(issue, option))
            self._set(*own, "other_issue", to=self.issues.index(other))
            self._set(*own, "other_option", to=self._option(other, other_option))
            self._from(*own, "value", path=f"{base}.linkages.{number}.value")
        self._set(*at, "linkage_count", to=len(self._linkages(name)))

    def _linkages(self, side: str) -> list[tuple[int, schema.Linkage]]:
        return list(enumerate(self._side(side).linkages))

    def _option(self, issue: str, option: str) -> int:
        return list(self.scenario.file.issues[issue].options).index(option)

    def _put_position(self, at: Place, name: str, issue: str) -> None:
        side, base = self._side(name), f"parties.{name}.positions.{issue}"
        if issue in side.positions:
            position = side.positions[issue]
            self._from(*at, "salience", path=f"{base}.salience")
            for option in position.gains:
                self._from(*at, "gains", self._option(issue, option), path=f"{base}.gains.{option}")
            for option in position.losses:
                self._from(*at, "losses", self._option(issue, option), path=f"{base}.losses.{option}")
        alternative = side.alternatives.get(issue)
        self._set(*at, "alternative_from", to=NEVER if alternative is None else alternative.from_week)
        if alternative is not None:
            self._from(*at, "alternative", path=f"parties.{name}.alternatives.{issue}.value")

    def _put_mediator(self, at: Place, name: str) -> None:
        base, party = f"parties.{name}", self.scenario.file.parties[name]
        assert isinstance(party, schema.Mediator)
        self._set(*at, "index", to=self.mediators.index(name))
        for key in ("honesty", "leverage", "capacity", "pull"):
            self._from(*at, key, path=f"{base}.{key}")
        for n, side in enumerate(self.sides):
            self._from(*at, "bias", n, path=f"{base}.bias.{side}", default=0.0)
        for issue, interest in party.interests.items():
            own, path = (*at, "interests", self.issues.index(issue)), f"{base}.interests.{issue}"
            self._from(*own, "salience", path=f"{path}.salience")
            for option in interest.values:
                self._from(*own, "values", self._option(issue, option), path=f"{path}.values.{option}")

    def _put_event(self, at: Place, name: str) -> None:
        event, base = self.scenario.file.events[name], f"events.{name}"
        self._set(*at, "owner", to=owner_of("event", name))
        self._set(*at, "week", to=NEVER if event.week is None else event.week)
        if event.rate is None:
            self._set(*at, "rate", to=-1.0)
        else:
            self._from(*at, "rate", path=f"{base}.rate")
        self._set(*at, "suppressed_by", to=-1 if event.suppressed_by is None else self.issues.index(event.suppressed_by))
        self._set(*at, "accuses", to=NOBODY if event.accuses is None else self.sides.index(event.accuses))
        self._from(*at, "pull", path=f"{base}.pull", default=0.0)
        for effect in ("grievance", "optimism", "commitment", "front", "war_cost", "lock_in"):
            for side in getattr(event, effect):
                self._from(*at, effect, self.sides.index(side), path=f"{base}.{effect}.{side}")
        for sponsor in event.stain:
            self._from(*at, "stain", self.sponsors.index(sponsor), path=f"{base}.stain.{sponsor}")
        for n, table in enumerate(self.tables):
            shared = len(set(event.issues) & set(table.agenda.issues)) / len(table.agenda.issues)
            self._set(*at, "shared", n, to=shared)

    def _put_table(self, at: Place, number: int, table: TableOf) -> None:
        spec, form, agenda = table.spec, table.form, table.agenda
        base = f"formats.{spec.format}"
        meets = spec.meets if spec.meets is not None else NOBODY
        headline_places = [k for k, issue in enumerate(agenda.issues) if issue in headline(self.scenario.file, self.process)]
        names = [t.name for t in self.tables]
        whole = {
            "index": number, "owner": owner_of("table", spec.luck or table.name), "signers": len(self.sides),
            "agenda_count": len(agenda.issues), "package_count": len(agenda.packages), "mandate": MANDATE[form.level],
            "mirrored": form.instrument == "mirrored", "relayed": form.contact.talks == "separate",
            "in_room": bool(form.mediators) and form.contact.talks in {"face_to_face", "proximity"},
            "single_text": form.drafting == "single_text" and bool(form.mediators), "meets_one": form.hosts_if == "one",
            "lapses": form.silence == "lapse", "term": form.term or 0,
            "sponsor": NOBODY if form.sponsor is None else self.sponsors.index(form.sponsor),
            "first_offer": NOBODY if form.first_offer == "lot" else self.sides.index(form.first_offer),
            "seated": spec.seated, "meets": meets,
            "opens_after": NOBODY if spec.opens is None else names.index(spec.opens.after),
            "opens_when": 0 if spec.opens is None else Opening[spec.opens.when.upper()],
            "mediator_count": len(form.mediators), "side_deal_count": len(form.side_deals), "unit_count": len(table.units),
            "about_headline": bool(agenda.moved[:, headline_places].any()),
        }  # fmt: skip
        calls = form.convened_by not in form.mediators and form.convened_by in self.mediators
        whole["convener"] = self.mediators.index(str(form.convened_by)) if calls else NOBODY
        for key, value in whole.items():
            self._set(*at, key, to=int(value) if key != "mandate" else float(value))
        for place, issue in enumerate(agenda.issues):
            self._set(*at, "agenda", place, to=self.issues.index(issue))
        for n, mediator in enumerate(form.mediators):
            self._set(*at, "mediators", n, to=self.mediators.index(mediator))
        levers = levers_of(form)
        self._set(*at, "lever_count", to=len(levers))
        for n, said in enumerate(levers.items()):
            self._set(*at, "levers", n, to=owner_of("lever", *said))
        pace = pace_of(form)
        self._set(*at, "pace", to=lambda p: p(f"{base}.intensity", 1.0) * (p(f"behaviour.{pace}") if pace else 1.0))
        for key, name in factors_of(form).items():
            if name:
                self._from(*at, key, path=f"behaviour.{name}")
            else:
                self._set(*at, key, to=1.0)
        self._from(*at, "monitoring", path=f"{base}.monitoring", default=0.0)
        for n, side in enumerate(self.sides):
            self._put_seat((*at, "seats", n), table, side)
        for n, deal in enumerate(form.side_deals):
            own, path = (*at, "side_deals", n), f"{base}.side_deals.{n}"
            controller = deal.controlled_by
            self._set(*own, "to", to=self.sides.index(deal.to))
            self._set(*own, "controlled_by", to=self.actors.index(controller) if controller in self.actors else NOBODY)
            self._set(*own, "credible", to=_product(f"{path}.benefit", f"{path}.credibility"))
        self._put_units(at, table)
        self._put_beginning(at, table)

    def _put_seat(self, at: Place, table: TableOf, side: str) -> None:
        form, base = table.form, f"formats.{table.spec.format}"
        status = form.invited[side].status if side in form.invited else "formal"
        believed = f"{base}.invited.{side}.believed"
        self._set(*at, "invited", to=int(status != "not"))
        self._set(*at, "denies", to=int(side in form.denied_by))
        self._set(*at, "convenes", to=int(form.convened_by == side))
        self._set(*at, "credit", to=1.0)
        self._set(*at, "proposed", to=-1)
        self._set(*at, "agreed_surplus", to=np.nan)
        if status == "hinted":
            self._set(*at, "believed", to=lambda p: p("behaviour.hint_belief") * p(believed, 1.0))
        elif status == "formal":
            self._from(*at, "believed", path=believed, default=1.0)
        deals = [f"{base}.side_deals.{n}" for n, deal in enumerate(form.side_deals) if deal.to == side]
        if deals:
            def brought(p: Any, *, as_seen: bool) -> Any:
                seen = [p(f"{d}.seen_by.{side}", 1.0) if as_seen else 1.0 for d in deals]
                return sum(p(f"{d}.benefit") * (p(f"{d}.delivery") * s) for d, s in zip(deals, seen, strict=True))

            self._set(*at, "side_deals_delivered", to=lambda p: brought(p, as_seen=False))
            self._set(*at, "side_deals_seen", to=lambda p: brought(p, as_seen=True))

    def _put_units(self, at: Place, table: TableOf) -> None:
        number = 0
        for place, issue in enumerate(table.agenda.issues):
            for o, (name, option) in enumerate(self.scenario.file.issues[issue].options.items()):
                stock = self.scenario.file.issues[issue].stock
                for unit in option.units:
                    own, stocked = (*at, "units", number), int(stock is not None and stock.unit == unit)
                    for key, value in {"place": place, "option": o, "lasts": option.weeks, "stocked": stocked}.items():
                        self._set(*own, key, to=value)
                    self._from(*own, "amount", path=f"issues.{issue}.options.{name}.units.{unit}")
                    number += 1

    def _put_beginning(self, at: Place, table: TableOf) -> None:
        found = table.spec.in_force
        begins = {"with": -1, "age": 0, "left": 0, "accused": NOBODY}
        if found is not None:
            accused = NOBODY if found.accused is None else self.sides.index(found.accused)
            begins = {"with": table.agenda.place(found.text), "age": found.age, "left": found.left or 0, "accused": accused}
        for key, value in begins.items():
            self._set(*at, f"begins_{key}", to=value)
        for week in ("occasion", "came", "declared", "agreed", "ratified", "ended", "package"):
            self._set(*at, "outcome", week, to=-1)
        self._set(*at, "outcome", "reason", to=int(Reason.NO_OCCASION))
        self._set(*at, "outcome", "whose", to=NOBODY)
        self._set(*at, "outcome", "delivery", to=np.nan)


def _product(path: str, other: str) -> Number:
    return lambda p: p(path) * p(other)
