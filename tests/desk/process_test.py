"""The desk as a process: its start, two of them on one database, and kill -9."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from support import BEES, MODULE, PROJECT, DeskTest, Server

START = PROJECT / "examples" / "desk" / "start.sh"


def connection_to(server: Server) -> http.client.HTTPConnection:
    host = urlsplit(server.address)
    return http.client.HTTPConnection(host.hostname or "", host.port or 0, timeout=30)


def decide(connection: http.client.HTTPConnection, subject: str, verdict: str) -> tuple[int, Any]:
    body = json.dumps({"work": BEES, "subject": subject, "verdict": verdict})
    connection.request("POST", "/api/decide", body, {"X-Desk": "one"})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


class Start(DeskTest):
    def start(self, *command: str, **options: Any) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": str(START.parent), "DESK_TOKEN": "", "PYTHON": sys.executable}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
                                   **options)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)  # one that does not end fails its test, and is not waited for
        return process

    def test_one_command_starts_it(self) -> None:
        process = self.start(str(START), str(self.path), "--extension", str(MODULE), "--port", "0")
        assert process.stdout
        self.assertRegex(process.stdout.readline(), r"^The desk is at http://127\.0\.0\.1:\d+/$")
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)

    def test_it_ends_when_asked_as_soon_as_it_has_said_where_it_is(self) -> None:
        """Also where the shell that started it in the background has SIGINT ignored."""
        for _ in range(5):
            process = self.start(sys.executable, "-m", "desk", str(self.path), "--extension", str(MODULE), "--port", "0",
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
            assert process.stdout
            process.stdout.readline()
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)

    def test_what_is_missing_is_said(self) -> None:
        for arguments, words in ((["/nowhere/works.db"], "there is no database /nowhere/works.db"),
                                 ([str(self.path), "--extension", "/nowhere/x.so"], "there is no extension"),
                                 ([str(self.path), "--extension", str(START)], "cannot open"),
                                 ([str(START), "--extension", str(MODULE)], "file is not a database"),
                                 ([str(self.path), "--extension", str(MODULE), "--host", "192.0.2.1"], "cannot listen")):
            process = self.start(sys.executable, "-m", "desk", *arguments)
            _, said = process.communicate(timeout=60)
            self.assertIn(words, said)
            self.assertNotIn("Traceback", said)
            self.assertEqual(process.returncode, 1)


class TwoServers(DeskTest):
    def test_two_servers_on_one_database_agree(self) -> None:
        """Opposite decisions on the same pairs at the same time: each pair gets one, and the other is refused."""
        subjects = [row[0] for row in self.sql("SELECT subject_id FROM subjects WHERE subject_id NOT IN "
                                               "(SELECT subject_id FROM work_subjects WHERE work_id = ?) "
                                               "ORDER BY 1 LIMIT 40", BEES)]
        servers = [Server(self.path), Server(self.path)]
        for server in servers:
            self.addCleanup(server.close)

        def run(number: int) -> list[tuple[int, Any]]:
            connection = connection_to(servers[number])
            try:
                return [decide(connection, subject, ("accepted", "rejected")[number]) for subject in subjects]
            finally:
                connection.close()
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(run, (0, 1)))
        stored = dict(self.sql("SELECT subject_id, verdict FROM decisions"))
        for subject, *pair in zip(subjects, *answers):
            self.assertEqual(sorted(status for status, _ in pair), [200, 409])
            self.assertEqual({body["verdict"] for _, body in pair}, {stored[subject]})


class Killed(DeskTest):
    def test_nothing_that_was_answered_is_lost(self) -> None:
        """kill -9 in the midst of decisions: what was answered is stored, whole, and the next server goes on."""
        subjects = [row[0] for row in self.sql("SELECT subject_id FROM subjects ORDER BY 1")]
        answered: dict[str, str] = {}
        for number in range(3):
            server = Server(self.path)
            connection = connection_to(server)
            killer = threading.Timer(0.5 + 0.2 * number, server.kill)
            try:
                for n, subject in enumerate(subjects[200 * number:200 * number + 200]):
                    verdict = ("accepted", "rejected")[n % 2]
                    if decide(connection, subject, verdict)[0] == 200:
                        answered[subject] = verdict
                    if n == 3:
                        killer.start()
                time.sleep(1)
            except (OSError, http.client.HTTPException, ValueError):
                pass
            finally:
                connection.close()
            killer.join()
            server.process.wait(10)
        self.assertGreater(len(answered), 6)
        self.check_stored(answered)

    def check_stored(self, answered: dict[str, str]) -> None:
        stored: dict[Any, Any] = dict(self.sql("SELECT subject_id, verdict FROM decisions"))
        self.assertEqual({subject: stored.get(subject) for subject in answered}, answered)
        self.assertEqual(self.sql("PRAGMA integrity_check"), [("ok",)])
        torn = self.sql("SELECT d.subject_id FROM decisions d LEFT JOIN work_subjects ws USING (work_id, subject_id) "
                        "WHERE (d.verdict = 'accepted') <> (ws.subject_id IS NOT NULL)")
        self.assertEqual(torn, [], "a decision without its change of the catalogue, or the reverse")
        shown = self.check(self.open().get("/api/work", params={"id": BEES}), 200)
        self.assertEqual(len(shown["decisions"]), len(stored))


if __name__ == "__main__":
    unittest.main()
