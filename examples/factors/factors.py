#!/usr/bin/env python3
"""Factors of any other program into subjrec and out again, by numpy.

    python3 examples/factors/factors.py [module [catalogue]]

load() stores two matrices as a model, which then answers as one that was trained here does: lists,
neighbours, maps, evaluation. embeddings() reads a model's matrix. As an example the works and subjects
of the small catalogue are factorised by a truncated SVD.
"""
import sqlite3
import sys

import numpy as np


def load(db, model, works, subjects, interactions=""):
    """Makes a model. `works` and `subjects` are (ids, matrix) or (ids, matrix, biases): a row of the
    matrix for each id; a score is the inner product plus the subject's bias. `interactions` is a table
    or SELECT of (work, subject), what the works carry."""
    for name, (ids, matrix, *biases) in {"works": works, "subjects": subjects}.items():
        rows = np.ascontiguousarray(matrix, dtype="<f4")
        bias = np.asarray(biases[0], dtype=float).tolist() if biases else [0.0] * len(rows)
        db.execute(f"CREATE TEMP TABLE factors_of_{name} (id, embedding BLOB, bias REAL)")
        db.executemany(f"INSERT INTO factors_of_{name} VALUES (?, ?, ?)",
                       zip(ids, (row.tobytes() for row in rows), bias))
    db.execute("SELECT subjrec_load(?, 'SELECT id, embedding FROM temp.factors_of_works', "
               "'SELECT id, embedding, bias FROM temp.factors_of_subjects', "
               "json_object('interactions', ?))", (model, interactions)).fetchone()
    db.execute("DROP TABLE temp.factors_of_works")
    db.execute("DROP TABLE temp.factors_of_subjects")


def embeddings(db, model, kind):
    """The ids and the float32 matrix of a model's works or subjects."""
    rows = db.execute(f'SELECT {kind}_id, embedding FROM "{model}_{kind}s" ORDER BY 1').fetchall()
    return [row[0] for row in rows], np.frombuffer(b"".join(row[1] for row in rows), "<f4").reshape(len(rows), -1)


def main(module="./build/release/subjrec", catalogue="examples/catalogue.ndjson.gz"):
    db = sqlite3.connect(":memory:")
    db.enable_load_extension(True)
    db.load_extension(module)
    db.execute("SELECT subjrec_import(?)", (catalogue,)).fetchone()

    pairs = db.execute("SELECT work_id, subject_id FROM work_subjects ORDER BY 1, 2").fetchall()
    works = sorted({work for work, _ in pairs})
    subjects = sorted({subject for _, subject in pairs})
    row = {work: i for i, work in enumerate(works)}
    column = {subject: i for i, subject in enumerate(subjects)}
    matrix = np.zeros((len(works), len(subjects)))
    for work, subject in pairs:
        matrix[row[work], column[subject]] = 1
    u, s, v = np.linalg.svd(matrix, full_matrices=False)
    load(db, "svd", (works, u[:, :32] * s[:32]), (subjects, v[:32].T), "work_subjects")

    for label, score in db.execute("SELECT label, score FROM subjrec_topk('svd', 'cex557h4', 5, 'new') "
                                   "JOIN subjects USING (subject_id) ORDER BY rank"):
        print(f"  {score:.2f}  {label}")
    ids, read = embeddings(db, "svd", "subject")
    print(f"{read.shape[0]} x {read.shape[1]} came back,",
          "as they were" if ids == subjects and np.array_equal(read, v[:32].T.astype("<f4")) else "changed")


if __name__ == "__main__":
    main(*sys.argv[1:])
