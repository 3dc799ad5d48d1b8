#!/usr/bin/env python3
"""Rebuilds lists from a model's tables by the formulas of ext/STORAGE.md, and nothing else.

    storage_check.py --module build/release/subjrec.so --catalogue examples/catalogue.ndjson.gz

For each algorithm: the ten best of some works, and of works that were never trained, from SQL and arithmetic
in float64, beside what the module answers. Differences are those of rounding, or the page is wrong.
"""
import argparse
import json
import math
import sqlite3
import struct

ALGORITHMS = ("composed", "ials", "ease", "bce")
WORKS = 40
TOLERANCE = 2e-4


def floats(blob):
    return struct.unpack(f"<{len(blob) // 4}f", blob)


def positions(blob):
    return struct.unpack(f"<{len(blob or b'') // 4}I", blob or b"")


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
        rows = db.execute(f"SELECT embedding, bias, input FROM {name}_subjects ORDER BY n").fetchall()
        self.subjects = [floats(row[0]) for row in rows]
        self.bias = [row[1] for row in rows]
        self.inputs = [floats(row[2]) if row[2] else None for row in rows]
        self.features = [floats(row[0]) if row[0] else None
                         for row in db.execute(f"SELECT input FROM {name}_features ORDER BY n")]
        self.weights = [(positions(s), floats(w)) for s, w in
                        db.execute(f"SELECT subjects, weights FROM {name}_weights ORDER BY n")]

    def number(self, key):
        return float(self.config[key])

    def score_embedding(self, work):
        return [dot(work, v) + b for v, b in zip(self.subjects, self.bias)]

    def score_ease(self, subjects, features):
        scores = [0.0] * len(self.subjects)
        rows = [(s, 1.0) for s in subjects]
        if len(self.weights) > len(self.subjects):
            rows += [(len(self.subjects) + f, w) for f, w in features]
        for row, times in rows:
            for subject, weight in zip(*self.weights[row]):
                scores[subject] += times * weight
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
        entries = [(self.subjects[s], 1.0) for s in subjects]
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
                off = p - (s in subjects)
                for i in range(dim):
                    gradient[i] += off * v[i]
                    for j in range(dim):
                        curvature[i][j] += p * (1 - p) * v[i] * v[j]
            change = solve(curvature, gradient)
            length = math.sqrt(dot(change, change))
            scale = min(1.0, 2 / length) if length else 1.0
            work = [w - scale * c for w, c in zip(work, change)]
            if length < 1e-9:
                break
        return work

    def probability(self, score):
        logit = self.number("probability_slope") * score + self.number("probability_intercept")
        return 1 / (1 + math.exp(-logit))


def compare(what, scores, model, ids, answered):
    """The module's rows (subject_id, score, probability), best first, against rebuilt scores."""
    assert answered, f"{what}: the module answers nothing"
    for rank, (subject, score, probability) in enumerate(answered):
        ours = scores[ids[subject]]
        if abs(ours - score) > TOLERANCE * max(1, abs(score)):
            raise SystemExit(f"{what}: subject {subject} scores {score}, by the page {ours}")
        if abs(model.probability(ours) - probability) > TOLERANCE:
            raise SystemExit(f"{what}: probability {probability}, by the page {model.probability(ours)}")
        better = sum(s > score + TOLERANCE for s in scores)
        if better > rank:
            raise SystemExit(f"{what}: {better} subjects are better than the one at rank {rank + 1}")


def check(db, algorithm, with_features):
    name = f"{algorithm}_{'f' if with_features else 'p'}"
    options = {"algorithm": algorithm, "epochs": 2, "embedding_dim": 16}
    if with_features:
        options["work_features"] = "work_features"
    db.execute("SELECT subjrec_train(?, 'work_subjects', ?)", (name, json.dumps(options))).fetchone()
    model = Model(db, name)
    ids = dict(db.execute(f"SELECT subject_id, n FROM {name}_subjects"))
    feature_ids = [row[0] for row in db.execute(f"SELECT feature_id FROM {name}_features ORDER BY n")]
    subject_ids = [row[0] for row in db.execute(f"SELECT subject_id FROM {name}_subjects ORDER BY n")]
    rows = db.execute(f"SELECT work_id, embedding, subjects, features, feature_weights FROM {name}_works "
                      f"ORDER BY n LIMIT {WORKS}").fetchall()
    for work_id, embedding, subjects, features, weights in rows:
        subjects, features = positions(subjects), positions(features)
        weighted = list(zip(features, floats(weights) if weights else [1.0] * len(features)))
        scores = (model.score_ease(subjects, weighted) if algorithm == "ease"
                  else model.score_embedding(floats(embedding)))
        answered = db.execute("SELECT subject_id, score, probability FROM subjrec_topk(?, ?, 10)",
                              (name, work_id)).fetchall()
        compare(f"{name}, work {work_id}", scores, model, ids, answered)

        # The same subjects and features as a work that was never trained; arguments have weight 1.
        few = list(zip(features, [1.0] * len(features)))
        if algorithm == "ease":
            scores = model.score_ease(subjects, few)
        else:
            fold = {"composed": lambda: model.fold_composed(subjects, few),
                    "ials": lambda: model.fold_ials(subjects, few),
                    "bce": lambda: model.fold_bce(set(subjects))}[algorithm]
            scores = model.score_embedding(fold())
        arguments = [name, json.dumps([subject_ids[s] for s in subjects]), 10]
        call = "subjrec_suggest(?, ?, ?)"
        if few:
            call = "subjrec_suggest(?, ?, ?, ?)"
            arguments.append(json.dumps([feature_ids[f] for f in features]))
        carried = set(subjects)
        answered = db.execute(f"SELECT subject_id, score, probability FROM {call}", arguments).fetchall()
        scores = [-math.inf if s in carried and subject_ids[s] not in {a[0] for a in answered} else x
                  for s, x in enumerate(scores)]
        compare(f"{name}, as a new work {work_id}", scores, model, ids, answered)
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
    for algorithm in ALGORITHMS:
        for with_features in (False, True):
            if algorithm == "bce" and with_features:
                continue
            works = check(db, algorithm, with_features)
            print(f"{algorithm}{' with features' if with_features else ''}: "
                  f"{works} works and as many new ones are as ext/STORAGE.md says")


if __name__ == "__main__":
    main()
