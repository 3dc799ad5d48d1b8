#!/usr/bin/env python3
"""Rebuilds lists from a model's tables by the formulas of ext/STORAGE.md, and nothing else.

    storage_check.py --module build/release/subjrec.so --catalogue examples/catalogue.ndjson.gz

For each algorithm: the ten best of some works, and of works that were never trained, from SQL and arithmetic
in float64, beside what the module answers. Differences are those of rounding, or the page is wrong.
"""
import argparse
import collections
import json
import math
import sqlite3
import struct

ALGORITHMS = ("composed", "ials", "ease", "bce", "popularity", "neighbours", "blend")
WORKS = 40
TOLERANCE = 2e-4


def floats(blob):
    return struct.unpack(f"<{len(blob) // 4}f", blob)


def positions(blob):
    return struct.unpack(f"<{len(blob or b'') // 4}I", blob or b"")


def carried(blob, version):
    """A work's subjects with their weights: behind the positions where the format has them."""
    n = len(blob) // (8 if version in "24" else 4)
    return dict(zip(positions(blob[:4 * n]), floats(blob[4 * n:]) or [1.0] * n))


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def solve(matrix, right):
    """A symmetric positive definite system, by Cholesky."""
    n = len(right)
    lower = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = matrix[i][j] - dot(lower[i][:j], lower[j][:j])
            lower[i][j] = math.sqrt(rest) if i == j else rest / lower[j][j]
    y = [0.0] * n
    for i in range(n):
        y[i] = (right[i] - dot(lower[i][:i], y[:i])) / lower[i][i]
    for i in reversed(range(n)):
        y[i] = (y[i] - sum(lower[k][i] * y[k] for k in range(i + 1, n))) / lower[i][i]
    return y


class Model:
    """The rows of a model, as the page describes them."""

    def __init__(self, db, name):
        self.config = dict(db.execute(f"SELECT key, value FROM {name}_config"))
        rows = db.execute(f"SELECT embedding, bias, input, works FROM {name}_subjects ORDER BY n").fetchall()
        self.subject_works = [row[3] for row in rows]
        self.subjects = [floats(row[0]) for row in rows]
        self.bias = [row[1] for row in rows]
        self.inputs = [floats(row[2]) if row[2] else None for row in rows]
        self.features = [floats(row[0]) if row[0] else None
                         for row in db.execute(f"SELECT input FROM {name}_features ORDER BY n")]
        self.weights = [(positions(s), floats(w)) for s, w in
                        db.execute(f"SELECT subjects, weights FROM {name}_weights ORDER BY n")]
        self.works = []
        for s, f, w in db.execute(f"SELECT subjects, features, feature_weights FROM {name}_works ORDER BY n"):
            f = positions(f)
            self.works.append((carried(s, self.config["format_version"]), f, floats(w) if w else [1.0] * len(f)))

    def scores(self, algorithm, work, subjects, features, itself):
        """All scores of a work with this embedding that carries these."""
        if algorithm == "ease":
            return self.score_ease(subjects, features)
        if algorithm == "neighbours":
            return self.votes(subjects, features, itself)
        if algorithm == "blend":
            return self.score_blend(work, subjects, features, itself)
        return self.score_embedding(work)

    def fold(self, algorithm, subjects, features):
        """The embedding of a work that was never trained; None where the algorithm has none."""
        if algorithm in ("composed", "blend"):
            return self.fold_composed(subjects, features)
        if algorithm == "ials":
            return self.fold_ials(subjects, features)
        if algorithm == "bce":
            return self.fold_bce(subjects)
        return [0.0] * len(self.subjects[0])

    def number(self, key):
        return float(self.config[key])

    def score_embedding(self, work):
        return [dot(work, v) + b for v, b in zip(self.subjects, self.bias)]

    def score_ease(self, subjects, features):
        scores = [0.0] * len(self.subjects)
        if not self.weights:
            return scores
        rows = list(subjects.items())
        if len(self.weights) > len(self.subjects):
            rows += [(len(self.subjects) + f, w) for f, w in features]
        for row, times in rows:
            for subject, weight in zip(*self.weights[row]):
                scores[subject] += times * weight
        return scores

    def neighbour_index(self):
        """TF-IDF of what works with subjects carry: the weights of each term, and its works with theirs."""
        if hasattr(self, "index"):
            return self.index
        rows = []
        for subjects, features, weights in self.works:
            terms = list(subjects.items())
            terms += [(len(self.subjects) + f, self.number("feature_weight") * w) for f, w in zip(features, weights)]
            rows.append(terms if subjects else [])
        counts = collections.Counter(term for row in rows for term, _ in row)
        works = sum(1 for row in rows if row)
        most = max(2000, works // 20)
        idf = {term: math.log(works / count) if count <= most else 0.0 for term, count in counts.items()}
        lists = collections.defaultdict(list)
        for work, row in enumerate(rows):
            length = math.sqrt(sum((value * idf[term]) ** 2 for term, value in row))
            for term, value in row:
                if value * idf[term]:
                    lists[term].append((work, value * idf[term] / length))
        self.index = idf, lists
        return self.index

    def votes(self, subjects, features, itself):
        """The shares of the nearest works' similarities that are of those which carry each subject."""
        idf, lists = self.neighbour_index()
        terms = list(subjects.items())
        terms += [(len(self.subjects) + f, self.number("feature_weight") * w) for f, w in features]
        terms = [(term, value * idf.get(term, 0.0)) for term, value in terms]
        length = math.sqrt(sum(weight ** 2 for _, weight in terms)) or 1.0
        similar = collections.defaultdict(float)
        for term, weight in terms:
            for work, other in lists[term] if weight else ():
                similar[work] += weight * other / length
        similar.pop(itself, None)
        nearest = sorted(similar.items(), key=lambda pair: (-round(pair[1], 6), pair[0]))[:int(self.config["neighbors"])]
        total = sum(similarity for _, similarity in nearest)
        votes = [0.0] * len(self.subjects)
        for work, similarity in nearest:
            for subject in self.works[work][0]:
                votes[subject] += similarity / total
        return votes

    def lists_of(self, key):
        """The rows of key_0, key_1, ..., one after another."""
        rows = []
        while f"{key}_{len(rows)}" in self.config:
            rows.append(json.loads(self.config[f"{key}_{len(rows)}"]))
        return [row for part in rows for row in part]

    def label_shares(self, features):
        """Of each subject the greatest share of one of its labels that the features have."""
        if not hasattr(self, "labels"):
            self.labels = self.lists_of("subject_labels")
            self.word_of = {f: w for w, forms in enumerate(self.lists_of("label_words")) for f in forms}
            counts = collections.Counter(w for label in self.labels for w in label[1:])
            self.word_weight = {w: math.log(1 + len(self.labels) / n) for w, n in counts.items()}
        words = {self.word_of[f] for f, _ in features if f in self.word_of}
        shares = {}
        for subject, *label in self.labels:
            found = sum(self.word_weight[w] for w in label if w in words)
            share = 1 if words.issuperset(label) else found / sum(self.word_weight[w] for w in label)
            if share >= 0.5:
                shares[subject] = max(share, shares.get(subject, 0))
        return shares

    def score_blend(self, work, subjects, features, itself):
        c = json.loads(self.config["blend"])
        c = c[:len(c) // 2] if subjects else c[len(c) // 2:]
        shares = self.label_shares(features)
        all_tags = self.number("n_interactions") + self.number("n_subjects")
        ease = self.score_ease(subjects, features)
        votes = self.votes(subjects, features, itself)
        scores = []
        for s, vector in enumerate(self.subjects):
            score = c[0] * dot(work, vector) + c[0] * self.bias[s]
            score += c[1] * math.log((self.subject_works[s] + 1) / all_tags)
            if ease[s] > 0:
                score += c[2] * math.log(1 + ease[s] / 0.01) + c[3]
            if votes[s] > 0:
                score += c[4] * math.log(1 + votes[s] / 0.01) + c[5]
            if s in shares:
                score += c[6] * shares[s]
                common = math.log(len(self.subjects) * (self.subject_works[s] + 1) / all_tags)
                score += c[7] + c[8] * common if shares[s] == 1 else 0
            scores.append(score)
        return scores

    def fold_composed(self, subjects, features):
        terms = [(self.inputs[s], 1.0) for s in subjects]
        terms += [(self.features[f], w / 2) for f, w in features
                  if self.features[f] and any(self.features[f])]
        length = math.sqrt(sum(weight * weight for _, weight in terms))
        dim = len(self.subjects[0])
        return [sum(weight * row[k] for row, weight in terms) / length if terms else 0.0
                for k in range(dim)]

    def gramian(self):
        if not hasattr(self, "cached"):
            columns = list(zip(*(self.subjects + [f for f in self.features if f])))
            self.cached = [[dot(a, b) for b in columns] for a in columns]
        return self.cached

    def fold_ials(self, subjects, features):
        entries = [(self.subjects[s], c) for s, c in subjects.items()]
        entries += [(self.features[f], self.number("feature_weight") * w)
                    for f, w in features if w > 0]
        unobserved = self.number("unobserved_weight")
        columns = len(self.subjects) + len(self.features)
        penalty = self.number("regularization") * (
            sum(c for _, c in entries) + unobserved * columns) ** self.number("regularization_exponent")
        dim = len(self.subjects[0])
        matrix = [[unobserved * x for x in row] for row in self.gramian()]
        for k in range(dim):
            matrix[k][k] += penalty
        right = [0.0] * dim
        for v, c in entries:
            for i in range(dim):
                right[i] += c * v[i]
                for j in range(dim):
                    matrix[i][j] += c * v[i] * v[j]
        return solve(matrix, right)

    def fold_bce(self, subjects):
        """Gradient steps with the bound of the curvature, until nothing moves."""
        dim = len(self.subjects[0])
        work = [0.0] * dim
        for _ in range(60):
            gradient = list(work)
            curvature = [[float(i == j) for j in range(dim)] for i in range(dim)]
            for s, v in enumerate(self.subjects):
                p = 1 / (1 + math.exp(-dot(work, v)))
                c = subjects.get(s, 1.0)
                off = c * (p - (s in subjects))
                for i in range(dim):
                    gradient[i] += off * v[i]
                    for j in range(dim):
                        curvature[i][j] += c * p * (1 - p) * v[i] * v[j]
            change = solve(curvature, gradient)
            length = math.sqrt(dot(change, change))
            scale = min(1.0, 2 / length) if length else 1.0
            work = [w - scale * c for w, c in zip(work, change)]
            if length < 1e-9:
                break
        return work

    def probability(self, score, cold):
        curve = self.config.get("probability_curve")
        if cold:
            curve = self.config.get("cold_probability_curve", curve)
        if curve is None:
            curve = json.dumps([self.number("probability_slope"), self.number("probability_intercept")])
        slope, intercept, *bends = json.loads(curve)
        logit = slope * score + intercept
        for at, change in zip(bends[::2], bends[1::2]):
            logit += change * max(score - at, 0)
        return 1 / (1 + math.exp(-logit))


def compare(what, scores, model, ids, answered, cold):
    """The module's rows (subject_id, score, probability), best first, against rebuilt scores."""
    assert answered, f"{what}: the module answers nothing"
    for rank, (subject, score, probability) in enumerate(answered):
        ours = scores[ids[subject]]
        if abs(ours - score) > TOLERANCE * max(1, abs(score)):
            raise SystemExit(f"{what}: subject {subject} scores {score}, by the page {ours}")
        said = model.probability(ours, cold)
        if abs(said - probability) > TOLERANCE:
            raise SystemExit(f"{what}: probability {probability}, by the page {said}")
        better = sum(s > score + TOLERANCE for s in scores)
        if better > rank:
            raise SystemExit(f"{what}: {better} subjects are better than the one at rank {rank + 1}")


def check(db, algorithm, with_features, source, more=None):
    name = f"{algorithm}_{'f' if with_features else 'p'}_{source}{len(more or {})}"
    options = {"algorithm": algorithm}
    if algorithm not in ("popularity", "neighbours"):
        options |= {"epochs": 2, "embedding_dim": 16}
    if with_features:
        options["work_features"] = "work_features"
    options |= more or {}
    db.execute("SELECT subjrec_train(?, ?, ?)", (name, source, json.dumps(options))).fetchone()
    model = Model(db, name)
    ids = dict(db.execute(f"SELECT subject_id, n FROM {name}_subjects"))
    feature_ids = [row[0] for row in db.execute(f"SELECT feature_id FROM {name}_features ORDER BY n")]
    subject_ids = [row[0] for row in db.execute(f"SELECT subject_id FROM {name}_subjects ORDER BY n")]
    rows = db.execute(f"SELECT work_id, embedding, subjects, features, feature_weights, n FROM {name}_works "
                      f"ORDER BY n LIMIT {WORKS}").fetchall()
    for work_id, embedding, subjects, features, weights, n in rows:
        subjects, features = carried(subjects, model.config["format_version"]), positions(features)
        weighted = list(zip(features, floats(weights) if weights else [1.0] * len(features)))
        scores = model.scores(algorithm, floats(embedding) or model.fold(algorithm, subjects, weighted), subjects, weighted, n)
        answered = db.execute("SELECT subject_id, score, probability FROM subjrec_topk(?, ?, 10)",
                              (name, work_id)).fetchall()
        compare(f"{name}, work {work_id}", scores, model, ids, answered, not subjects)

        # The same subjects and features as a work that was never trained; features of arguments have weight 1.
        few = list(zip(features, [1.0] * len(features)))
        scores = model.scores(algorithm, model.fold(algorithm, subjects, few), subjects, few, None)
        arguments = [name, json.dumps({subject_ids[s]: w for s, w in subjects.items()}), 10]
        call = "subjrec_suggest(?, ?, ?)"
        if few:
            call = "subjrec_suggest(?, ?, ?, ?)"
            arguments.append(json.dumps([feature_ids[f] for f in features]))
        answered = db.execute(f"SELECT subject_id, score, probability FROM {call}", arguments).fetchall()
        scores = [-math.inf if s in subjects and subject_ids[s] not in {a[0] for a in answered} else x
                  for s, x in enumerate(scores)]
        compare(f"{name}, as a new work {work_id}", scores, model, ids, answered, not subjects)
    return len(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--module", required=True)
    parser.add_argument("--catalogue", required=True)
    options = parser.parse_args()
    db = sqlite3.connect(":memory:")
    if not hasattr(db, "enable_load_extension"):
        print("SKIP: this Python was built without loadable extensions of SQLite")
        return
    db.enable_load_extension(True)
    db.load_extension(options.module.removesuffix(".so"))
    db.execute("SELECT subjrec_import(?)", (options.catalogue,)).fetchone()
    db.execute("CREATE VIEW weighted AS SELECT work_id, subject_id, 0.25 * (1 + (unicode(subject_id) "
               "+ unicode(substr(work_id, 2))) % 9) AS weight FROM work_subjects")
    for algorithm in ALGORITHMS:
        featureless = algorithm in ("bce", "popularity")
        for with_features, source in ((False, "work_subjects"), (True, "work_subjects"),
                                      (not featureless, "weighted")):
            if featureless and with_features:
                continue
            works = check(db, algorithm, with_features, source)
            print(f"{algorithm}{' with features' if with_features else ''} of {source}: "
                  f"{works} works and as many new ones are as ext/STORAGE.md says")
    works = check(db, "blend", True, "work_subjects", {"work_text": "SELECT work_id, title FROM works",
                                      "subject_labels": "SELECT subject_id, label FROM subjects"})
    for algorithm, source in (("composed", "work_subjects"), ("blend", "weighted")):
        check(db, algorithm, True, source, {"work_embeddings": "computed"})
        print(f"{algorithm} without works' embeddings: as ext/STORAGE.md says")
    print(f"blend with labels: {works} works and as many new ones are as ext/STORAGE.md says")


if __name__ == "__main__":
    main()
