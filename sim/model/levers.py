"""The levers of a format: which behavioural parameter each comes to, and what makes formats alike."""

from __future__ import annotations

from sim.scenario import schema

MANDATE = {"leaders": 1.0, "ministers": 0.7, "technical": 0.3}
"""Share of the say at home that each level brings along (an ordering; its size is behaviour.mandate_gap)."""


def factors_of(form: schema.Format) -> dict[str, str | None]:
    """Fields of a table that are behavioural parameters, and which, by the levers of its format; None: nothing is taken away."""
    return {
        "level": {"ministers": "level_ministers", "technical": "level_technical"}.get(form.level),
        "contact_talks": _short_of_meeting("contact", form.contact.talks),
        "contact_signing": _short_of_meeting("contact", form.contact.signing),
        "coordination": _short_of_meeting("pace", form.contact.implementation),
        "visibility": {"discreet": "visibility_discreet", "secret": "visibility_secret"}.get(form.visibility),
        "distance": "mirrored_distance" if form.instrument == "mirrored" else None,
        "signed_belief": {"announced": "unsigned", "declaration": "declared"}.get(form.instrument),
    }


def pace_of(form: schema.Format) -> str | None:
    """The behavioural parameter by which talks are slower than where sides meet; None: by none."""
    return _short_of_meeting("pace", form.contact.talks)


def _short_of_meeting(what: str, contact: str) -> str | None:
    return None if contact == "face_to_face" else f"{what}_{contact}"


def levers_of(form: schema.Format) -> dict[str, str]:
    """The levers of a format that take one of a few values, and their values: what makes formats alike."""
    contact = {f"contact.{phase}": str(way) for phase, way in form.contact}
    names = ("level", "visibility", "drafting", "settlement", "instrument", "hosts_if", "silence")
    return {**contact, **{name: str(getattr(form, name)) for name in names}, "mediators": " ".join(sorted(form.mediators))}
