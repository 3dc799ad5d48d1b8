"""Jobs: each trains one model, once, and asks it whatever the sections of QUALITY.md want to know of it.

What a job found is kept in --work, under a hash of all that it was given, until --fresh; so a run that was stopped
goes on where it stood, and tries again what failed. Jobs that are timed run alone with all threads; the others with one
thread each, as many side by side as the machine has processors. Results are the same for any number of threads.
"""
import concurrent.futures
import hashlib
import json
import os
import resource
import sys
import time
from dataclasses import dataclass, field

from bench import last_line


@dataclass
class Job:
    """A model of a catalogue, or with `rival` (a function of the bench) what somebody else's method finds."""
    catalogue: str
    name: str
    options: dict = field(default_factory=dict)
    questions: dict = field(default_factory=dict)  # name: SQL that asks temp.m
    timed: bool = False
    rival: object = None

    @property
    def key(self):
        return self.catalogue, self.name

    def path(self, bench):
        said = json.dumps([self.key, self.options, self.questions, self.timed,
                           self.rival.__name__ if self.rival else None])
        return os.path.join(bench.args.work, "answers", hashlib.sha256(said.encode()).hexdigest()[:24] + ".json")


def processor_seconds():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def one_thread():
    """For what is not ours, before its first use."""
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[library + "_NUM_THREADS"] = "1"


def answer(bench, job):
    before, began = processor_seconds(), time.time()
    if job.rival:
        try:
            found = {"lists": job.rival(bench)}
        except Exception as problem:  # its own last line is what is shown
            found = {"problem": last_line(str(problem))}
    else:
        options = job.options if job.timed else {**job.options, "threads": 1}
        found = bench.train_and_ask(job.catalogue, options, job.questions)
    found["cost"] = {"cpu": processor_seconds() - before, "wall": time.time() - began}
    if "problem" not in found:
        with open(job.path(bench), "w") as file:
            json.dump(found, file)
    return found


def run(bench, jobs, tell):
    """Answers of all jobs, {key: answer}; tell(answers) after each."""
    os.makedirs(os.path.join(bench.args.work, "answers"), exist_ok=True)
    answers, wanted = {}, []
    for job in jobs:
        if os.path.exists(job.path(bench)) and not bench.args.fresh:
            with open(job.path(bench)) as file:
                answers[job.key] = json.load(file)
        else:
            wanted.append(job)

    def done(job, found):
        answers[job.key] = found
        cost = found["cost"]
        print(f"{cost['cpu']:7.1f} s of processor, {cost['wall']:6.1f} s  {job.catalogue} · {job.name}"
              + (f": {found['problem']}" if "problem" in found else ""), file=sys.stderr, flush=True)
        tell(answers)

    for job in wanted:
        if job.timed:
            done(job, answer(bench, job))
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), initializer=one_thread) as pool:
        started = {pool.submit(answer, bench, job): job for job in wanted if not job.timed}
        for future in concurrent.futures.as_completed(started):
            done(started[future], future.result())
    tell(answers)
    return answers
