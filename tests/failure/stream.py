"""stream.py: retrying clients, the killing of what they talk to, and what must be true after it.

    stream.py PROGRAM FOLDER SEED USER      called by tests/failure/kill, which has filled the cluster in FOLDER/data
"""
import hashlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

from replica import Puller, check_replica

POSTGRES = "/usr/lib/postgresql/15/bin/postgres"
CLIENTS = "abcdefgh"  # of the communes of tests/support/many.sql
KILLS = ["service"] * 3 + ["PostgreSQL"] * 3 + ["both"] * 2
STOPS = ["service, gently"] * 2
BETWEEN = (8, 30)  # acknowledgements from one kill to the next
PATIENCE = 120  # seconds in which something must happen, however busy the machine
FIGURES = {"new_forest_area": 40, "livestock_pig": 780, "livestock_cattle": 1110, "livestock_buffalo": 217,
           "livestock_goat": 920, "local_budget_revenue": 216.5, "vocational_trained": 25}
DOUBTFUL = {"no answer", "outcome-unknown", "idempotency-in-flight"}  # the change may have been stored


# What is killed -------------------------------------------------------------------------------------------------

def until(ready, what):
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end:
            sys.exit(f"kill: waited in vain until {what}")
        time.sleep(0.02)


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


class Process:
    """Started anew after each kill; its output goes to one log."""

    def __init__(self, command, log, environment=None):
        self.command, self.environment = command, environment
        self.log = open(log, "ab")  # pylint: disable=consider-using-with
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        until(self.is_ready, f"{self.command[-1]} is ready")

    def is_ready(self):
        if self.process.poll() is not None:
            sys.exit(f"kill: {self.command} ended by itself, {self.process.returncode}")
        return self.answers()

    def family(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as children:
            return [self.process.pid, *map(int, children.read().split())]

    def kill(self):
        """And whatever it has started: the power is off."""
        family = self.family()
        if self.process.poll() is not None:
            sys.exit(f"kill: {self.command} ended by itself, {self.process.returncode}")
        for pid in family:
            if not is_gone(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        until(lambda: all(map(is_gone, family)), "the killed are gone")

    def end(self, gently):
        if not gently:
            self.kill()
        elif ended := self.stop(signal.SIGTERM):
            sys.exit(f"kill: {self.command} ends with {ended} when it is stopped")

    def stop(self, how):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait() if self.process else 0


class Postgresql(Process):
    def __init__(self, folder, user):
        self.folder = folder
        become = [f"--reuid={user}", f"--regid={user}", "--init-groups"] if os.getuid() == 0 else []
        super().__init__(["setpriv", *become, "--no-new-privs", "--pdeathsig=QUIT", POSTGRES, "-D", f"{folder}/data", "-c",
                          "listen_addresses=", "-c", f"unix_socket_directories={folder}"], f"{folder}/postgresql.log",
                         {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})

    def answers(self):
        return subprocess.run(["pg_isready", "--quiet", f"--host={self.folder}", "--dbname=thidua", "--username=postgres"],
                              check=False).returncode == 0

    def tell(self, query):
        """The rows of a query, as JSON."""
        out = subprocess.run(["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1",
                              f"--dbname=host={self.folder} user=postgres dbname=thidua",
                              f"--command=select coalesce(json_agg(x), '[]') from ({query}) x"],
                             check=True, capture_output=True, text=True).stdout
        return json.loads(out)


class Service(Process):
    def __init__(self, program, folder, **more):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        settings = {"THIDUA_LISTEN": f"127.0.0.1:{self.port}", "THIDUA_DATABASE": f"host={folder} dbname=thidua user=thidua_api",
                    "THIDUA_LOG_LEVEL": "error", "THIDUA_SIGNING_KEY_FILE": f"{folder}/signing.key", **more}
        super().__init__(["setpriv", "--pdeathsig=TERM", program], f"{folder}/service.log", {**os.environ, **settings})

    def answers(self):
        try:
            return self.ask("GET", "/health/ready")[0] == 200
        except OSError:
            return False

    def ask(self, method, path, login=None, body=None, headers=()):
        """Status, headers and document of the answer; OSError when none comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        heard = {"Accept-Language": "en", **dict(headers)}
        if login:
            heard["Authorization"] = f"Bearer thidua_{login:0<43}"
        if body:
            heard["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, heard)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), json.loads(answer.read())
        except http.client.HTTPException as broken:  # an answer that breaks off
            raise ConnectionError from broken
        finally:
            connection.close()


# Who sends ------------------------------------------------------------------------------------------------------

class Sent:
    """What was sent, with its key and again until an answer came, and that answer."""

    def __init__(self, client, method, path, document, more=None):
        self.login, self.method, self.path = client.unit, method, path
        self.body = json.dumps(document).encode()
        self.makes = not self.path.startswith("/v1/submissions/") and not client.corrects
        self.key = f"{client.unit}-{client.month}-{'create' if self.makes else 'change'}"
        self.headers = {"Idempotency-Key": self.key, **(more or {})}
        self.status, self.heard, self.answer, self.troubles, self.result = 0, {}, {}, [], {"outcome": "accepted"}

    def once(self, service):
        try:
            self.status, self.heard, self.answer = service.ask(self.method, self.path, self.login, self.body, self.headers)
            return self.answer.get("code") if self.answer.get("retryable") else None
        except OSError:
            return "no answer"

    def until_answered(self, service):
        while trouble := self.once(service):
            self.troubles.append(trouble)
            time.sleep(0.05)
        return self

    def until_done(self, service):
        """What was promised has happened, however often the service is killed meanwhile."""
        end = time.monotonic() + PATIENCE
        while self.status == 202 and self.result.get("state") not in ("done", "failed") and time.monotonic() < end:
            time.sleep(0.05)
            try:
                status, _, document = service.ask("GET", self.heard["Location"], self.login)
                self.result = document if status == 200 else {}
            except OSError:
                self.result = {}
        return self

    def is_replayed(self):
        return self.heard.get("Idempotency-Replayed") == "true"

    def flaw(self):
        if self.status not in (200, 201, 202):
            return f"{self.key}: {self.status} {self.answer} after {sorted(set(self.troubles))}"
        if self.result.get("outcome") != "accepted":
            return f"{self.key}: promised, but {self.result}"
        if self.is_replayed() and not DOUBTFUL & set(self.troubles):
            return f"{self.key}: stored, although the service said {sorted(set(self.troubles))}"
        return None


class Client(threading.Thread):
    """Reports month after month, every third by a file, each other of these by a queued one, and corrects each report once."""

    def __init__(self, letter, service, enough):
        super().__init__(daemon=True)
        self.unit, self.service, self.enough = f"many-{letter}", service, enough
        self.month, self.corrects, self.sent = "", False, []

    def run(self):
        for n in range(240):
            if self.enough.is_set():
                break
            self.month = f"{2026 + n // 12}-{n % 12 + 1:02}"
            self.report(n)

    def report(self, n):
        self.corrects = False
        if n % 3 == 2:
            self.send_file(n)
            return
        values = [{"indicator": name, "value": figure + n} for name, figure in FIGURES.items()]
        created = self.send("POST", "/v1/submissions", {"form": "ktxh-thang", "unit": self.unit, "period": self.month, "values": values})
        if created.status == 201:
            self.send("PATCH", created.heard["Location"], {"values": [{"indicator": "livestock_pig", "value": n}]},
                      {"If-Match": created.heard["ETag"]})

    def send_file(self, n):
        """A file makes the report, another corrects it."""
        def rows(figures):
            return {"rows": [{"unit": self.unit, "period": self.month, "indicator": i, "value": v} for i, v in figures.items()]}
        prefer = {"Prefer": "respond-async"} if n % 2 else None
        self.send("POST", "/v1/imports", rows({name: figure + n for name, figure in FIGURES.items()}), prefer).until_done(self.service)
        self.corrects = True
        self.send("POST", "/v1/imports", rows({"livestock_pig": n}), prefer).until_done(self.service)

    def send(self, *request):
        sent = Sent(self, *request).until_answered(self.service)
        self.sent.append(sent)
        return sent

    def expected(self):
        """Figures of each month reported."""
        for n in range(len(self.sent) // 2):
            figures = {name: figure + n for name, figure in FIGURES.items()}
            yield f"{2026 + n // 12}-{n % 12 + 1:02}", {**figures, "livestock_pig": n}


# What must be true ----------------------------------------------------------------------------------------------

def check_answers(sent):
    yield from filter(None, (s.flaw() for s in sent))


def check_submissions(clients, database):
    """Each report once, with the very figures sent last; none beside them."""
    expected = {(c.unit, month): figures for c in clients for month, figures in c.expected()}
    found = database.tell(
        "select u.code as unit, p.code as month, s.version, (select json_object_agg(i.code, v.value) from app.submission_value v"
        " join app.indicator i on i.id = v.indicator_id where v.submission_id = s.id) as figures from app.submission s"
        " join app.unit u on u.id = s.unit_id join app.period p on p.id = s.period_id")
    if len(found) != len(expected):
        yield f"{len(expected)} reports were acknowledged, {len(found)} are there"
    for row in found:
        if row["figures"] != expected.get((row["unit"], row["month"])) or row["version"] != 2:
            yield f"not as sent: {row}, sent {expected.get((row['unit'], row['month']))}"


def check_files(sent, database):
    """Each file once, with what became of it; nothing of those that nobody heard of."""
    expected = sorted(s.answer["id"] for s in sent if s.path == "/v1/imports")
    found = [row["id"] for row in database.tell("select id from app.import where outcome = 'accepted' order by id")]
    strays = database.tell("select id from app.import where outcome is distinct from 'accepted'")
    if found != expected or strays:
        yield f"files acknowledged {expected}, kept {found}, and {strays}"


def check_jobs(sent, database):
    """Each promise is kept, and its ticket has ended."""
    begun = database.tell("select coalesce(sum(attempts), 0) as attempts, count(*) as jobs from app.import_job")[0]
    print(f"kill: {begun['jobs']} queued files, begun {begun['attempts']} times")
    expected = sorted(s.answer["id"] for s in sent if s.status == 202)
    jobs = database.tell("select import_id, state, hash is null and sealed is null as over from app.import_job order by import_id")
    if [job["import_id"] for job in jobs] != expected or not all(job["state"] == "done" and job["over"] for job in jobs):
        yield f"jobs acknowledged {expected}, there are {jobs}"


def check_receipts(sent, database):
    """One for each effect, with the answer that was given."""
    expected = {(s.answer["receipt"]["id"], s.login, s.key, hashlib.sha256(s.body).hexdigest(), s.status) for s in sent}
    found = database.tell(
        "select r.id, l.login, r.idempotency_key as key, encode(r.body_sha256, 'hex') as sha256, a.status from app.receipt r"
        " join app.account l on l.id = r.account_id left join app.answer a on a.receipt_id = r.id")
    found = {(r["id"], r["login"], r["key"], r["sha256"], r["status"]) for r in found}
    yield from (f"acknowledged, but there is no such receipt: {r}" for r in expected - found)
    yield from (f"a receipt that nobody was given: {r}" for r in found - expected)


def check_records(sent, database):
    """As many records of changes as there were changes."""
    created = sum(s.makes for s in sent)
    changed = len(sent) - created
    files, jobs = sum(s.path == "/v1/imports" for s in sent), sum(s.status == 202 for s in sent)
    expected = {"answer insert": created + changed, "receipt insert": created + changed, "submission insert": created,
                "submission update": changed, "submission_value insert": created * len(FIGURES), "submission_value update": changed,
                "import insert": files, "import update": files, "import_job insert": jobs}
    found = database.tell("select table_name || ' ' || action as what, count(*) from app.audit where db_role = 'thidua_api' group by 1")
    found = {row["what"]: row["count"] for row in found}
    attempts = found.pop("import_job update", 0)
    if attempts < 2 * jobs:  # begun and ended, and more where they were broken off
        yield f"{jobs} jobs, but {attempts} records of their steps"
    if found != expected:
        yield f"records of changes: {found}, expected {expected}"


def check_chain(service, folder):
    """Nobody slipped in or out of the record of changes."""
    owner = {**os.environ, "THIDUA_DATABASE": f"host={folder} dbname=thidua user=thidua_owner"}
    dump = subprocess.run([service.command[-1], "dump-audit"], env=owner, check=True, capture_output=True).stdout
    verdict = subprocess.run([service.command[-1], "verify-audit", "-"], input=dump, check=False, capture_output=True)
    if verdict.returncode != 0:
        yield f"the record of changes: {verdict.stdout.decode()} {verdict.stderr.decode()}"


def check_again(sent, service):
    """The key again gives the answer again, and the receipt is still proved."""
    for s in sent:
        answer, location = s.answer, s.heard.get("Location")
        s.until_answered(service)
        if not s.is_replayed() or s.answer != answer or s.heard.get("Location") != location:
            yield f"{s.key} again: {s.status} {s.answer}, before {answer}"
        status, _, receipt = service.ask("GET", f"/v1/receipts/{answer['receipt']['id']}", s.login)
        if status != 200 or {name: receipt[name] for name in answer["receipt"]} != answer["receipt"]:
            yield f"receipt of {s.key}: {receipt}, before {answer['receipt']}"


# All of it ------------------------------------------------------------------------------------------------------

def kill_again_and_again(victims, clients, chance):
    order = chance.sample(KILLS + STOPS, len(KILLS + STOPS))
    for victim in order:
        enough = sum(len(c.sent) for c in clients) + chance.randint(*BETWEEN)
        until(lambda enough=enough: sum(len(c.sent) for c in clients) >= enough, f"{enough} are acknowledged")
        time.sleep(chance.uniform(0, 0.03))
        for process in victims[victim]:
            process.end(gently=victim in STOPS)
        time.sleep(chance.uniform(0, 0.2))
        for process in reversed(victims[victim]):
            process.start()
    return order


def faults_of(clients, service, database, chance):
    sent = [s for c in clients for s in c.sent]
    faults = list(check_answers(sent))
    if not faults:
        faults += [*check_submissions(clients, database), *check_files(sent, database), *check_jobs(sent, database), *check_receipts(sent, database), *check_records(sent, database),
                   *check_chain(service, database.folder)]
        faults += check_again(chance.sample(sent, min(60, len(sent))), service)
    return faults


def tell_what_was_done(order, sent):
    troubles = [t for s in sent for t in s.troubles]
    replayed = sum(s.is_replayed() for s in sent)
    counts = ", ".join(f"{troubles.count(t)} × {t}" for t in sorted(set(troubles)))
    print(f"kill: killed {', '.join(order)}\n"
          f"kill: {len(sent)} requests acknowledged, sent {len(sent) + len(troubles)} times; {counts}; {replayed} answers were given again")
    return [] if troubles else ["nobody noticed that anything was killed"]


def main():
    program, folder, seed, user = sys.argv[1:]
    print(f"kill: seed {seed}", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    chance, enough = random.Random(int(seed)), threading.Event()
    database, service = Postgresql(folder, user), Service(program, folder)
    clients = [Client(letter, service, enough) for letter in CLIENTS]
    puller = Puller(service, "many-watch", random.Random(int(seed)))
    try:
        database.start()
        service.start()
        for thread in [*clients, puller]:
            thread.start()
        order = kill_again_and_again({"service": [service], "PostgreSQL": [database], "both": [service, database],
                                      "service, gently": [service]}, clients, chance)
        enough.set()
        for client in clients:
            client.join(PATIENCE)
        until(lambda: not any(c.is_alive() for c in clients), "every client has its answer")
        faults = tell_what_was_done(order, [s for c in clients for s in c.sent])
        puller.drain()
        print(f"kill: {len(puller.copy)} things pulled in {puller.pages} pages, {puller.troubles} times without an answer")
        faults += faults_of(clients, service, database, chance) + list(check_replica(puller, database))
    finally:
        ended = service.stop(signal.SIGTERM)
        database.stop(signal.SIGINT)
    faults += [f"the service ends with {ended}"] if ended else []
    print(*faults[:20], f"kill: {len(faults)} faults", sep="\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
