"""Plans families of samples: originals in several sizes, and what others made of them."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .kinds import KINDS, LICENSES, NAMED_SIZES, Kind
from .words import PUBLISHERS, family_word, publisher_slug

SIZE = 12  # Models in a family; a batch never splits one.
RELATIONS = {"finetune": 45, "quantized": 35, "adapter": 15, "merge": 5}
UNITS = {"m": 1_000_000, "b": 1_000_000_000}


@dataclass(kw_only=True)
class Member:
    """One model of a family before it is a row; `base` stands before it in the family."""

    number: int
    kind: Kind
    owner: str
    name: str
    size: str
    parameters: int
    active_parameters: int | None
    license: str  # Empty: it names none.
    fame: float  # Heavy-tailed; 1 is the least.
    base: "Member | None" = None
    relation: str = ""
    theme: str = ""
    files: str = ""  # The quantised format, one of Kind.quantised.

    @property
    def depth(self) -> int:
        """How many models it was made from, one after another."""
        return 0 if self.base is None else self.base.depth + 1


def plan(family: int, *, seed: int) -> list[Member]:
    """The members of this family, bases first; the same for the same number and seed."""
    chance = random.Random(f"{seed}/{family}")  # noqa: S311 - lifelike, not secret
    (kind,) = chance.choices(KINDS, [kind.weight for kind in KINDS])
    members = list(_originals(family, kind, chance))
    while len(members) < SIZE:
        members.append(_derived(members, chance))
    for place, member in enumerate(members):
        member.number = family * SIZE + place
    return members


def publisher_rank(chance: random.Random) -> int:
    """Few publishers have many models, and most have one."""
    return int(PUBLISHERS ** chance.random() ** 0.9) - 1


def parameters_of(size: str) -> tuple[int, int | None]:
    """The parameters that a size label stands for, and the active ones of 30b-a3b."""
    if size in NAMED_SIZES:
        return NAMED_SIZES[size], None
    whole, *active = [
        round(float(number) * UNITS[unit]) for number, unit in re.findall(r"([\d.]+)([mb])", size)
    ]
    return whole, active[0] if active else None


def _originals(family: int, kind: Kind, chance: random.Random) -> Iterator[Member]:
    word, owner = family_word(family), publisher_slug(publisher_rank(chance))
    (license_id,) = chance.choices([*LICENSES, ""], [*LICENSES.values(), 18])
    sizes = chance.sample(kind.sizes, min(len(kind.sizes), chance.choice((1, 1, 2, 3))))
    tunes = chance.sample(kind.tunes, min(len(kind.tunes), chance.choice((1, 2))))
    fame = chance.paretovariate(0.75)
    for size in sorted(sizes, key=kind.sizes.index):
        whole, active = parameters_of(size)
        whole = round(whole * chance.uniform(0.97, 1.03))
        for tune in tunes:
            yield Member(
                number=0,
                kind=kind,
                owner=owner,
                name="-".join(filter(None, (word, size, tune))),
                size=size,
                parameters=whole,
                active_parameters=active,
                license=license_id,
                fame=fame * chance.lognormvariate(0, 0.8),
            )


def _derived(members: list[Member], chance: random.Random) -> Member:
    base = chance.choice([member for member in members if member.depth < 2 and not member.files])
    relation = _relation(base.kind, chance)
    files = chance.choice(base.kind.quantised) if relation == "quantized" else ""
    theme = "" if files else _theme(base, chance)
    owner = base.owner if chance.random() < 0.15 else publisher_slug(publisher_rank(chance))
    name = _unused(f"{base.name}-{files or _ending(theme, relation)}", owner, members)
    return Member(
        number=0,
        kind=base.kind,
        owner=owner,
        name=name,
        size=base.size,
        parameters=base.parameters,
        active_parameters=base.active_parameters,
        license=base.license if chance.random() < 0.8 else "",
        fame=max(1.0, base.fame * chance.lognormvariate(-2.5, 1.2)),
        base=base,
        relation=relation,
        theme=theme,
        files=files,
    )


def _relation(kind: Kind, chance: random.Random) -> str:
    (relation,) = chance.choices(list(RELATIONS), list(RELATIONS.values()))
    return "finetune" if relation == "quantized" and not kind.quantised else relation


def _theme(base: Member, chance: random.Random) -> str:
    fresh = [theme for theme in base.kind.themes if theme not in base.name]
    return chance.choice(fresh or base.kind.themes)


def _ending(theme: str, relation: str) -> str:
    return {"adapter": f"{theme}-lora", "merge": f"{theme}-merge"}.get(relation, theme)


def _unused(name: str, owner: str, members: list[Member]) -> str:
    taken = {(member.owner, member.name.lower()) for member in members}
    candidate, version = name, 1
    while (owner, candidate.lower()) in taken:
        version += 1
        candidate = f"{name}-v{version}"
    return candidate
