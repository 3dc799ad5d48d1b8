"""What examples/distributed promises, with two processes and four shards: distributed_test.py MODULE FOLDER

A worker is killed in three phases of "ials" and of "composed", and the driver of "ease"; each time the model is the one
of subjrec_train.
"""
import functools
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import train
from distributed import Client, LocalCluster

EASE = {"algorithm": "ease", "embedding_dim": 8, "work_features": "work_features"}
IALS = {"algorithm": "ials", "embedding_dim": 8, "epochs": 1, "work_features": "work_features"}
COMPOSED = {"algorithm": "composed", "embedding_dim": 8, "epochs": 2, "rounds": 2, "work_features": "work_features"}
DEADLY = [1, 3]  # turns: of "ials" the exchange and the columns, of "composed" the exchange and the second round
SHARDS = 4


def dying(marker, function, *arguments):
    """As `function`, but the first worker that is asked in this phase dies by a kill -9 in the middle."""
    result = function(*arguments)
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return result
    os.kill(os.getpid(), signal.SIGKILL)


def dying_step(folder, job, shard, path, state, inbox):
    turn = int(state.rsplit("state", 1)[1])
    if turn not in DEADLY:
        return train.step(job, shard, path, state, inbox)
    return dying(os.path.join(folder, f"died in turn {turn}"), train.step, job, shard, path, state, inbox)


def dying_finish(folder, *arguments):
    return dying(os.path.join(folder, "died in finish"), train.finish, *arguments)


def check(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: wanted {wanted}, got {got}")
    print(f"ok: {what}")


def whole_digest(whole, keep):
    """Of the model of all works, from the state that was kept."""
    state = train.connect(whole["module"], keep).execute("SELECT state FROM run").fetchone()[0]
    db = train.connect(whole["module"], whole["path"])
    return json.loads(db.execute("SELECT subjrec_finish('together', ?, 'work_subjects', NULL)",
                                 (state,)).fetchone()[0])["digest"]


def cut(folder, whole):
    subprocess.run([sys.executable, os.path.join(os.path.dirname(train.__file__), "cut.py"), whole, folder,
                    str(SHARDS)], check=True, stdout=subprocess.DEVNULL)
    return sorted(glob.glob(os.path.join(folder, "shard*.db")))


def driver(paths, module, keep):
    command = [sys.executable, "-u", train.__file__, *paths, "--options", json.dumps(EASE), "--module", module,
               "--keep", keep]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def import_shards(folder, module):
    """The catalogue in four files, each with the works of its shard, as a training with {"shards": 4} deals them."""
    os.makedirs(folder)
    paths = [os.path.join(folder, f"shard{shard}.db") for shard in range(SHARDS)]
    for shard, path in enumerate(paths):
        db = train.connect(module, path)
        db.execute("SELECT subjrec_import('examples/catalogue.ndjson.gz', ?)",
                   (json.dumps({"shards": SHARDS, "shard": shard}),))
        db.commit()
        db.close()
    return paths


def train_with_deaths(folder, paths, job, options):
    """The state of a training whose workers die."""
    keep = os.path.join(folder, "run.db")
    kept = train.Kept(keep, job["module"], json.dumps({**options, "shards": SHARDS}))
    deaths = os.path.join(folder, "deaths")
    os.makedirs(deaths)
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
                      silence_logs=50) as cluster, Client(cluster) as client:
        train.train(client, job, paths, kept, step=functools.partial(dying_step, deaths),
                    finish=functools.partial(dying_finish, deaths))
    check("workers were killed", sorted(os.listdir(deaths)),
          sorted([*(f"died in turn {turn}" for turn in DEADLY), "died in finish"]))
    shutil.rmtree(deaths)
    return keep


def check_works(path, module, whole, model):
    """The works of a shard are embedded as in the one training."""
    db = train.connect(module, path)
    db.execute("ATTACH ? AS whole", (whole["path"],))
    works, same = db.execute(f"SELECT count(*), count(whole.n) FROM rec_works LEFT JOIN whole.{model}_works AS whole "
                             "USING (work_id, embedding, subjects)").fetchone()
    db.close()
    check(f"works of {os.path.basename(path)} as in one training of {model}", same, works)


def main():
    module, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    whole = {"module": module, "path": os.path.join(folder, "works.db")}
    db = train.connect(module, whole["path"])
    db.execute("SELECT subjrec_import('examples/catalogue.ndjson.gz')")
    wanted = {}
    for model, options in (("ease", EASE), ("ials", IALS), ("composed", {**COMPOSED, "shards": SHARDS})):
        summary = db.execute("SELECT subjrec_train(?, 'work_subjects', ?)", (model, json.dumps(options))).fetchone()[0]
        wanted[model] = json.loads(summary)["digest"]
    db.commit()
    db.close()

    job = {"module": module, "model": "rec", "source": "work_subjects"}
    for model, options, paths in (
            ("ials", IALS, cut(os.path.join(folder, "ials"), whole["path"])),
            ("composed", COMPOSED, import_shards(os.path.join(folder, "composed"), module))):
        keep = train_with_deaths(os.path.join(folder, model), paths, job, options)
        check(f"the digest of {model} afterwards", whole_digest(whole, keep), wanted[model])
        for path in paths:
            check_works(path, module, whole, model)
        check("files that are left", sorted(os.listdir(os.path.dirname(keep))),
              ["run.db", *map(os.path.basename, paths)])

    # The driver, in its second turn; then again, from where it was.
    paths = cut(os.path.join(folder, "driver"), whole["path"])
    keep = os.path.join(folder, "driver", "run.db")
    first = driver(paths, module, keep)
    for line in first.stdout:
        if line.startswith("turn 1"):
            first.kill()
            break
    first.wait()
    again = driver(paths, module, keep)
    printed = again.communicate(timeout=120)[0]
    check("the driver that was started again", again.returncode, 0) if again.returncode == 0 else sys.exit(printed)
    check("turns that it did again", "turn 1" in printed, False)
    check("the digest after the driver was killed", whole_digest(whole, keep), wanted["ease"])

    # A cluster of which every worker is gone.
    with LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as cluster, Client(cluster) as client:
        kept = train.Kept(os.path.join(folder, "alone.db"), module, json.dumps({**EASE, "shards": SHARDS}))
        try:
            train.train(client, job, paths, kept, patience=1)
            sys.exit("a cluster without workers trained")
        except train.NoWorkers as problem:
            check("a cluster without workers", str(problem),
                  "the cluster has had no worker for 1 s; start workers, and start this again: it goes on "
                  "with turn 1")

    # What cannot be trained is said in a sentence.
    wrong = driver([paths[0], paths[0]], module, os.path.join(folder, "wrong.db"))
    check("one file given twice", wrong.communicate(timeout=60)[0].strip(),
          f"shards 0 and 1 are the same file, {paths[0]}")


if __name__ == "__main__":
    start = time.time()
    main()
    print(f"{time.time() - start:.1f} s")
