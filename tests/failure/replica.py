"""replica.py: a puller beside the writers of stream.py, and what its copy must be in the end."""
import threading
import time


class Puller(threading.Thread):
    """Keeps a copy by the feed of changes, a few items at a time, and asks again with the same cursor when no answer came."""

    def __init__(self, service, login, chance):
        super().__init__(daemon=True)
        self.service, self.login, self.chance = service, login, chance
        self.copy, self.cursor, self.more = {}, None, True
        self.pages = self.troubles = 0
        self.over = threading.Event()

    def run(self):
        while not self.over.is_set():
            self.pull(self.chance.randint(1, 20), wait=1)

    def drain(self):
        """What is still to be told, once nobody writes any more."""
        self.over.set()
        self.join()
        self.more = True
        while self.more:
            self.pull(500, wait=0)

    def pull(self, limit, wait):
        path = f"/v1/changes?limit={limit}&wait={wait}" + (f"&cursor={self.cursor}" if self.cursor else "")
        try:
            status, _, page = self.service.ask("GET", path, self.login)
        except OSError:
            status, page = 0, {"retryable": True}
        if status == 200:
            self.apply(page)
        elif page.get("retryable"):
            self.troubles += 1
            time.sleep(0.05)
        else:
            raise SystemExit(f"kill: the feed answers {status} {page}")

    def apply(self, page):
        self.pages += 1
        for item in page["items"]:
            if item["op"] == "upsert":
                self.copy[item["kind"], item["key"]] = item["data"]
            else:
                self.copy.pop((item["kind"], item["key"]), None)
        self.cursor, self.more = page["next"], page["more"]


def check_replica(puller, database):
    """As many submissions as there are, each in its version with its figures."""
    found = {key: (data["state"], data["version"], {v["indicator"]: v["value"] for v in data["values"]})
             for (kind, key), data in puller.copy.items() if kind == "submission"}
    expected = {str(row["id"]): (row["state"], row["version"], row["figures"]) for row in database.tell(
        "select s.id, s.state, s.version, (select json_object_agg(i.code, v.value) from app.submission_value v"
        " join app.indicator i on i.id = v.indicator_id where v.submission_id = s.id) as figures from app.submission s")}
    for key in expected.keys() | found.keys():
        if expected.get(key) != found.get(key):
            yield f"the replica has submission {key} as {found.get(key)}, the source as {expected.get(key)}"
    units = sum(kind == "unit" for kind, _ in puller.copy)
    if units != database.tell("select count(*) as n from app.unit")[0]["n"]:
        yield f"the replica has {units} units"
