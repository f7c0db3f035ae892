"""Which lever and parameter moves which outcome, in which declared regime: the table that test_levers.py walks.

A row takes a regime (tests/regimes), changes one thing and names an outcome that moves. The sign is that of theory,
or None where theory has none. A behavioural parameter goes from the regime's own value to the upper end of its
declared range, unless the row says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from regime import Changes

from sim.scenario.behaviour import Behaviour

WORDS_ONLY = {
    "ScenarioFile.title": "a heading", "ScenarioFile.about": "prose", "ScenarioFile.start": "the date of week 0, for labels",
    "ScenarioFile.evidence": "files with claims; what rests on them is checked, not run",
    "Option.label": "words", "Issue.label": "words", "Disputant.label": "words", "Mediator.label": "words",
    "Format.label": "words", "Table.label": "words", "Process.label": "words", "Event.label": "words",
    "Process.headline": "says which issues a figure of the process is about",
    "Issue.group=humanitarian": "for reports", "Issue.group=technical": "for reports", "Issue.group=political": "for reports",
    **{
        f"Observed.{place}": "what came of it in fact, for a hindcast"
        for place in (
            "cluster", "phase", "came", "issues", "fate=none", "fate=ended", "fate=completed", "fate=running", "days", "agreed_after",
            "suspensions", "score=agreed_if_came", "score=agreed", "score=in_force", "score=stayed_away", "times", "note", "sources",
        )
    },
    **{f"Limits.{place}": "what a search for proposals may change" for place in ("levers", "fixed", "never")},
    "Ground.claims": "documents a number", "Ground.why": "documents a number", "Ground.choice": "documents a number",
    "Ground.supports=existence": "documents a number", "Ground.supports=sign": "documents a number",
    "Ground.supports=order": "documents a number", "Ground.supports=magnitude": "documents a number",
}  # fmt: skip
"""Places that describe and move nothing, each with the reason."""

CHECKED_ONLY = {"Issue.tradeable": "restricts agendas when the file is read: such an issue stands alone on a table"}
"""Places that forbid scenarios instead of moving outcomes; each has a test of its own."""

@dataclass(frozen=True)
class Row:
    """One thing that is changed from ``low`` to ``high`` in a regime, and the outcome that moves, up (+1) or down (-1)."""

    places: tuple[str, ...]
    regime: str
    outcome: str
    sign: int | None
    low: Changes
    high: Changes
    why: str
    drawn: bool = False

    def __str__(self) -> str:
        return f"{'/'.join(self.places)}-{self.regime}"


def compare(
    places: tuple[str, ...], regime: str, moves: str, settings: tuple[Changes, Changes], why: str, *, drawn: bool = False
) -> Row:
    """Two settings of a regime; ``moves`` is ``+outcome``, ``-outcome``, or ``?outcome`` where theory has no sign."""
    return Row(places, regime, moves[1:], {"+": 1, "-": -1, "?": None}[moves[0]], *settings, why, drawn)


def lever(place: str, regime: str, moves: str, high: Changes, why: str, *, low: Changes | None = None) -> Row:
    """From the regime, or ``low``, to ``high``."""
    return compare((place,), regime, moves, (low or {}, high), why)


def parameter(name: str, regime: str, moves: str, why: str, *, low: float | None = None, high: float | None = None) -> Row:
    """A behavioural parameter, from the regime's value (or ``low``) to the upper end of its range (or ``high``)."""
    path, extra = f"behaviour.{name}", Behaviour.model_fields[name].json_schema_extra
    assert isinstance(extra, dict)
    top = {path: high if high is not None else extra["high"]}
    return lever(f"Behaviour.{name}", regime, moves, top, why, low={} if low is None else {path: low})


def ladder(place: str, steps: tuple[str, list[str]], regime: str, moves: str, why: str) -> list[Row]:
    """The values of a choice, by path, in the order in which theory ranks them: each step moves the outcome."""
    path, values = steps
    return [
        compare((f"{place}={below}", f"{place}={above}"), regime, moves, ({path: below}, {path: above}), why)
        for below, above in pairwise(values)
    ]


FROM_AFAR = ["separate", "remote", "proximity", "face_to_face"]

def _grievances(**tie: str) -> Changes:
    """Both sides' grievance is drawn from the same wide range, the second's by itself or with the first's."""
    wide = {"range": [0.0, 1.0], "why": "assumed"}
    return {
        "parties.south.grievance": 0.5,
        "provenance": {"parties.north.grievance": wide, "parties.south.grievance": {**wide, **tie}},
    }


ROWS: list[Row] = [
    # -------------------------------------------------------- the world moves
    parameter("grievance_half_life", "affronted", "+came_week", "an affront keeps a side away as long as it is felt", high=60),
    parameter("optimism_half_life", "between", "-sessions", "optimism lost in failed talks keeps the sides away"),
    parameter("commitment_half_life", "sworn_off", "+came_week",
          "a public vow binds as long as it is remembered (Fearon 1994)", low=10, high=80),
    parameter("front_value", "frail", "-text_joint", "two optimists about the front leave less to agree on (Powell 2006)"),
    parameter("stakes_sd", "between", "-agreed", "where a text is sure, not knowing what it is worth can only undo it", low=0.0, high=0.4),
    compare(("Behaviour.stakes_common",), "between", "+agreed",
            tuple({"tables.table.agenda": ["well"], "behaviour.stakes_sd": 0.4, "behaviour.stakes_common": share} for share in (0.0, 1.0)),
            "both have to be better off: luck that is shared does more for that than luck of each side's own"),
    parameter("format_sd", "between", "-agreed", "as the stakes: where a text is sure, an unknown effect can only undo it", low=0.0, high=0.4),
    parameter("relief_value", "shy", "+came", "a hurting stalemate brings sides to the table (Zartman 2000)"),
    # -------------------------------------------------------- who comes
    parameter("occasion_rate", "reluctant", "-came_week", "more occasions, sooner talks"),
    parameter("temperature", "reluctant", "+came_week",
          "ready sides stay away more often where choice is noisy (McKelvey, Palfrey 1995)"),
    parameter("threshold", "reluctant", "+came_week", "readiness has more to overcome"),
    parameter("motivation", "reluctant", "-came_week", "gain in reach draws (Pruitt 2007)"),
    parameter("show", "shy", "+came", "being seen to talk before patrons and neutrals draws (Ikle 1964)", low=0.0, high=2.0),
    parameter("refusal", "sworn_off", "+came_week", "who has refused to talk keeps away, seen or not (Fearon 1994)", low=0.0, high=2.0),
    parameter("text_counts", "mixed", "+agreed", "a text on the easy matter alone is read at home as what it is", low=0.0, high=1.0),
    parameter("ambiguity", "split", "+agreed", "what each can read in its own way is signed more easily (Fischhendler 2008)", low=0.0, high=0.9),
    parameter("ambiguity", "split", "-delivery", "and less of it is done (Werner, Yuen 2005)", low=0.0, high=0.9),
    parameter("staying", "provoked", "-reason_walked_out", "sides that stay put do not walk out", high=1.0),
    parameter("confidence", "reluctant", "-came_week", "here trust is above the usual (Pruitt 2007)"),
    parameter("attraction", "shy", "+came", "mediators draw (Zartman 2000)"),
    parameter("grievance_weight", "reluctant", "+came_week", "grievance keeps away"),
    parameter("exposure", "reluctant", "+came_week", "fear of being seen keeps away (Fearon 1994; Tomz 2007)"),
    parameter("stain", "sponsored", "-came", "a discounted sponsor keeps away"),
    parameter("hint_belief", "hinted", "-came_week", "who believes a hint can follow it"),
    parameter("mirrored_distance", "shy", "-came", "what distance leaves of recognition keeps away"),
    parameter("contact_proximity", "shy", "-came", "recognition by contact keeps away"),
    parameter("contact_remote", "by_line", "+came_week", "recognition by contact keeps away"),
    parameter("contact_separate", "shy_and_carried", "-came", "recognition by contact keeps away"),
    parameter("level_ministers", "reluctant", "+came_week", "recognition by level keeps away"),
    parameter("level_technical", "officials", "+came_week", "recognition by level keeps away"),
    parameter("visibility_secret", "in_secret", "+came_week", "exposure keeps away", high=0.2),
    parameter("visibility_discreet", "shy", "-came", "exposure keeps away"),
    parameter("denial_cover", "denied", "-came_week", "a denial shields from exposure"),
    parameter("denial_exposed", "denied", "-text_north", "an exposed denial costs at home", high=0.2),
    parameter("denial_penalty", "denied", "-agreed", "an exposed denial makes every concession dearer", high=4),
    parameter("declaration_pull", "summit_first", "+came", "third parties that declare pull"),
    parameter("declaration_stain", "summit_first", "-came", "a side that was left out holds it against the sponsor"),
    parameter("declaration_lock_in", "summit_first", "+agreed_week", "who has declared concedes less", high=0.5),
    # -------------------------------------------------------- talks
    parameter("pace_proximity", "between", "-agreed_week", "more rounds a week"),
    parameter("pace_remote", "slow_line", "-agreed_week", "more rounds a week"),
    parameter("pace_separate", "carried", "-agreed_week", "more rounds a week"),
    parameter("patience", "impatient", "-sessions", "longer sessions, fewer of them", high=12),
    parameter("offers", "direct", "+agreed_week", "slower concession, later agreement (Faratin et al. 1998)"),
    parameter("texts", "frail", "+agreed_week", "slower concession, later agreement (Faratin et al. 1998)"),
    parameter("judgement", "direct", "+agreed_week", "errors of judgement hide good texts"),
    parameter("clarity", "between", "-agreed_week", "an honest mediator clears errors up (Kydd 2003)"),
    parameter("relay_noise", "carried", "+agreed_week", "messages get lost", high=1.0),
    parameter("author_adversary", "reluctant", "+agreed_week", "the adversary's text is worth less (Stillinger et al. 1991)", low=0.0, high=0.3),
    parameter("author_mediator", "between", "+agreed_week", "another's text is worth less (Stillinger et al. 1991)", low=0.0, high=0.15),
    parameter("opponent_weight", "direct", "+text_joint",
          "offers that the other likes are worth more together (Faratin et al. 1998)", low=0.45),
    parameter("opponent_learning", "direct", "+text_joint",
          "who sees that the pie is not fixed finds better exchanges (Thompson, Hastie 1990)", low=0.1),
    parameter("opponent_learning", "exchange", "-agreed_week",
          "who sees no gain for the other in any exchange agrees late", low=0.0),
    parameter("candour_trust", "misread", "-agreed_week", "mediators who know more draft what is accepted", low=0.0),
    parameter("candour_gain", "misread_and_not_trusted", "-agreed_week",
          "mediators who know more draft what is accepted", low=0.0),
    parameter("estimate_step", "between", "?text_joint", "a no shifts the next text towards who refused"),
    parameter("mediator_interest", "meddled", "+units_litres", "mediators who want the well rebuilt draft so"),
    parameter("leverage_half_life", "between", "+surplus_north", "what mediators add lasts longer (Beardsley 2011)"),
    parameter("hardening", "reluctant", "+agreed_week", "watched sides concede less", high=0.8),
    parameter("schelling", "reluctant", "+agreed_week", "narrow win-sets concede less (Schelling 1960; Putnam 1988)"),
    parameter("leak_rate", "in_secret", "-text_joint", "a text that becomes known costs at home", high=0.2),
    # -------------------------------------------------------- accept and ratify
    parameter("assurance", "shy", "+came", "a mediator's word takes doubt away (Kydd 2003)"),
    parameter("guarantee", "shy", "+came", "oversight takes doubt away (Fearon 1995; Powell 2006)"),
    parameter("irrevocable", "shy", "-came", "what cannot be taken back is risked (Fearon 1998)", low=0.3),
    parameter("unsigned", "announced", "-agreed_week", "a text more believed is agreed sooner"),
    parameter("declared", "declared", "-agreed_week", "a text more believed is agreed sooner"),
    parameter("concession_cost", "shy", "-came", "conceding in public costs"),
    parameter("side_deal_trust", "dealt", "-text_south", "who controls the deal is half trusted"),
    parameter("ratification_cost", "between", "-ratified", "two-level games (Putnam 1988)"),
    parameter("signing_cost", "direct", "-ratified", "signing together costs at home"),
    parameter("mandate_gap", "shy", "-came", "officials without a mandate bring home less"),
    parameter("win_set_cost", "shy", "-came", "a narrow win-set leaves less to agree on (Putnam 1988)"),
    parameter("cover", "shy", "+came", "mediators who answer for a text make it cheaper at home"),
    parameter("ratification_noise", "between", "+fell", "more falls that nobody foresaw"),
    parameter("veto_rate", "direct", "+fell", "more last-minute withdrawals"),
    # -------------------------------------------------------- in force
    parameter("violation_rate", "direct", "+violations", "more violations"),
    parameter("frailty", "frail", "+violations", "a wider spread of a log rate has a higher mean"),
    parameter("violation_grievance", "direct", "+violations", "grievance breaks promises"),
    parameter("violation_gain", "frail", "-violations", "who gains keeps"),
    parameter("infancy", "direct", "+violations", "young agreements break"),
    parameter("infancy_weeks", "direct", "+violations", "agreements are young for longer"),
    parameter("deterrence", "between", "-violations", "monitoring deters"),
    parameter("detection", "direct", "+contested", "what is noticed is claimed"),
    parameter("contest", "frail", "-suspensions", "a contested claim suspends nothing"),
    parameter("false_claims", "direct", "+contested", "unfounded claims are contested too"),
    parameter("violation_drop", "frail", "-delivery", "what is withheld is not delivered"),
    parameter("suspension", "frail", "+suspensions", "more suspensions"),
    parameter("suspended_delivery", "frail", "+units_carts", "more goes on while suspended"),
    parameter("repair", "frail", "+repairs", "good offices repair"),
    parameter("collapse", "often_suspended", "-weeks", "suspended agreements are given up"),
    parameter("erosion", "direct", "-delivery", "delivery erodes"),
    parameter("erosion_gain", "direct", "+delivery", "who gains delivers"),
    parameter("reciprocity", "frail", "-surplus_north", "less is answered by less"),
    parameter("side_belief_half_life", "frail", "+ended_week", "an undelivered side deal is believed for longer", high=90),
    parameter("exit_rate", "frail", "-ended_week", "who only loses leaves"),
    parameter("renewal_temperature", "direct", "+refused", "sides that gain refuse more often where choice is noisy"),
    parameter("renewal_effort", "lapsing", "-renewals", "speaking up is a hurdle"),
    parameter("asked_again", "direct", "-renewals", "what has to be asked for again ends more often", high=1.0),
    parameter("renewal_grievance", "frail", "-renewals", "grievance refuses"),
    parameter("shortening", "direct", "+shorter", "more is read as shrunk"),
    # -------------------------------------------------------- learning
    parameter("trust_gain", "frail", "+agreements", "promises kept are believed next time (Kydd 2005)", high=0.1),
    parameter("trust_loss", "between", "-sessions", "who let a text fall is trusted less at the next", high=0.6),
    parameter("mediator_credit", "in_its_wake", "-second.came_week",
          "mediators gain credit while their agreement is kept", high=0.05),
    parameter("injury", "frail", "-ended_week", "violations that are noticed are resented at renewal", high=0.3),
    parameter("discouragement", "between", "-sessions", "failed talks discourage"),
    parameter("encouragement", "side_by_side", "-second.came_week", "an agreement encourages at the next table"),
    parameter("talking_cost", "between", "-surplus_north", "being seen at a table costs"),
    # -------------------------------------------------------- the run and the front
    lever("ScenarioFile.weeks", "direct", "+in_force", {"weeks": 50}, "longer runs see agreements live longer"),
    lever("ScenarioFile.front_volatility", "between", "-weeks", {"front_volatility": 0.3},
          "shifting power undoes agreements (Powell 2006)"),
    lever("ScenarioFile.front_start", "direct", "-text_north", {"front_start": 0.3},
          "who is winning has an alternative (Powell 2006)"),
    # -------------------------------------------------------- issues
    lever("Option.status_quo", "direct", "-moved_well", {
        "parties.elder.interests": {}, "issues.well.options.shut.status_quo": False,
        "issues.well.options.shared": {"status_quo": True},
        "parties.north.positions.well": {"salience": 1.0, "gains": {"rebuilt": 0.3}, "losses": {"rebuilt": 0.2, "shut": 0.4}},
        "parties.south.positions.well": {"salience": 1.0, "gains": {"rebuilt": 0.1}, "losses": {"rebuilt": 0.2, "shut": 0.4}},
    }, "what already holds needs no text"),
    lever("Option.units", "direct", "+units_carts", {"issues.road.options.open.units.carts": 20.0}, "more per week"),
    lever("Option.lasts", "direct", "+reason_carried_out", {
        f"issues.{issue}.options.{option}.lasts": 6
        for issue, option in (("well", "shared"), ("well", "rebuilt"), ("road", "open"), ("road", "guarded"))
    }, "what is done once is carried out"),
    lever("Option.days", "direct", "+reason_carried_out", {
        f"issues.{issue}.options.{option}.days": 40
        for issue, option in (("well", "shared"), ("well", "rebuilt"), ("road", "open"), ("road", "guarded"))
    }, "what is done once is carried out"),
    lever("Option.sensitivity", "mixed_and_short", "-agreed", {
        "issues.well.options.shared.sensitivity": 1.0, "issues.well.options.rebuilt.sensitivity": 1.0,
    }, "political costs bite"),
    lever("Option.self_enforcing", "reluctant", "-came_week", {
        "issues.well.options.shared.self_enforcing": 1.0, "issues.well.options.rebuilt.self_enforcing": 1.0,
    }, "an exchange needs no trust"),
    lever("Stock.unit", "exchanging", "+units_carts", {"issues.road.stock": None}, "what does not run out is given back for longer"),
    lever("Stock.held", "exchanging", "+units_carts", {"issues.road.stock.held.south": 150}, "who holds least limits the exchange"),
    lever("Stock.grows", "exchanging", "+units_carts", {"issues.road.stock.grows": {"north": 5.0, "south": 5.0}},
          "those who are taken can be given back"),
    lever("Stock.gives", "exchanging", "+units_carts", {"issues.road.stock.gives": {"north": 5.0, "south": 3.0}},
          "who holds more gives more"),
    lever("Stock.freezes", "exchanging", "-units_carts", {"issues.road.stock.freezes": 0.5}, "nothing moves through a frozen channel"),
    lever("Stock.thaws", "exchanging", "+units_carts", {"issues.road.stock.thaws": 0.5}, "it opens again"),
    lever("Stock.affront", "exchanging", "-units_carts", {"issues.road.stock.affront": 8.0}, "an affront freezes it"),
    lever("Stock.unlike", "exchanging", "-units_carts", {"issues.road.stock.unlike": 8.0}, "so do stocks that are unlike"),
    lever("Stock.helped", "exchanging", "+units_carts", {"issues.road.stock.helped": 8.0}, "mediators open it again"),
    lever("Issue.sensitivity", "reluctant", "+came_week", {"issues.well.sensitivity": 0.8}, "political costs bite"),
    lever("Issue.self_enforcing", "reluctant", "-came_week", {"issues.well.self_enforcing": 1.0},
          "an exchange needs no trust"),
    lever("Issue.front", "direct", "-text_joint", {"issues.well.front": 0.9},
          "two optimists about the front agree on less (Powell 2006)"),
    lever("Issue.relief", "shy", "+came", {"issues.well.relief": 0.9}, "a hurting stalemate (Zartman 2000)"),
    lever("Issue.headline", "headlines", "?agreed", {"issues.road.headline": True, "tables.table.seated": True},
          "a headline issue has to move, wanted or not; fewer texts are quarrelled over", low={"tables.table.seated": True}),
    # -------------------------------------------------------- disputants
    lever("Position.salience", "direct", "?agreed_week", {"parties.north.positions.well.salience": 3.0},
          "weights decide which packages are good"),
    lever("Position.gains", "direct", "-agreed_week", {"parties.south.positions.road.gains.guarded": 1.0}, "more to gain"),
    lever("Position.losses", "direct", "-text_south", {"parties.south.positions.well.losses.shared": 0.3}, "more to lose"),
    lever("Linkage.options", "linked", "+units_litres", {
        "parties.north.linkages.0.options": {"well": "rebuilt", "road": "open"},
    }, "the option that is linked is sought"),
    lever("Linkage.value", "linked", "+text_north", {"parties.north.linkages.0.value": 0.4}, "worth more together"),
    lever("ConditionalOffer.offer", "conditional", "+units_litres", {
        "parties.north.conditional_offers.0.offer": {"well": "shared"},
    }, "the more thorough option is free of the condition"),
    lever("ConditionalOffer.only_if", "conditional", "+units_carts", {
        "parties.north.conditional_offers.0.only_if": {"road": "guarded"},
    }, "what is asked for is given"),
    lever("Alternative.value", "frail", "-ended_week", {"parties.north.alternatives.well.value": 0.5},
          "who can do without leaves"),
    lever("Alternative.from_week", "frail", "+ended_week", {"parties.north.alternatives.well.from_week": 36}, "later"),
    lever("Disputant.optimism", "reluctant", "-came_week", {"parties.north.optimism": 0.7}, "optimism draws (Pruitt 2007)"),
    lever("Disputant.front_optimism", "direct", "-text_north", {"parties.north.front_optimism": 0.5}, "Powell 2006"),
    lever("Disputant.war_cost", "shy", "+came", {"parties.north.war_cost": 0.8}, "a hurting stalemate (Zartman 2000)"),
    lever("Disputant.recognition", "reluctant", "+came_week", {"parties.north.recognition": 0.8},
          "aversion to the other side"),
    lever("Disputant.audience_cost", "reluctant", "+came_week", {"parties.north.audience_cost": 0.9}, "Fearon 1994"),
    lever("Disputant.win_set", "shy", "+came", {"parties.north.win_set": 0.9}, "a wide win-set (Putnam 1988)"),
    lever("Disputant.grievance", "reluctant", "+came_week", {"parties.north.grievance": 0.7}, "grievance keeps away"),
    lever("Disputant.watched", "shy", "+came", {"behaviour.show": 2.0}, "the more it is watched, the more it is drawn to be seen",
          low={"behaviour.show": 2.0, "parties.north.watched": 0.0, "parties.south.watched": 0.0}),
    lever("Disputant.candour", "misread_and_not_trusted", "-agreed_week", {
        "parties.north.candour": 0.5, "parties.south.candour": 0.5,
    }, "mediators know more"),
    lever("Disputant.concession", "direct", "+agreed_week", {"parties.north.concession": 5.0},
          "boulware (Faratin et al. 1998)"),
    lever("Disputant.trust", "reluctant", "-came_week", {"parties.north.trust.south": 0.9},
          "trust (Pruitt 2007; Powell 2006)"),
    lever("Disputant.sponsor_discount", "sponsored", "-came", {"parties.north.sponsor_discount.guild": 0.8}, "discounted"),
    # -------------------------------------------------------- mediators
    lever("Interest.salience", "much_meddled", "+units_carts", {"parties.elder.interests.road.salience": 5.0},
          "what they care for"),
    lever("Interest.values", "meddled", "+units_litres", {"parties.elder.interests.well.values.rebuilt": 1.0},
          "what they like",
          low={"parties.elder.interests.well.values.rebuilt": 0.3}),
    lever("Mediator.bias", "torn", "+text_north", {"parties.elder.bias.north": 0.4}, "a text bent to one side",
          low={"parties.elder.bias.north": 0.0}),
    lever("Mediator.bias", "shy", "-came", {"parties.elder.bias.north": 0.9}, "wholly on one side, not believed (Kydd 2003)",
          low={"parties.elder.bias.north": 0.5}),
    lever("Mediator.honesty", "between", "-agreed_week", {"parties.elder.honesty": 1.0},
          "clears errors up, is believed (Kydd 2003)"),
    lever("Mediator.leverage", "between", "-fell", {"parties.elder.leverage": 0.2},
          "adds what is missing (Beardsley 2011)"),
    lever("Mediator.capacity", "side_by_side", "-agreed_week", {"parties.elder.capacity": 2.0}, "two tables at full pace"),
    lever("Mediator.pull", "shy", "+came", {"parties.elder.pull": 0.9}, "draws (Zartman 2000)"),
    # -------------------------------------------------------- formats
    lever("Format.mediators", "direct", "-came_week", {"formats.direct.mediators": ["elder"]},
          "mediators draw (Zartman 2000)"),
    *ladder("Invitation.status", ("formats.direct.invited.south.status", ["not", "hinted", "formal"]), "hinted", "+came",
            "asked"),
    lever("Invitation.believed", "hinted", "-came_week", {"formats.direct.invited.south.believed": 1.0}, "believed"),
    lever("Format.sponsor", "sponsored", "-came", {}, "a discounted sponsor keeps away",
          low={"formats.between.sponsor": "elder"}),
    *ladder("Format.level", ("formats.direct.level", ["technical", "ministers", "leaders"]), "proud", "+came_week",
            "recognition by level"),
    *ladder("Format.level", ("formats.between.level", ["technical", "ministers", "leaders"]), "between", "+text_joint",
            "a mandate costs less at home"),
    *ladder("ContactLevers.talks", ("formats.direct.contact.talks", FROM_AFAR), "reluctant", "+came_week",
            "recognition by contact"),
    *ladder("ContactLevers.talks", ("formats.between.contact.talks", FROM_AFAR), "eager", "-agreed_week", "pace and noise"),
    *ladder("ContactLevers.signing", ("formats.direct.contact.signing", FROM_AFAR), "direct", "+agreed_week",
            "signing together"),
    *ladder("ContactLevers.implementation", ("formats.between.contact.implementation", FROM_AFAR), "often_suspended", "+repairs",
            "who meets can repair"),
    *ladder("Format.visibility", ("formats.direct.visibility", ["secret", "discreet", "public"]), "reluctant", "+came_week",
            "exposure (Fearon 1994)"),
    lever("Format.denied_by", "denied", "-came_week", {}, "denial shields", low={"formats.direct.denied_by": []}),
    *ladder("Format.drafting", ("formats.between.drafting", ["in_turn", "single_text"]), "between", "?agreed_week",
            "neither wins by construction"),
    compare(("Format.settlement=issue_by_issue", "Format.settlement=all_or_nothing"), "split", "?agreed",
            tuple({"formats.direct.settlement": way, "tables.table.seated": True} for way in ("issue_by_issue", "all_or_nothing")),
            "fewer texts can be signed, and fewer are quarrelled over"),
    *ladder("Format.instrument", ("formats.between.instrument", ["declaration", "announced", "joint", "mirrored"]), "eager",
            "-agreed_week", "what is believed, is guaranteed and keeps a distance is agreed sooner"),
    lever("Format.intensity", "direct", "-agreed_week", {"formats.direct.intensity": 7.0}, "a round a day is more than one a week"),
    lever("Format.convened_by", "reluctant", "-came_week", {"formats.direct.convened_by": "north"}, "who calls comes"),
    lever("Format.convened_by", "shy", "+came", {"formats.between.convened_by": "smith"}, "an invitation that is trusted draws"),
    *ladder("Format.hosts_if", ("formats.summit.hosts_if", ["both", "one"]), "at_a_summit", "+declared", "one is enough"),
    compare(("Format.first_offer=lot", "Format.first_offer"), "torn_between_two", "?text_north",
            ({}, {"formats.direct.first_offer": "north"}), "who proposes first, proposes what it can just bear"),
    lever("SideDeal.to", "dealt", "+text_north", {"formats.between.side_deals.0.to": "north"}, "who gets it"),
    lever("SideDeal.benefit", "dealt", "+text_south", {"formats.between.side_deals.0.benefit": 0.25}, "more to get"),
    lever("SideDeal.controlled_by", "frail", "-text_south", {
        "formats.between.side_deals.0.controlled_by": "smith", "parties.south.trust.bank": None,
    }, "who is less trusted is less believed"),
    lever("SideDeal.credibility", "dealt", "+text_south", {"formats.between.side_deals.0.credibility": 1.0}, "believed"),
    lever("SideDeal.delivery", "frail", "+ended_week", {"formats.between.side_deals.0.delivery": 1.0},
          "delivered, so renewed"),
    lever("SideDeal.seen_by", "frail", "-ended_week", {"formats.between.side_deals.0.seen_by": {"south": 0.0}},
          "not seen, so refused"),
    lever("Format.monitoring", "frail", "-violations", {"formats.between.monitoring": 1.0}, "monitoring deters"),
    lever("Format.monitoring", "shy", "+came", {"formats.between.monitoring": 1.0},
          "what is overseen is believed (Powell 2006)"),
    lever("Format.term", "frail", "-renewals", {"formats.between.term": 30}, "longer terms, fewer renewals"),
    *ladder("Format.silence", ("formats.between.silence", ["lapse", "extension"]), "frail", "+renewals", "silence extends"),
    # -------------------------------------------------------- tables and processes
    lever("Table.agenda", "direct", "?agreed_week", {"tables.table.agenda": ["well", "road", "border"]},
          "more to exchange, and a more sensitive table"),
    lever("Table.format", "direct", "?came_week", {"tables.table.format": "between"}, "another format"),
    lever("Opening.after", "waiting", "-second.came", {"tables.second.opens.after": "third"},
          "a table that never meets opens none"),
    compare(("Opening.when=in_force", "Opening.when=agreed"), "one_after_another", "-second.came_week",
            ({"tables.second.opens.when": "in_force"}, {"tables.second.opens.when": "agreed"}),
            "a text is agreed before it is in force"),
    compare(("Opening.when=failed", "Opening.when=agreed"), "one_after_another", "+second.came",
            ({}, {"tables.second.opens.when": "agreed"}), "this table agrees more often than it fails"),
    lever("Table.meets", "reluctant", "-came", {"tables.table.meets": 4}, "one meeting is fewer than many occasions"),
    lever("Table.seated", "shy", "-came_week", {"tables.table.seated": True}, "who is put at the table sits there"),
    lever("InForce.text", "running", "+units_carts", {"tables.table.in_force.text": {"well": "shared", "road": "open"}},
          "more is in force"),
    lever("InForce.age", "running", "-violations", {"tables.table.in_force.age": 20}, "the young break sooner (infancy)"),
    lever("InForce.left", "running", "+ended_week", {"tables.table.in_force.left": 20}, "later due, later refused"),
    lever("InForce.accused", "running", "-units_litres", {"tables.table.in_force.accused": "south"},
          "what is suspended is delivered in part"),
    lever("Table.luck", "twins", "-lag", {"tables.second.luck": "table"}, "what shares its luck comes in the same week"),
    lever("Process.tables", "twins", "+weeks", {}, "two tables bring one agreement sooner than one",
          low={"processes.talks.tables": ["table"]}),
    # -------------------------------------------------------- events
    lever("Event.week", "affronted", "-came_week", {"events.affront.week": 14}, "later"),
    lever("Event.rate", "raided", "+came_week", {"events.raid.rate": 1.0}, "more often"),
    lever("Event.suppressed_by", "raided_and_frail", "+weeks", {"events.raid.suppressed_by": "well"},
          "an agreement that holds it back"),
    lever("Event.grievance", "rain", "+came_week", {"events.rain.grievance": {"north": 0.3}}, "keeps away"),
    lever("Event.optimism", "rain", "-came_week", {"events.rain.optimism": {"north": 0.3}}, "draws"),
    lever("Event.commitment", "rain", "+came_week", {"events.rain.commitment": {"north": 0.8}}, "a public vow (Fearon 1994)"),
    lever("Event.front", "rain_on_talks", "-text_north", {"events.rain.front": {"north": 0.4}}, "who is winning"),
    lever("Event.war_cost", "rain_on_talks", "+text_north", {"events.rain.war_cost": {"north": 0.4}}, "a hurting stalemate"),
    lever("Event.stain", "rain_on_the_sponsor", "-came", {"events.rain.stain": {"guild": 0.5}}, "a discounted sponsor"),
    lever("Event.pull", "rain_on_the_shy", "+came", {"events.rain.pull": 0.4}, "third parties draw"),
    lever("Event.lock_in", "rain_on_talks", "+agreed_week", {"events.rain.lock_in": {"north": 0.5}}, "bound to demands"),
    lever("Event.accuses", "raided", "+suspensions", {"events.raid.accuses": "south"}, "a breach is claimed"),
    lever("Event.issues", "rain_on_the_shy", "+came", {"events.rain.pull": 0.4, "events.rain.issues": ["well", "road"]},
          "about all of the agenda",
          low={"events.rain.pull": 0.4, "events.rain.issues": ["border"]}),
    compare(("Ground.range",), "reluctant", "+came_week",
            ({}, {"provenance": {"parties.north.grievance": {"range": [0.45, 0.9], "why": "assumed"}}}),
            "grievance is drawn, and higher", drawn=True),
    compare(("Ground.drawn_with",), "shy", "+came",
            (_grievances(), _grievances(drawn_with="parties.north.grievance")),
            "both sides are ready in the same worlds, so more often both at once", drawn=True),
]
