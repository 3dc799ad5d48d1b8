#!/usr/bin/env python3
"""Compares subjrec_map() with umap-learn on the subjects of a trained model, by turns.

    tests/bench/map_compare.py rec.db rec --extension build/release/subjrec.so

Prints the seconds of each run, and the trustworthiness (k = 15) of both maps. Needs umap-learn and
scikit-learn (Debian: umap-learn). umap-learn's first run compiles; its medians leave it out.
"""
import argparse
import sqlite3
import statistics
import time

import numpy as np
from sklearn.neighbors import NearestNeighbors
from umap import UMAP


def trustworthiness(embeddings, plane, k):
    """Venna and Kaski 2001; the definition, row by row, so that memory stays small."""
    n = len(embeddings)
    nearest = NearestNeighbors(n_neighbors=k + 1).fit(plane).kneighbors(plane)[1]
    excess = 0
    for i in range(n):
        squared = ((embeddings - embeddings[i]) ** 2).sum(axis=1)
        squared[i] = -1  # itself has rank 0
        others = [j for j in nearest[i] if j != i][:k]
        ranks = np.searchsorted(np.sort(squared), squared[others])
        excess += np.maximum(0, ranks - k).sum()
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * excess


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("model")
    parser.add_argument("--extension", default="build/release/subjrec.so")
    parser.add_argument("--metric", default="euclidean", choices=["euclidean", "cosine"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    database = sqlite3.connect(arguments.database)
    database.enable_load_extension(True)
    database.load_extension(arguments.extension)
    rows = database.execute(
        f'SELECT subject_id, embedding FROM "{arguments.model}_subjects" ORDER BY rowid').fetchall()
    ids = [subject for subject, _ in rows]
    embeddings = np.array([np.frombuffer(blob, "<f4") for _, blob in rows])
    print(f"{len(ids)} subjects x {embeddings.shape[1]}, {arguments.metric}")

    seconds = {"subjrec": [], "umap-learn": []}
    for _ in range(arguments.rounds):
        start = time.perf_counter()
        database.execute("SELECT subjrec_map(?, 'subject', json_object('metric', ?, 'threads', ?))",
                         (arguments.model, arguments.metric, arguments.threads)).fetchone()
        seconds["subjrec"].append(time.perf_counter() - start)
        start = time.perf_counter()
        reference = UMAP(metric=arguments.metric).fit_transform(embeddings)
        seconds["umap-learn"].append(time.perf_counter() - start)
    places = {subject: (x, y) for subject, x, y in database.execute(
        f"SELECT id, x, y FROM \"{arguments.model}_map\" WHERE kind = 'subject'")}
    ours = np.array([places[subject] for subject in ids])

    compared = embeddings
    if arguments.metric == "cosine":
        compared = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    for name, plane in (("subjrec", ours), ("umap-learn", reference)):
        runs = seconds[name]
        warm = runs[1:] if name == "umap-learn" and len(runs) > 1 else runs
        print(f"{name:11s} trustworthiness {trustworthiness(compared, plane, 15):.4f}, seconds "
              f"{', '.join(f'{s:.2f}' for s in runs)}; median {statistics.median(warm):.2f}")


if __name__ == "__main__":
    main()
