"""What others would use where only features of a work are known, over the same features as the product's rows.

ridge: one-vs-rest ridge regression (lambda 1) on TF-IDF, the class of Annif's omikuji at best: 8 steps of
conjugate gradients for all subjects at once. Wants python3-scipy and python3-sklearn.
fasttext: Annif's fasttext backend with its hierarchical softmax, d 100, 25 epochs. Wants fasttext.

Both take known and tags, (work, feature) and (work, subject) rows, and return {work: subjects, best first} for
the works asked about. Where Debian's package is not there, the error that they raise says so.
"""
import os
import shutil
import subprocess
import tempfile
from collections import defaultdict

LEAST_WORKS = 3  # with a feature that counts
AT_A_TIME = 512  # subjects that are solved for together


def rows_by_work(rows):
    by_work = defaultdict(list)
    for work, value in rows:
        by_work[work].append(value)
    return by_work


def numbered(values):
    return {value: n for n, value in enumerate(sorted(set(values)))}


def ridge(known, tags, asked, k=10, penalty=1.0, steps=8):
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfTransformer

    subjects_of = rows_by_work(tags)
    features_of = rows_by_work(known)
    works = sorted(subjects_of)
    number = numbered(feature for work in works for feature in set(features_of[work]))
    subject = numbered(s for _, s in tags)

    def matrix(rows, columns):
        pairs = [(w, columns[x]) for w, values in enumerate(rows) for x in values if x in columns]
        where = ([w for w, _ in pairs], [x for _, x in pairs])
        return csr_matrix((np.ones(len(pairs), np.float32), where), (len(rows), len(columns)))

    x = matrix([features_of[work] for work in works], number)
    common = np.flatnonzero(np.asarray((x > 0).sum(axis=0)).ravel() >= LEAST_WORKS)
    weigh = TfidfTransformer(sublinear_tf=True)
    x = csr_matrix(weigh.fit_transform(x[:, common]), dtype=np.float32)
    back = csr_matrix(x.T)
    y = matrix([subjects_of[work] for work in works], subject).tocsc()
    question = csr_matrix(weigh.transform(matrix([features_of[w] for w in asked], number)[:, common]), dtype=np.float32)
    best = np.empty((len(asked), len(subject)), np.float32)
    for begin in range(0, len(subject), AT_A_TIME):
        residual = (back @ y[:, begin:begin + AT_A_TIME]).toarray()
        w = np.zeros_like(residual)
        direction = residual.copy()
        square = (residual ** 2).sum(axis=0)
        for _ in range(steps):
            image = back @ (x @ direction) + penalty * direction
            step = square / np.maximum((direction * image).sum(axis=0), 1e-12)
            w += step * direction
            residual -= step * image
            before, square = square, (residual ** 2).sum(axis=0)
            direction = residual + square / np.maximum(before, 1e-12) * direction
        best[:, begin:begin + AT_A_TIME] = question @ w
    names = sorted(subject)
    order = np.argsort(-best, axis=1, kind="stable")[:, :k]
    return {work: [names[s] for s in row] for work, row in zip(asked, order)}


def fasttext(known, tags, asked, k=10, threads=1):
    if shutil.which("fasttext") is None:
        raise RuntimeError("fasttext is not installed")
    subjects_of = rows_by_work(tags)
    features_of = rows_by_work(known)
    number = numbered(feature for _, feature in known)
    subject = numbered(s for _, s in tags)
    names = sorted(subject)

    def line(work):
        return " ".join(f"f{number[feature]}" for feature in sorted(features_of[work]))

    with tempfile.TemporaryDirectory() as folder:
        learned, model = os.path.join(folder, "learned"), os.path.join(folder, "model")
        with open(learned, "w") as file:
            for work in sorted(subjects_of):
                labels = " ".join(f"__label__{subject[s]}" for s in sorted(subjects_of[work]))
                file.write(f"{labels} {line(work)}\n")
        subprocess.run(["fasttext", "supervised", "-input", learned, "-output", model, "-dim", "100", "-epoch", "25",
                        "-loss", "hs", "-lr", "0.5", "-minCount", str(LEAST_WORKS), "-thread", str(threads),
                        "-verbose", "0"],
                       check=True, capture_output=True)
        found = subprocess.run(["fasttext", "predict", model + ".bin", "-", str(k)], check=True, text=True,
                               input="".join(line(work) + "\n" for work in asked), capture_output=True).stdout
    prefix = len("__label__")
    return {work: [names[int(word[prefix:])] for word in row.split()]
            for work, row in zip(asked, found.split("\n"))}
