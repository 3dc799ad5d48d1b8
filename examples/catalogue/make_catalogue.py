#!/usr/bin/env python3
"""Makes the small catalogue: 2,000 works of a library that never was, as a snapshot.

    examples/catalogue/make_catalogue.py            writes examples/catalogue.ndjson.gz
    examples/catalogue/make_catalogue.py --check    says whether that file is what this script makes

Every run makes the same works: the random numbers have a fixed seed, and ids are hashes of labels.
What the works are about is in themes.txt. A work belongs to one theme; most of its topics come from
one strand of it, a few from another strand or from a kindred theme. Places, periods and forms cross
all themes, as they do in a library.
"""
import gzip
import hashlib
import json
import random
import re
import sys
from pathlib import Path

from words import (CENTURIES, FIRST_NAMES, FORMATS, KNOWN_WORKS, LANGUAGES, SURNAMES, TECHNIQUES,
                   TOWNS)

HERE = Path(__file__).resolve().parent
SNAPSHOT = HERE.parent / "catalogue.ndjson.gz"
N_WORKS = 2000


class Draw:
    """Draws that are the same in every version of Python: Random.random() alone is promised."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def chance(self, probability):
        return self.random() < probability

    def number(self, low, high):
        return low + int(self.random() * (high - low + 1))

    def one(self, items):
        return items[int(self.random() * len(items))]

    def weighted(self, items, weights):
        left = self.random() * sum(weights)
        for item, weight in zip(items, weights):
            left -= weight
            if left < 0:
                return item
        return items[-1]

    def early(self, items):
        """The first items are the likeliest: weights 1, 1/2, 1/3 and so on."""
        return self.weighted(items, [1.0 / (i + 1) for i in range(len(items))])


def catalogue_id(kind, label):
    """Eight characters like the catalogue's own ids: a letter first, no look-alikes."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    number = int.from_bytes(hashlib.sha256(f"{kind}:{label}".encode()).digest()[:8], "big")
    name = letters[number % len(letters)]
    number //= len(letters)
    for _ in range(7):
        name += (letters + "23456789")[number % 31]
        number //= 31
    return name


def read_topic(text):
    label, words = text.split("=")
    label, _, since = label.partition(" [")
    return {"label": label, "words": words, "since": int(since.rstrip("]") or 0)}


def read_themes():
    themes = {}
    for line in (HERE / "themes.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            theme = themes[line[3:]] = {"since": 1601, "strand": [], "scene": [], "foreign": []}
        elif line and not line.startswith("#"):
            field, value = line.split(": ", 1)
            if field == "strand":
                theme["strand"].append([read_topic(text) for text in value.split("; ")])
            elif field in ("scene", "foreign"):
                theme[field].append(value.split(" | "))
            elif field == "since":
                theme["since"] = int(value)
            else:
                theme[field] = value if field == "craft" else value.split("; ")
    for theme in themes.values():
        theme["topics"] = {topic["label"]: (topic, strand) for strand in theme["strand"]
                           for topic in strand}
    return themes


def in_a_title(place):
    place = place.split(" (")[0]
    takes_the = place.endswith(("s", "Ocean", "Land")) and place not in ("Wales", "Flanders")
    return f"the {place}" if takes_the else place


def subject(concepts):
    label = " - ".join(concept["label"] for concept in concepts)
    return {"id": catalogue_id("Subject", label), "label": label, "concepts": concepts,
            "type": "Subject"}


def concept(label, kind="Concept"):
    return {"id": catalogue_id(kind, label), "label": label, "type": kind}


def work(work_id, title, form, year, agent, subjects, genres=(), language="eng", town=None):
    """The record as a snapshot has it."""
    record = {"id": work_id, "title": title, "alternativeTitles": []}
    record["workType"] = {"id": FORMATS[form][0], "label": form, "type": "Format"}
    record["contributors"] = [
        {"agent": concept(agent, "Person"), "roles": [], "primary": True, "type": "Contributor"}
    ] if agent else []
    record["identifiers"] = []
    record["subjects"] = subjects
    record["genres"] = [{"label": genre, "concepts": [concept(genre, "Genre")], "type": "Genre"}
                        for genre in genres]
    record["languages"] = [] if form == "Pictures" else [
        {"id": language, "label": LANGUAGES[language][0], "type": "Language"}]
    record["production"] = [
        {"label": f"{town}, {year}" if town else str(year), "places": [], "agents": [],
         "dates": [{"label": str(year), "type": "Period"}], "type": "ProductionEvent"}]
    record["type"] = "Work"
    return record


class Cataloguer:
    """Makes one invented work after another."""

    def __init__(self, themes, seed):
        self.themes = themes
        self.draw = Draw(seed)
        self.people = {name: self.make_people(theme["since"]) for name, theme in themes.items()}

    def make_people(self, since):
        """A theme's eight writers and artists: how the catalogue files them, and their years."""
        found = []
        for i in range(8):
            born = since - 30 + (1960 - since) * i // 8 + self.draw.number(0, 12)
            died = born + self.draw.number(45, 88)
            name = f"{self.draw.one(SURNAMES)}, {self.draw.one(FIRST_NAMES)}"
            found.append((f"{name}, {born}-{died}", born, died))
        return found

    def strand_in(self, theme, year):
        strands = [[topic for topic in strand if topic["since"] <= year]
                   for strand in theme["strand"]]
        return self.draw.early([strand for strand in strands if len(strand) > 1])

    def topics(self, theme, year, first=None):
        """What the work is about, given what it begins with; and the strand it belongs to."""
        draw = self.draw
        if first:
            first, strand = theme["topics"][first]
            strand = [topic for topic in strand if topic["since"] <= max(year, first["since"])]
        else:
            strand = self.strand_in(theme, year)
            first = draw.early(strand)
        chosen = [first]
        for _ in range(draw.one([0, 1, 2, 2, 3, 3, 4, 5, 6])):
            where = draw.random()
            if where < 0.86:
                chosen.append(draw.early(strand))
            elif where < 0.93:
                chosen.append(draw.early(self.strand_in(theme, year)))
            else:
                kindred = self.themes[draw.one(theme["kin"])]
                chosen.append(draw.early(self.strand_in(kindred, max(year, kindred["since"]))))
        return list({topic["label"]: topic for topic in chosen}.values()), strand

    def headings(self, topics, year, place):
        """The work's subjects, some extended by a place, a period or a form, each once at most."""
        draw = self.draw
        century = (year + 99) // 100
        period, form = f"{century}th Century", CENTURIES[century][0]
        found = []
        for topic in topics:
            parts = [concept(topic["label"])]
            if draw.chance(0.003):
                del parts[0]["id"]  # a label that nobody has identified yet
            if place and draw.chance(0.8):
                parts.append(concept(place, "Place"))
                place = None
            elif period and draw.chance(0.15):
                parts.append(concept(period, "Period"))
                period = None
            elif form and draw.chance(0.06):
                parts.append(concept(form))
                form = None
            found.append(subject(parts))
        return found

    def picture(self, theme, year):
        draw = self.draw
        topic, scene = draw.one(theme["scene"])
        year = max(year, theme["topics"][topic][0]["since"])
        technique = draw.one([name for name, (_, since) in TECHNIQUES.items() if since <= year])
        artist = f"{draw.one(FIRST_NAMES)[0]}. {draw.one(SURNAMES)}"
        title = f"{scene}. {technique} after {artist}, {year}"
        topics, _ = self.topics(theme, year, topic)
        return work(catalogue_id("Work", title), title, "Pictures", year, None,
                    self.headings(topics, year, None), [TECHNIQUES[technique][0]])

    def foreign_book(self, theme, year, agent):
        draw = self.draw
        topic, language, title = draw.one(theme["foreign"])
        year = max(year, theme["topics"][topic][0]["since"])
        _, place, by = LANGUAGES[language]
        title = f"{title} / {by} {draw.one(FIRST_NAMES)[0]}. {draw.one(SURNAMES)}"
        topics, _ = self.topics(theme, year, topic)
        return work(catalogue_id("Work", title), title, "Books", year, agent,
                    self.headings(topics, year, place), [], language)

    def life(self, theme, agent):
        """A biography of somebody whose own works the library has."""
        draw = self.draw
        label, _, died = agent
        name = " ".join(reversed(label.split(", ")[:2]))
        title = f"{name} of {draw.one(TOWNS)}: a life among {theme['craft']}s"
        year = min(1999, died + draw.number(20, 90))
        topics, _ = self.topics(theme, died)
        subjects = [subject([concept(label, "Person"), concept("Biography")])]
        return work(catalogue_id("Work", title), title, "Books", year, None,
                    subjects + self.headings(topics, year, None), ["Biographies"])

    def described(self, theme, form, year, agent):
        """A work whose title comes from one of the patterns."""
        draw = self.draw
        topics, strand = self.topics(theme, year)
        main = topics[0]["words"]
        others = [topic["words"] for topic in topics[1:] + strand if topic["words"] != main]
        place = draw.early(theme["places"])
        words = {"x": main, "X": main[0].upper() + main[1:], "y": others[0],
                 "craft": theme["craft"], "place": in_a_title(place), "town": draw.one(TOWNS),
                 "year": year, "later": min(year + draw.number(4, 60), 1999),
                 "name": f"{draw.one(FIRST_NAMES)} {draw.one(SURNAMES)}"}
        if agent:
            words["name"] = " ".join(reversed(agent.split(", ")[:2]))
        pattern = draw.one(FORMATS[form][4] or CENTURIES[(year + 99) // 100][1])
        title = pattern.format(**words)
        if words["craft"][0] in "aeiou":
            title = re.sub(rf"\b([Aa]) {words['craft']}", rf"\1n {words['craft']}", title)
        subjects = self.headings(topics, year, place if "{place}" in pattern else None)
        genres = [draw.one(FORMATS[form][3])] if draw.chance(0.8) else []
        return work(catalogue_id("Work", title), title, form, year, agent, subjects, genres,
                    town=words["town"] if draw.chance(0.6) else None)

    def next_work(self):
        draw = self.draw
        name = draw.one(list(self.themes))
        theme = self.themes[name]
        form = draw.weighted(list(FORMATS), [share for _, share, *_ in FORMATS.values()])
        year = draw.number(max(theme["since"], FORMATS[form][2]), 1995)
        alive = [label for label, born, died in self.people[name] if born + 22 <= year <= died]
        agent = draw.one(alive) if alive and form not in ("Journals", "Maps") else None
        if form == "Pictures":
            made = self.picture(theme, year)
        elif form == "Books" and draw.chance(0.13):
            made = self.foreign_book(theme, year, agent)
        elif form == "Books" and draw.chance(0.06):
            made = self.life(theme, draw.one(self.people[name]))
        else:
            made = self.described(theme, form, year, agent)
        if draw.chance(0.05):
            made["subjects"] = []  # nobody has come to it yet
        return made


def snapshot():
    cataloguer = Cataloguer(read_themes(), seed=557)
    works = {}
    for work_id, title, form, year, agent, headings in KNOWN_WORKS:
        subjects = [subject([concept(*part.split(":")) for part in heading])
                    for heading in headings]
        works[work_id] = work(work_id, title, form, year, agent, subjects)
    while len(works) < N_WORKS:
        made = cataloguer.next_work()
        works.setdefault(made["id"], made)
    lines = [json.dumps(made, ensure_ascii=False, separators=(",", ":"))
             for made in works.values()]
    return ("\n".join(lines) + "\n").encode()


def main():
    made = gzip.compress(snapshot(), compresslevel=9, mtime=0)
    if sys.argv[1:] == ["--check"]:
        # Compression libraries differ, so it is the works that must be the same.
        if gzip.decompress(SNAPSHOT.read_bytes()) != gzip.decompress(made):
            sys.exit(f"{SNAPSHOT} is not what {sys.argv[0]} makes: run it without --check")
        print(f"{SNAPSHOT.name} is what this script makes")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        SNAPSHOT.write_bytes(made)
        print(f"{SNAPSHOT.name}: {N_WORKS} works, {len(made)} bytes")


if __name__ == "__main__":
    main()
