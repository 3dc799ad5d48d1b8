"""The best lists that a made-up catalogue allows: those of somebody who knows how it was drawn.

    tests/bench/oracle.py [WORKS [CATALOGUE_TSV]]          1,000,000; build/release/tests/bench/catalogue_tsv

A work of tests/bench/catalogue.h has a cluster, and its subjects come from it by their popularity, or from anywhere.
Given the subjects that are known, the chance of each cluster follows by Bayes' rule, and of each subject by that: no
other list finds more of what is hidden. How far a training is from it says what is left to gain.
"""
import math
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

LOCAL = 0.8      # of catalogue.h: the share of subjects that come from the work's own cluster
RARE_BELOW = 10  # of core/evaluate/evaluate.h
LEAST = 2e-3     # a cluster that is less probable puts nothing among the first ten


class Oracle:
    def __init__(self, lines):
        """`lines`: what catalogue_tsv prints with drawn_by."""
        self.cluster, self.popularity = {}, {}
        for line in lines[1:]:
            subject, cluster, popularity = line.split("\t")
            self.cluster[subject], self.popularity[subject] = int(cluster), float(popularity)
        self.members, self.mass = defaultdict(list), Counter()
        by_popularity = sorted(self.popularity, key=lambda s: -self.popularity[s])
        for subject in by_popularity:
            self.members[self.cluster[subject]].append(subject)
            self.mass[self.cluster[subject]] += self.popularity[subject]
        self.all_mass = sum(self.mass.values())
        self.common = by_popularity[:60]

    def clusters(self, known):
        """The clusters that these subjects are of, with the probability that it is the work's; and of any other the
        probability for each unit of its mass."""
        elsewhere = (1 - LOCAL) / self.all_mass
        logs = {}
        for subject in known:
            c = self.cluster[subject]
            logs[c] = logs.get(c, math.log(self.mass[c])) + math.log((LOCAL / self.mass[c] + elsewhere) / elsewhere)
        most = max(logs.values())
        weights = {c: math.exp(value - most) for c, value in logs.items()}
        total = sum(weights.values()) + math.exp(-most) * (self.all_mass - sum(self.mass[c] for c in logs))
        return {c: weight / total for c, weight in weights.items()}, math.exp(-most) / total

    def list(self, known, k):
        probable, of_others = self.clusters(known)
        candidates = set(self.common)
        for c, probability in probable.items():
            if probability > LEAST:
                candidates.update(self.members[c][:k + len(known)])

        def chance(subject):
            c = self.cluster[subject]
            of_cluster = probable[c] / self.mass[c] if c in probable else of_others
            return self.popularity[subject] * (LOCAL * of_cluster + (1 - LOCAL) / self.all_mass)

        return sorted(candidates.difference(known), key=lambda s: (-chance(s), s))[:k]


def judge(oracle, train, test, k=10):
    """recall, nDCG and coverage at k, and recall of rare subjects and at 5, of rows (work, subject)."""
    known, works = defaultdict(list), Counter()
    asked = {work for work, _ in test}
    for work, subject in train:
        works[subject] += 1
        if work in asked:
            known[work].append(subject)
    found, gain, first, listed, rare, rare_found = 0, 0.0, 0, set(), 0, 0
    for work, subject in test:
        best = oracle.list(known[work], k)
        listed.update(best)
        is_rare = works[subject] < RARE_BELOW
        rare += is_rare
        if subject not in best:
            continue
        found += 1
        rare_found += is_rare
        first += best.index(subject) < 5
        gain += 1 / math.log2(2 + best.index(subject))
    n = len(test)
    return {"recall": found / n, "ndcg": gain / n, "coverage": len(listed) / len(works),
            "rare": rare_found / max(rare, 1), "recall@5": first / n}


def main():
    works = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    root = Path(__file__).resolve().parents[2]
    tool = sys.argv[2] if len(sys.argv) > 2 else str(root / "build/release/tests/bench/catalogue_tsv")
    size = [tool, str(works), str(works * 3 // 20), str(max(works // 2000, 10))]
    oracle = Oracle(subprocess.run([*size, "drawn_by"], check=True, capture_output=True, text=True).stdout.splitlines())
    with tempfile.TemporaryDirectory() as folder:
        tsv = Path(folder) / "made.tsv"
        with open(tsv, "w") as out:
            subprocess.run(size, check=True, stdout=out)
        database = sqlite3.connect(":memory:")
        database.enable_load_extension(True)
        database.load_extension(str(root / "build/release/subjrec"))
        database.execute("CREATE TABLE made(work_id, subject_id)")
        with open(tsv) as lines:
            next(lines)
            database.executemany("INSERT INTO made VALUES (?, ?)", (line.rstrip("\n").split("\t") for line in lines))
        database.execute("CREATE TABLE folds AS SELECT * FROM subjrec_split('made')")
        train = database.execute("SELECT work_id, subject_id FROM folds WHERE fold = 0")
        test = database.execute("SELECT work_id, subject_id FROM folds WHERE fold = 1 "
                                "ORDER BY substr(work_id, 3), work_id LIMIT 30000").fetchall()
        for name, value in judge(oracle, train, test).items():
            print(f"{name:10} {value:.4f}")


if __name__ == "__main__":
    main()
