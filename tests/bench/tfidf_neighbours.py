"""Subjects by the likest titles: what a cataloguer might do with a search engine, as a baseline.

A title is a bag of words weighted by (1 + log count) * log(works / works with the word), scaled to
length 1. A work gets the subjects of its 20 nearest neighbours by cosine, each with the sum of their
similarities. Words on more than a tenth of the works are left out.
"""
import heapq
import math
import re
from collections import Counter, defaultdict

NEIGHBOURS = 20


def suggest(titles, tags, asked, k=10):
    """titles: (work, title) rows; tags: (work, subject) rows to learn from; asked: works. Returns
    {work: subjects, best first}."""
    words = {work: Counter(re.findall(r"\w+", title.lower())) for work, title in titles}
    subjects = defaultdict(list)
    for work, subject in tags:
        subjects[work].append(subject)
    learned = [work for work in subjects if work in words]
    with_word = Counter(word for work in learned for word in words[work])

    def vector(work):
        weights = {word: (1 + math.log(n)) * math.log(len(learned) / with_word[word])
                   for word, n in words.get(work, {}).items()
                   if 0 < with_word[word] <= len(learned) / 10}
        length = math.sqrt(sum(x * x for x in weights.values()))
        return {word: x / length for word, x in weights.items()} if length > 0 else {}

    postings = defaultdict(list)
    for work in learned:
        for word, x in vector(work).items():
            postings[word].append((work, x))
    found = {}
    for work in asked:
        similarity = defaultdict(float)
        for word, x in vector(work).items():
            for other, y in postings[word]:
                similarity[other] += x * y
        nearest = heapq.nsmallest(NEIGHBOURS, similarity.items(), key=lambda item: (-item[1], item[0]))
        score = defaultdict(float)
        for other, s in nearest:
            for subject in subjects[other]:
                score[subject] += s
        found[work] = [s for s, _ in heapq.nsmallest(k, score.items(), key=lambda i: (-i[1], i[0]))]
    return found
