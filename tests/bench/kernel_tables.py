"""The inner loops by themselves."""
import json
import os
import statistics
import subprocess

from measure import number


def kernels(report):
    """The inner loops by themselves, and what a second process on this machine leaves of the first one's speed."""
    program = report.settings["kernel_bench"]
    if not os.path.exists(program):
        return report.say("### Kernels\n\nnot run: no kernel_bench (Debian: libbenchmark-dev)\n")

    def start(*options):
        return subprocess.Popen([program, "--benchmark_format=json", *options], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True)

    def rates(process):
        return [(b["name"], b["label"], b["items_per_second"])
                for b in json.loads(process.communicate()[0])["benchmarks"]]

    units = {"bce_cells": "cells", "product": "multiplications", "score_all": "items", "top_ten": "lists"}
    table = {}
    for name, isa, rate in rates(start()):
        kernel, dim = name.split("/")[0], name.split("dim:")[1]
        table.setdefault((kernel, dim), {})[isa] = rate
    isas = list(dict.fromkeys(isa for row in table.values() for isa in row))
    report.say("### Kernels, one thread, by instruction set\n")
    report.say("| kernel | millions a second of | " + " | ".join(isas) + " |\n| --- | --- |" + " --- |" * len(isas))
    for (kernel, dim), row in table.items():
        report.say(f"| `{kernel}`, {dim} dimensions | {units[kernel]} | " +
                   " | ".join(number(row[isa] / 1e6) for isa in isas) + " |")
    report.say()

    best = f"--benchmark_filter=bce_cells/isa:{len(isas) - 1}/dim:10"
    ratios = []
    for _ in range(report.arguments.rounds):
        alone = rates(start(best))[0][2]
        both = [rates(process)[0][2] for process in [start(best), start(best)]]
        ratios.append(sum(both) / alone)
    report.say("Two processes that share nothing, each running the kernel of the notebook's recipe, together get "
               f"{number(statistics.median(ratios))} times done what one alone does: two threads cannot do better "
               "than that here.\n")
