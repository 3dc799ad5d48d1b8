"""Who may ask: hosts, other sites, tokens; and what an answer lets a browser do. Labels with scripts stay texts."""

from __future__ import annotations

import json
import re
import unittest
import urllib.error
import urllib.request

from support import BEES, HOSTILE, PROJECT, DeskTest, Server

STATIC = PROJECT / "examples" / "desk" / "desk" / "static"


class Guard(DeskTest):
    def test_other_hosts_are_refused_without_a_token(self) -> None:
        client = self.open()
        for host in ("desk.example", "127.0.0.1.evil.example", "", "[", "192.168.1.5:8765"):
            self.check(client.get("/api/state", headers={"Host": host}), 403, "names of the loopback only")
        for host in ("localhost:8765", "127.0.0.1", "[::1]:8765"):
            self.check(client.get("/api/state", headers={"Host": host}), 200)

    def test_cross_site_requests_are_refused(self) -> None:
        client = self.open()
        body = {"work": BEES, "subject": self.subject("Beehives"), "verdict": "accepted"}
        for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://127.0.0.1:9999"}):
            for path in ("/api/decide", "/api/undo", "/api/next", "/v1/projects/rec/learn"):
                self.check(client.post(path, json=body, headers=headers), 403, "Another site's page")
            self.check(client.get("/api/work", params={"id": BEES}, headers=headers), 403, "Another site's page")
        self.assertNotIn("Beehives", self.carried())
        # A link from elsewhere may open the page; the page's own requests pass.
        self.assertEqual(client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code, 200)
        own = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
        self.check(client.post("/api/decide", json=body, headers=own), 200)

    def test_a_form_of_an_old_browser_lacks_the_header(self) -> None:
        client = self.open()
        del client.headers["x-desk"]
        self.check(client.post("/api/decide", content=b"{}"), 403, "header X-Desk")

    def test_headers_of_every_answer(self) -> None:
        client = self.open()
        for path in ("/", "/api/state", "/static/main.js", "/nowhere", "/v1/projects"):
            headers = client.get(path).headers
            self.assertIn("default-src 'none'; script-src 'self'", headers["content-security-policy"])
            self.assertNotIn("unsafe", headers["content-security-policy"])
            self.assertEqual(headers["x-content-type-options"], "nosniff")
            self.assertEqual(headers["x-frame-options"], "DENY")
            self.assertEqual(headers["referrer-policy"], "no-referrer")

    def test_token(self) -> None:
        client = self.open(token="secret", host="0.0.0.0")
        self.assertEqual(client.get("/").status_code, 401)
        self.check(client.get("/api/state"), 401, "token")
        self.check(client.get("/v1/projects"), 401, "token")
        self.check(client.get("/api/state", headers={"Authorization": "Bearer wrong"}), 401)
        self.check(client.get("/api/state", headers={"Authorization": "Bearer secret", "Host": "desk.example"}), 200)
        self.assertEqual(client.get("/?token=wrong").status_code, 401)
        opened = client.get("/?token=secret")
        self.assertEqual((opened.status_code, opened.headers["location"]), (303, "/"))
        cookie = opened.headers["set-cookie"]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=strict", cookie)
        client.cookies.set("desk_token_8765", "secret")
        self.check(client.get("/api/state"), 200)

    def test_other_addresses_need_a_token(self) -> None:
        server = Server(self.path, "--host", "0.0.0.0")
        self.addCleanup(server.close)
        self.assertRegex(server.printed, r"\?token=[\w-]{32}")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(server.address + "/api/state", timeout=10)
        self.assertEqual(refused.exception.code, 401)
        refused.exception.close()
        loopback = Server(self.path)
        self.addCleanup(loopback.close)
        self.assertNotIn("token", loopback.printed)
        self.assertTrue(loopback.address.startswith("http://127.0.0.1:"))

    def test_long_bodies_of_unknown_length(self) -> None:
        client = self.open(max_body=1000)
        self.check(client.post("/api/text", content=(b"x" * 100 for _ in range(50))), 413, "1,000 bytes")
        self.check(client.post("/api/text", content=json.dumps({"text": "bees"}).encode()), 200)


class Escaping(DeskTest):
    def test_a_label_with_a_script_is_text_in_json(self) -> None:
        self.sql("UPDATE subjects SET label = ? WHERE label = 'Beehives'", HOSTILE)
        self.sql("UPDATE works SET title = ? WHERE work_id = ?", HOSTILE, BEES)
        client = self.open()
        answer = client.get("/api/work", params={"id": BEES})
        self.assertEqual(answer.headers["content-type"], "application/json")
        self.assertIn(HOSTILE, [row["label"] for row in answer.json()["suggestions"]])

    def test_no_script_makes_markup_of_texts(self) -> None:
        """What a browser would run comes from files alone: nothing in the scripts parses a text as HTML."""
        for path in STATIC.glob("*.js"):
            found = re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|"
                               r"setAttribute\('on|srcdoc|DOMParser", path.read_text())
            self.assertEqual(found, [], path.name)
        page = (STATIC / "index.html").read_text()
        self.assertEqual(re.findall(r"<script(?![^>]* src=)|\son\w+=|\sstyle=", page), [])


if __name__ == "__main__":
    unittest.main()
