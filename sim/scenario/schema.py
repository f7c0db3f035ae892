"""What a scenario file may say: parties, issues, formats, tables, processes, events.

Every key of a scenario file is a field here, with its unit, its bounds and what it means; the JSON
Schema that ``gobetween schema`` prints is made from these classes. Nothing here knows a country, a
named format or a conflict.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from sim.scenario.behaviour import Behaviour
from sim.scenario.frozen import Frozen
from sim.scenario.legible import Label, Sentences

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, le=1_000_000_000)]
Amount = Annotated[float, Field(ge=0, le=1_000_000_000)]
Weight = Annotated[float, Field(ge=0, le=10)]
Signed = Annotated[float, Field(ge=-1, le=1)]
Week = Annotated[int, Field(ge=-520, le=520)]
Weeks = Annotated[int, Field(ge=1, le=520)]

Level = Literal["leaders", "ministers", "technical"]
Contact = Literal["face_to_face", "proximity", "remote", "separate"]
Visibility = Literal["secret", "discreet", "public"]
Drafting = Literal["in_turn", "single_text"]
Settlement = Literal["issue_by_issue", "all_or_nothing"]
Instrument = Literal["joint", "mirrored", "announced", "declaration"]
Silence = Literal["lapse", "extension"]
Status = Literal["not", "hinted", "formal"]
Group = Literal["humanitarian", "technical", "political"]
Fate = Literal["none", "ended", "completed", "running"]
Scored = Literal["agreed_if_came", "agreed", "in_force", "stayed_away"]


class Node(Frozen):
    """A mapping in a scenario file."""


# ---------------------------------------------------------------- issues


class Option(Node):
    """One way of settling an issue."""

    label: Label = Field("", description="words a reader understands")
    status_quo: bool = Field(False, description="true for the option that holds without any agreement")
    units: dict[Name, Amount] = Field(
        default_factory=dict, description="natural units per week of full delivery, such as prisoners: 50"
    )
    lasts: Weeks | None = Field(
        None, description="weeks after which a one-off undertaking is carried out; left out: goes on"
    )
    days: Annotated[int, Field(ge=1, le=3640)] | None = Field(
        None, description="the same in days, where it is no whole number of weeks; instead of lasts"
    )
    sensitivity: Share | None = Field(None, description="public sensitivity of this option, where it is not that of the issue, 0 to 1")
    self_enforcing: Share | None = Field(
        None, description="share of its gains that needs no trust, where it is not that of the issue, 0 to 1"
    )

    @property
    def weeks(self) -> float:
        """Weeks, and parts of one, after which it is carried out; 0: it goes on."""
        return self.days / 7 if self.days is not None else float(self.lasts or 0)


class Stock(Node):
    """What sides hold of one another and exchange, such as prisoners of war, and the channel through which they do."""

    unit: Name = Field(description="natural unit of the options that comes out of it, such as prisoners")
    held: dict[Name, Amount] = Field(description="per disputant: how many it holds at week 0")
    grows: dict[Name, Amount] = Field(default_factory=dict, description="per disputant: how many more it holds every week")
    gives: dict[Name, Positive] = Field(default_factory=dict, description="per disputant: how many it gives for one of the others, only ratios matter; left out: 1")
    freezes: Share = Field(0.0, description="chance per week that the channel freezes while an agreement needs it")
    thaws: Share = Field(1.0, description="chance per week that a frozen channel thaws")
    affront: Weight = Field(0.0, description="times likelier to freeze, beyond once, with a side wholly aggrieved")
    unlike: Weight = Field(0.0, description="times likelier to freeze, beyond once, where a side holds nothing any longer")
    helped: Weight = Field(0.0, description="times likelier to thaw, beyond once, through mediators who are wholly trusted")


class Issue(Node):
    """A matter that can be settled in a few ordered, worded ways."""

    label: Label = Field("", description="words a reader understands")
    group: Group = Field(description="for reports: humanitarian, technical or political")
    options: dict[Name, Option] = Field(min_length=2, max_length=12, description="in order; exactly one is the status quo")
    sensitivity: Share = Field(description="public sensitivity: how strongly every political cost bites on this issue, 0 to 1")
    self_enforcing: Share = Field(description="share of the gains that arrives with the exchange itself and needs no trust, 0 to 1")
    front: Share = Field(description="how far a better front makes up for agreement on this issue, 0 to 1")
    relief: Share = Field(description="how far agreement on this issue relieves the cost of the war, 0 to 1")
    stock: Stock | None = Field(None, description="what is exchanged, if it is held in numbers that run out and grow")
    headline: bool = Field(False, description="true: an all-or-nothing table must move it")
    tradeable: bool = Field(True, description="false: never exchanged for anything; it needs a table of its own")


# ---------------------------------------------------------------- parties


class Position(Node):
    """What a disputant makes of one issue. The status quo is the zero of gains and losses."""

    salience: Weight = Field(description="weight of the issue among the party's issues; only ratios matter")
    gains: dict[Name, Share] = Field(default_factory=dict, description="per option: what it brings if the other side keeps it, 0 to 1")
    losses: dict[Name, Share] = Field(default_factory=dict, description="per option: what keeping it costs this side, 0 to 1")


class Interest(Node):
    """What a mediator would like to see on one issue."""

    salience: Weight = Field(description="weight of the issue among the mediator's issues")
    values: dict[Name, Share] = Field(description="per option other than the status quo: its worth to the mediator, 0 to 1")


class Linkage(Node):
    """A term in a disputant's utility for two options held together."""

    options: dict[Name, Name] = Field(min_length=2, max_length=2, description="issue: option, twice")
    value: Signed = Field(description="gain (or, if negative, loss) when both hold, in utility of the table")


class ConditionalOffer(Node):
    """An option a disputant gives only together with another: this only if that."""

    offer: dict[Name, Name] = Field(min_length=1, max_length=1, description="issue: option that is given")
    only_if: dict[Name, Name] = Field(min_length=1, max_length=1, description="issue: option that must be in the same package")


class Alternative(Node):
    """What a disputant can have on an issue without the other side."""

    value: Share = Field(description="worth, in the same units as gains, 0 to 1")
    from_week: Week = Field(0, description="first week in which it is to be had")


class Disputant(Node):
    """A side in the conflict."""

    role: Literal["disputant"]
    label: Label = Field("", description="name for readers")
    positions: dict[Name, Position] = Field(description="per issue; an issue left out has no salience")
    linkages: list[Linkage] = Field(default_factory=list)
    conditional_offers: list[ConditionalOffer] = Field(default_factory=list)
    alternatives: dict[Name, Alternative] = Field(default_factory=dict, description="per issue")
    optimism: Share = Field(description="optimism about a negotiated way out before the first week, 0 to 1")
    front_optimism: Signed = Field(description="how much better than the front itself this side reads it, -1 to 1")
    war_cost: Share = Field(description="what the war costs this side, 0 to 1")
    recognition: Share = Field(description="aversion to dealing with the other side as an equal, 0 to 1")
    audience_cost: Share = Field(description="what being seen to talk or concede costs at home, 0 to 1")
    win_set: Share = Field(description="width of what can be ratified at home: 0 hardly anything, 1 anything")
    grievance: Share = Field(description="sense of injury at week 0, events not counted, 0 to 1")
    watched: Share = Field(1.0, description="how much those whose favour it seeks, patrons and neutrals, watch whether it talks, 0 to 1")
    candour: Share = Field(description="share of its true valuation a side tells a mediator it does not trust, 0 to 1")
    concession: Annotated[float, Field(ge=0.05, le=20)] = Field(
        description="exponent of time-based concession: 1 linear, above 1 late (boulware), below 1 early (conceder)"
    )
    trust: dict[Name, Share] = Field(description="per other party, and per third actor that controls a side deal: belief that it keeps its word, 0 to 1")
    sponsor_discount: dict[Name, Share] = Field(
        default_factory=dict, description="per sponsor: how far an initiative of theirs is held against a table, 0 to 1"
    )


class Mediator(Node):
    """A third party that hosts, drafts, oversees."""

    role: Literal["mediator"]
    label: Label = Field("", description="name for readers")
    interests: dict[Name, Interest] = Field(default_factory=dict, description="per issue: what it would like to see")
    bias: dict[Name, Signed] = Field(default_factory=dict, description="per disputant: leaning towards it, -1 to 1")
    honesty: Share = Field(description="share of its messages that are what it believes, 0 to 1")
    leverage: Share = Field(description="utility it can add to a text for the side that is worse off, 0 to 1")
    capacity: Annotated[float, Field(ge=0.1, le=20)] = Field(description="tables it can serve at full pace")
    pull: Share = Field(description="how strongly its invitation draws the sides, 0 to 1")


# ---------------------------------------------------------------- formats


class Invitation(Node):
    """Whether a disputant is asked, and whether it believes it."""

    status: Status = Field("formal", description="not, hinted or formal")
    believed: Share = Field(1.0, description="chance that it takes the invitation to be meant, 0 to 1")


class ContactLevers(Node):
    """How the sides meet, separately for the three phases."""

    talks: Contact
    signing: Contact
    implementation: Contact


class SideDeal(Node):
    """A benefit outside the text that makes it worth signing for one side."""

    to: Name = Field(description="the disputant that gets it")
    benefit: Share = Field(description="worth if fully delivered, in units of the table's utility")
    controlled_by: Name = Field(description="who decides on delivery: a mediator, or another name for a third actor")
    credibility: Share = Field(description="belief in its delivery at signing, trust aside, 0 to 1")
    delivery: Share = Field(description="share that is in fact delivered, 0 to 1")
    seen_by: dict[Name, Share] = Field(default_factory=dict, description="the recipient: share of the delivery that it sees, 1 if left out")


class Format(Node):
    """How one table works: a point in a space of levers."""

    label: Label = Field("", description="words a reader understands")
    mediators: list[Name] = Field(default_factory=list, description="who hosts, drafts and oversees; empty: the sides alone")
    invited: dict[Name, Invitation] = Field(default_factory=dict, description="per disputant; left out: formally invited and believed")
    sponsor: Name | None = Field(None, description="whose initiative it is seen to be")
    level: Level
    contact: ContactLevers
    visibility: Visibility
    denied_by: list[Name] = Field(default_factory=list, description="disputants that publicly deny the contacts while they last")
    drafting: Drafting
    intensity: Annotated[float, Field(gt=0, le=70)] = Field(1.0, description="rounds a week that sides who meet hold, such as 14 for two a day; fewer with less contact")
    settlement: Settlement
    instrument: Instrument
    convened_by: Name | None = Field(None, description="party that calls the meeting: a disputant comes to it; a third party lends it the pull of its invitation")
    hosts_if: Literal["both", "one"] = Field("both", description="sides that have to come before the meeting is held")
    first_offer: Name | Literal["lot"] = Field("lot", description="who proposes first when the sides draft in turn; lot: drawn per session")
    side_deals: list[SideDeal] = Field(default_factory=list)
    monitoring: Share = Field(0.0, description="capacity of a coordination centre, 0 none to 1 full")
    term: Weeks | None = Field(None, description="weeks an agreement is signed for; left out: no end")
    silence: Silence = Field("lapse", description="what happens at the end of the term when nobody speaks")


class Opening(Node):
    """A table that opens only once something has happened at another."""

    after: Name = Field(description="the other table")
    when: Literal["failed", "agreed", "in_force"] = Field(description="what must have happened there")


class InForce(Node):
    """An agreement that is in force when the run begins, under the format of its table."""

    text: dict[Name, Name] = Field(min_length=1, description="issue: option; issues left out are at their status quo")
    age: Annotated[int, Field(ge=0, le=520)] = Field(0, description="weeks since it entered into force")
    left: Weeks | None = Field(None, description="weeks left of its term; left out: the whole term")
    accused: Name | None = Field(None, description="disputant accused of the breach over which it is suspended; left out: it is observed")


class Table(Node):
    """An agenda dealt with in a format."""

    label: Label = Field("", description="words a reader understands")
    agenda: list[Name] = Field(min_length=1, max_length=8, description="issues on the table")
    format: Name = Field(description="one of formats")
    opens: Opening | None = Field(None, description="left out: open from the start")
    meets: Week | None = Field(None, description="the one week in which a session can begin; left out: occasions arise at random")
    seated: bool = Field(False, description="both sides are put at the table at the first occasion, whatever their readiness: asked is what comes of talks, not whether they come")
    in_force: InForce | None = Field(None, description="agreement in force when the run begins; left out: none")
    luck: Name | None = Field(None, description="table whose random streams it shares, for paired comparisons; left out: its own")


class Process(Node):
    """Tables side by side: what is compared."""

    label: Label = Field("", description="words a reader understands")
    tables: list[Name] = Field(min_length=1, max_length=12)
    headline: list[Name] | None = Field(None, min_length=1, max_length=20, description="issues the process is for: its own row in a result counts texts that move one of them; left out: all on its tables, fall-backs (tables that open after another has failed) aside")


# ---------------------------------------------------------------- events


class Event(Node):
    """Something that happens at a week or at a rate, and what it changes."""

    label: Label = Field("", description="words a reader understands")
    week: Week | None = Field(None, description="when it happens; below 0: before the first week, faded since")
    rate: Share | None = Field(None, description="chance per week, instead of a week")
    suppressed_by: Name | None = Field(None, description="issue: does not happen while an agreement on it is delivered")
    grievance: dict[Name, Signed] = Field(default_factory=dict, description="per disputant: added to its grievance")
    optimism: dict[Name, Signed] = Field(default_factory=dict, description="per disputant: added to its optimism")
    commitment: dict[Name, Signed] = Field(default_factory=dict, description="per disputant: public commitment against talks, added")
    front: dict[Name, Signed] = Field(default_factory=dict, description="per disputant: shift of the front in its favour")
    war_cost: dict[Name, Signed] = Field(default_factory=dict, description="per disputant: added to its war cost for good")
    stain: dict[Name, Signed] = Field(default_factory=dict, description="per sponsor: added to how far its initiatives are discounted")
    pull: Signed = Field(0.0, description="added to the pull of mediators at tables on its issues")
    lock_in: dict[Name, Signed] = Field(default_factory=dict, description="per disputant: how far it is bound to its opening demands on its issues")
    accuses: Name | None = Field(None, description="disputant accused of a breach of agreements in force on its issues")
    issues: list[Name] = Field(default_factory=list, description="issues that pull, lock_in and accuses are about")


# ---------------------------------------------------------------- history


class Observed(Node):
    """What came of it in fact, for a hindcast; moves nothing in a run."""

    cluster: Name = Field(description="the affair it belongs to; whole clusters are left out together")
    phase: Name = Field(description="period whose rates it is compared with")
    came: bool | None = Field(None, description="both sides took part; left out: not known")
    issues: dict[Name, bool] = Field(min_length=1, description="per issue: both gave the same undertaking, and it entered into force")
    fate: Fate = Field("none", description="what became of the agreement; running: still in force at the end of the record")
    days: Annotated[int, Field(ge=0, le=100_000)] | None = Field(None, description="days in force to its end, its completion or the end of the record; left out: not known")
    agreed_after: Annotated[int, Field(ge=0, le=100_000)] | None = Field(None, description="days from the start to the agreement; left out: not known, or the start is dated by it")
    suspensions: Annotated[int, Field(ge=0, le=1000)] | None = Field(None, description="how often it was suspended")
    score: list[Scored] = Field(default_factory=list, description="what the row is scored on")
    times: Annotated[int, Field(ge=1, le=100)] = Field(1, description="how many half-years in a row it went the same way, for stayed_away")
    note: Sentences = Field("", description="how it was read")
    sources: list[str] = Field(default_factory=list, description="who reported it")


# ---------------------------------------------------------------- advice


class Limits(Node):
    """What a search for proposals may change; moves nothing in a run. Levers are fields of formats, ``contact.talks``, and agenda."""

    levers: list[str] | None = Field(None, description="levers that are searched, the others as in the first format that is known for the issues; left out: all")
    fixed: dict[str, Any] = Field(default_factory=dict, description="per lever: the one value that it has, such as mediators: [elder]")
    never: dict[str, list[Any]] = Field(default_factory=dict, description="per lever: values that it does not have, such as level: [leaders]")


# ---------------------------------------------------------------- provenance


class Ground(Node):
    """What a number rests on: claims that support something about it, or an assumption."""

    claims: list[str] = Field(default_factory=list, description="ids of claims in the evidence files")
    supports: Literal["existence", "sign", "order", "magnitude"] | None = Field(None, description="what the claims support there")
    choice: bool = Field(False, description="true: a lever or horizon the experimenter sets, neither claim nor assumption")
    why: Sentences = Field("", description="reason for the assumed size, or for the choice")
    range: Annotated[float, Field(gt=0, le=1)] | Annotated[list[float], Field(min_length=2, max_length=2)] | None = Field(
        None, description="drawn per world: a relative half-width such as 0.25, or [low, high] for a single number"
    )
    drawn_with: str | None = Field(None, description="another entry of provenance whose draw it shares, each over its own range")


class ScenarioFile(Node):
    """A whole scenario file, after `extends` has been applied."""

    title: Label
    about: Sentences = Field("", description="what the scenario is about, in a few sentences")
    start: date = Field(description="date of week 0")
    weeks: Annotated[int, Field(ge=1, le=520)] = Field(description="length of a run")
    evidence: list[str] = Field(default_factory=list, description="files with claims, relative to the scenario")
    front_volatility: Share = Field(description="weekly standard deviation of the front, -1 to 1 wide")
    front_start: Signed = Field(0.0, description="front at week 0: 1 wholly in favour of the first disputant, -1 of the second")
    parties: dict[Name, Annotated[Disputant | Mediator, Field(discriminator="role")]] = Field(min_length=2, max_length=24)
    issues: dict[Name, Issue] = Field(min_length=1, max_length=20)
    formats: dict[Name, Format] = Field(min_length=1, max_length=60)
    tables: dict[Name, Table] = Field(min_length=1, max_length=60)
    processes: dict[Name, Process] = Field(min_length=1, max_length=40)
    events: dict[Name, Event] = Field(default_factory=dict, max_length=60)
    behaviour: Behaviour = Field(default_factory=Behaviour, description="behavioural parameters; left out: the package's own")
    observed: Observed | None = Field(None, description="what came of it in fact, for a hindcast")
    design: Limits | None = Field(None, description="what a search for proposals may change")
    provenance: dict[str, Ground] = Field(default_factory=dict, description="what the numbers rest on, by path; the most specific path counts")
