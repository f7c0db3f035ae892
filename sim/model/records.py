"""The nouns of one world, each with its unit: what a rule reads and changes.

A class here is three things at once: the annotations that the type checker holds rules to, the attributes of a plain
object (one world lived in Python), and the fields of a fixed-size record (thousands of worlds, compiled; ``layout``). A
yes or no is 1 or 0. Numbers of parties, issues and so on are places in file order.
"""

from __future__ import annotations

from typing import Annotated

from sim.model.layout import (
    ACTORS,
    AGENDA,
    DEALS,
    EVENTS,
    ISSUES,
    LEVERS,
    LINKAGES,
    MEDIATORS,
    OPTIONS,
    SIDES,
    SPONSORS,
    TABLES,
    UNITS,
)  # fmt: skip
from sim.model.outcome import Outcome
from sim.scenario.behaviour import Behaviour


class Worth:
    """What a text means to one side, counted from the status quo, in utility of the table."""

    secure: float  # gains that arrive with the exchange itself
    trusted: float  # gains that hang on the others' word
    loss: float  # what the side gives up
    entrusted: float  # the part of it that is given on the others' word
    political: float  # the loss, weighed by public sensitivity
    sensitivity: float  # with which it is read at home
    at_home: float  # share of what all of the agenda costs there that it costs


class Stock:
    """What sides hold of one another and exchange, such as prisoners, and the channel through which they do."""

    exchanged: int  # 1 if the issue is about one
    held: Annotated[list[float], SIDES]
    grows: Annotated[list[float], SIDES]  # per week
    gives: Annotated[list[float], SIDES]  # share of an exchange
    freezes: float  # chance per week
    thaws: float
    affront: float  # times likelier to freeze with a side wholly aggrieved
    unlike: float  # the same where one side holds nothing any longer
    helped: float  # times likelier to thaw through mediators who are wholly trusted
    frozen: int  # weeks so far; 0: open
    longest: int  # weeks frozen at one time


class Issue:
    """A matter that can be settled in a few ways; shares in [0, 1]."""

    owner: int  # whose random streams it reads
    sensitivity: Annotated[list[float], OPTIONS]
    self_enforcing: Annotated[list[float], OPTIONS]
    front: float
    relief: float
    stock: Stock


class Position:
    """What a side makes of one issue."""

    salience: float
    gains: Annotated[list[float], OPTIONS]
    losses: Annotated[list[float], OPTIONS]
    stake: float  # of moving it beyond what the scenario says, in units of gains
    alternative: float  # what it can have alone, in units of gains
    alternative_from: int  # week


class Linkage:
    """Two options that are worth something together to a side."""

    issue: int
    option: int
    other_issue: int
    other_option: int
    value: float  # utility of the table


class Side:
    """A disputant: what it feels, knows and can bear; shares in [0, 1] unless said otherwise."""

    index: int
    favour: float  # 1 where a higher front favours it, -1 where it does not
    optimism: float  # about a negotiated way out
    optimism_base: float
    grievance: float
    grievance_base: float
    commitment: float  # public commitment against talks
    war_cost: float
    front_optimism: float  # [-1, 1]
    recognition: float
    audience_cost: float
    win_set: float
    watched: float  # by patrons and neutrals
    candour: float
    concession: float  # exponent
    trust: Annotated[list[float], SIDES]  # in each other side
    trust_at_start: Annotated[list[float], SIDES]
    trust_in: Annotated[list[float], ACTORS]
    discount: Annotated[list[float], SPONSORS]
    positions: Annotated[list[Position], ISSUES]
    linkages: Annotated[list[Linkage], LINKAGES]
    linkage_count: int


class Interest:
    """What a mediator would like to see on an issue, [0, 1]."""

    salience: float
    values: Annotated[list[float], OPTIONS]


class Mediator:
    """A third party that hosts, drafts, oversees."""

    index: int  # also its number among the actors
    honesty: float
    leverage: float  # utility
    capacity: float  # tables
    pull: float
    bias: Annotated[list[float], SIDES]  # [-1, 1]
    interests: Annotated[list[Interest], ISSUES]
    load: int  # tables it serves this week


class Unit:
    """A natural unit that an option of a table brings."""

    place: int  # of the issue on the agenda
    option: int
    lasts: float  # weeks; 0: goes on
    stocked: int  # it comes out of the stocks of its issue
    amount: float  # per week of full delivery
    delivered: float  # so far


class SideDeal:
    """A benefit outside the text."""

    to: int
    controlled_by: int  # actor; -1: one of whom nobody says how far to trust it
    credible: float  # benefit times credibility, utility


class Seat:
    """A side's place at one table: its levers, its talks, what it promised and what it had of it."""

    # levers of the format
    invited: int
    believed: float  # chance that it takes the invitation to be meant
    denies: int
    convenes: int
    side_deals_delivered: float  # utility
    side_deals_seen: float
    # read off the agenda before the first week
    weight: Annotated[list[float], AGENDA]  # salience, sums to 1
    share: float  # of all that the side cares about
    front_weight: float
    relief_weight: float
    focal: Worth  # of the text that is expected
    bias: float  # of the mediators, towards this side
    credibility: float  # of their word
    lock_in: float
    accused: int  # of a breach, to be looked into
    credit: float  # share of their first credibility that side deals still have
    # what the side believes this week
    keep: float  # that the others keep a text of this table
    taken_back: float  # share of what is given on their word that can be taken back
    audience: float  # cost at home of a unit of political loss
    at_home: float  # what a text fully sensitive must bring to pass, utility
    side_deals_expected: float  # utility
    # the session
    error: float  # of judgement, utility
    ready: float  # readiness when it sat down
    told: float  # candour: what the mediators know of it
    shift: float  # how far their estimate is lowered by its refusals, utility
    proposed: int  # package; -1 none
    present: int  # it came on the last occasion
    motive: int  # with which it came
    exposed: int  # its denial did not stand
    reservation: float  # this round, utility
    threshold: float
    # the agreement
    worth: Worth
    leverage: float  # utility that mediators added at signing
    delivered: float  # share
    side_deal: float  # worth it still believes its side deals to have
    side_deal_promised: float
    promised: float  # gain on entering into force, utility
    batna_at_start: float
    alternative_at_start: float
    gain: float  # left this week, utility
    marks: int  # of a breach this week
    leaves: int  # this week
    reading: int  # of a new term, weeks
    # what came of it
    surplus: float  # sum over weeks, in units of all it cares about
    agreed_surplus: float  # nan without a text
    fell: int  # texts that fell in its capital


class Session:
    """Talks from sitting down to their end."""

    since: int  # week
    rounds: int
    first: int  # side that proposes first
    known: int  # leaked
    refused: int  # who said no last
    devalued: int  # a text was refused that its author alone made unacceptable


class Agreement:
    """A text from its acceptance to its end; what differs by side stands in its seats."""

    package: int
    options: Annotated[list[int], AGENDA]
    moved: Annotated[list[int], AGENDA]
    elsewhere: Annotated[list[int], AGENDA]  # another table delivers this undertaking this week
    flows: Annotated[list[float], AGENDA]  # share of each undertaking that stocks allow this week
    lasts: int  # weeks after which all is carried out; 0: it goes on
    signed: int  # week
    age: int  # weeks in force
    term: int
    left: int  # weeks left of the term; -1: no end
    sensitivity: float  # with which it is read at home
    frailty: float  # log rate
    culprit: int  # whose breach suspended it


class Table:
    """An agenda dealt with in a format."""

    index: int
    owner: int  # whose random streams it reads
    signers: int  # sides that have to come, agree and ratify: the first of the world's
    agenda: Annotated[list[int], AGENDA]  # issues
    agenda_count: int
    package_count: int
    levers: Annotated[list[int], LEVERS]  # whose random streams each value of a lever reads
    lever_count: int
    # levers of the format, factors and shares
    level: float
    mandate: float
    contact_talks: float
    contact_signing: float
    pace: float  # rounds per week
    coordination: float
    visibility: float
    distance: float
    signed_belief: float  # in a text, by how it is signed
    monitoring: float
    mirrored: int
    relayed: int  # messages are carried between the sides
    in_room: int  # mediators sit with the sides
    single_text: int
    meets_one: int  # holds the meeting with one side
    lapses: int  # silence at the end of a term
    term: int  # weeks; 0: no end
    sponsor: int  # -1: none
    first_offer: int  # side; -1: by lot
    seated: int
    meets: int  # week; -1: occasions arise at random
    opens_after: int  # table; -1: open from the start
    opens_when: int
    mediators: Annotated[list[int], MEDIATORS]
    mediator_count: int
    convener: int  # mediator that calls the meeting and does not serve it; -1: none
    side_deals: Annotated[list[SideDeal], DEALS]
    side_deal_count: int
    units: Annotated[list[Unit], UNITS]
    unit_count: int
    # an agreement in force when the run begins
    begins_with: int  # package; -1: none
    begins_age: int
    begins_left: int  # 0: the whole term
    begins_accused: int  # -1: nobody
    # read before the first week
    sensitivity: float  # of what is most sensitive on the agenda
    honesty: float  # mean of the mediators
    leverage: float  # their sum, up to one, utility
    effect: float  # of the format, on what moving its issues is worth, utility
    focal: int  # package
    focal_interest: float
    zone: float  # the most that a text leaves the worst-off side, utility; negative: no zone of agreement
    about_headline: int  # a text of it could move a headline issue
    possible: Annotated[list[int], AGENDA]  # whether some text that moves the issue could be agreed at all
    # week by week
    state: int
    failed: int
    due: float  # weeks from now until the next occasion, where occasions arise at random
    pull_bonus: float  # readiness
    session: Session
    agreement: Agreement
    outcome: Outcome
    seats: Annotated[list[Seat], SIDES]


class Event:
    """Something that happens at a week or at a rate, and what it changes."""

    owner: int  # of its random stream
    week: int  # negative: before the run
    rate: float  # chance per week; negative: dated
    due: float  # weeks from now until it happens, if it does so at random
    suppressed_by: int  # issue; -1: nothing
    accuses: int  # side; -1: nobody
    pull: float
    grievance: Annotated[list[float], SIDES]
    optimism: Annotated[list[float], SIDES]
    commitment: Annotated[list[float], SIDES]
    front: Annotated[list[float], SIDES]
    war_cost: Annotated[list[float], SIDES]
    lock_in: Annotated[list[float], SIDES]
    stain: Annotated[list[float], SPONSORS]
    shared: Annotated[list[float], TABLES]  # part of a table's agenda that it is about


class Fading:
    """Share left after a week of what fades with a half-life."""

    grievance: float
    optimism: float
    commitment: float
    side_deal: float


class World:
    """One world of a process."""

    seed_low: int
    seed_high: int
    number: int
    branch: int
    waits_of: int  # branch on which the waiting times of random events and occasions were drawn
    week: int
    weeks: int
    front: float  # [-1, 1]; positive favours the first side
    front_volatility: float
    trace: int  # checksum of all incidents so far
    prepared: int  # for the first week
    headline_state: int  # of the furthest table, as counted last
    headline_in_force: int  # weeks in which an agreement on a headline issue was in force or suspended
    side_count: int
    issue_count: int
    mediator_count: int
    table_count: int
    event_count: int
    headline: Annotated[list[int], ISSUES]
    issues: Annotated[list[Issue], ISSUES]
    b: Behaviour
    fading: Fading
    sides: Annotated[list[Side], SIDES]
    mediators: Annotated[list[Mediator], MEDIATORS]
    events: Annotated[list[Event], EVENTS]
    tables: Annotated[list[Table], TABLES]


class Package:
    """One option per issue of an agenda: a text that can be signed."""

    options: Annotated[list[int], AGENDA]
    moved: Annotated[list[int], AGENDA]  # differs from the status quo
    lasts: int  # weeks after which all is carried out; 0: it goes on
    guess: Annotated[list[float], SIDES]  # what outsiders take it to be worth
    interest: float  # to the mediators, [0, 1]
    worth: Annotated[list[Worth], SIDES]
    value: Annotated[list[float], SIDES]  # this round, as each side judges it


Packages = list[Package]
"""What can be signed at a table; a batch has all tables in one array."""
