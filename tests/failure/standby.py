"""standby.py: two servers, two processes of the service, and what must be true of reads.

    standby.py PROGRAM FOLDER USER      called by tests/failure/standby, which has filled the cluster in FOLDER/data
"""
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

from stream import PATIENCE, Postgresql, Service, until

BEHIND = 8  # seconds that the standby may be behind: enough for what is done meanwhile on a busy machine
WATCHER = "many-watch"


class World:
    def __init__(self, program, folder, user):
        self.primary, self.program, self.folder = Postgresql(folder, user), program, folder
        os.mkdir(f"{folder}/standby")
        self.standby = Postgresql(f"{folder}/standby", user)
        self.user, self.months, self.faults = user, 0, []
        self.services = [self.service("positions"), self.service("positions")]

    def service(self, positions, behind=BEHIND):
        return Service(self.program, self.folder, THIDUA_DATABASE_READ=f"host={self.folder}/standby dbname=thidua user=thidua_api",
                       THIDUA_DATABASE_READ_POSITIONS=f"{self.folder}/{positions}", THIDUA_DATABASE_READ_SECONDS=str(behind),
                       THIDUA_WORKERS="2")

    def start(self):
        self.primary.start()
        os.mkdir(f"{self.folder}/standby/data", 0o700)
        become = []
        if os.getuid() == 0:
            shutil.chown(f"{self.folder}/standby", self.user)
            shutil.chown(f"{self.folder}/standby/data", self.user)
            become = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--init-groups"]
        subprocess.run([*become, "/usr/lib/postgresql/15/bin/pg_basebackup", "-h", self.folder, "-U", "postgres", "-D",
                        f"{self.folder}/standby/data", "--write-recovery-conf", "--checkpoint=fast"], check=True,
                       env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, cwd="/")
        self.standby.start()
        for service in self.services:
            service.start()

    def stop(self):
        for service in self.services:
            service.stop(signal.SIGTERM)
        self.standby.stop(signal.SIGINT)
        self.primary.stop(signal.SIGINT)

    def expect(self, what, found, wanted):
        if found != wanted:
            self.faults.append(f"{what}: {found}, not {wanted}")

    def write(self, service, login="many-a"):
        """One more report of the unit."""
        self.months += 1
        month = f"{2026 + (self.months - 1) // 12}-{(self.months - 1) % 12 + 1:02}"
        body = json.dumps({"form": "ktxh-thang", "unit": login, "period": month}).encode()
        status, _, answer = service.ask("POST", "/v1/submissions", login, body, {"Idempotency-Key": f"report-of-{month}"})
        self.expect("a report", (status, answer.get("code")), (201, None))

    def seen(self, service, login):
        status, _, answer = service.ask("GET", "/v1/submissions?unit=many-a&limit=500", login)
        return len(answer["items"]) if status == 200 else status

    def seen_in_a_table(self, service, login):
        """Its rows are taken one by one, another way than those of a page."""
        request = urllib.request.Request(f"http://127.0.0.1:{service.port}/v1/submissions?unit=many-a&format=csv",
                                         headers={"Authorization": f"Bearer thidua_{login:0<43}"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return len(answer.read().decode().splitlines()) - 1

    def pause(self):
        """What is replayed up to now is what the standby shows, and its pulse was just beaten."""
        seen = self.months
        until(lambda: self.standby.tell(f"select 1 from app.submission s having count(*) >= {seen}"), "the standby has everything")
        until(lambda: self.standby.tell("select 1 from app.heartbeat where at > now() - interval '1200 milliseconds'"), "there is a pulse")
        self.standby.tell("select pg_wal_replay_pause()::text")
        until(lambda: self.standby.tell("select pg_get_wal_replay_pause_state() as s where pg_get_wal_replay_pause_state() = 'paused'"),
              "the standby pauses")

    def resume(self):
        self.standby.tell("select pg_wal_replay_resume()::text")

    def is_read_soon(self):
        end = time.monotonic() + 60
        while not (found := self.is_read()) and time.monotonic() < end:
            time.sleep(0.5)
        return found

    def is_read(self):
        """A stranger's read comes from the standby when it does not show what has just been written."""
        self.pause()
        self.write(self.services[0])
        seen = self.seen(self.services[0], WATCHER)
        self.resume()
        return seen == self.months - 1


def check_writers(world):
    """Whoever writes sees it at once, from either process, standby or not; others after some seconds."""
    first, second = world.services
    for _ in range(5):
        world.write(first)
        world.expect("its own report, at once", [world.seen(s, "many-a") for s in (first, second)], [world.months] * 2)
    world.expect("read from the standby", world.is_read_soon(), True)
    world.pause()
    world.write(first)
    world.expect("its own report, while the standby stands still", [world.seen(s, "many-a") for s in (first, second)], [world.months] * 2)
    time.sleep(3)  # some pulses, and looks for jobs, which nobody sees
    world.expect("a stranger, of the standby", world.seen(second, WATCHER), world.months - 1)
    time.sleep(BEHIND - 2)
    world.expect("a table, when the standby is too far behind", world.seen_in_a_table(second, WATCHER), world.months)
    patient = world.service("positions", behind=60)
    patient.start()
    world.expect("a page after the table", world.seen(patient, WATCHER), world.months)
    patient.end(gently=True)
    world.expect("a stranger, when the standby is too far behind", world.seen(second, WATCHER), world.months)
    world.resume()


def check_restarts(world):
    """What was seen is known after a restart; where it is not, the primary is asked."""
    world.pause()
    world.write(world.services[0])
    world.services[1].end(gently=False)
    world.services[1].start()
    world.expect("its own report after a restart", world.seen(world.services[1], "many-a"), world.months)
    world.services[1].end(gently=True)
    world.services[1] = world.service("other-positions")
    world.services[1].start()
    world.expect("its own report where positions were lost", world.seen(world.services[1], "many-a"), world.months)
    world.expect("a stranger where positions were lost", world.seen(world.services[1], WATCHER), world.months)
    world.resume()
    world.services[1].end(gently=True)
    world.services[1] = world.service("positions")
    world.services[1].start()


def check_revoked(world):
    """A revoked token is good for some seconds at most; a new one is good at once."""
    world.expect("a good token", world.seen(world.services[0], "many-b"), 0)
    world.pause()
    change(world, "update app.token set revoked_at = now() where account_id = (select id from app.account where login = 'many-b')")
    change(world, "insert into app.token (account_id, name, hash, scopes, expires_at) select id, 'new', sha256(convert_to('thidua_' || rpad('brand-new', 43, '0'), 'UTF8')), "
                  "'{data:read}', now() + interval '1 day' from app.account where login = 'many-c'")
    world.expect("a token of just now", world.seen(world.services[0], "brand-new"), 0)
    time.sleep(BEHIND + 1)
    world.expect("a revoked token", world.seen(world.services[0], "many-b"), 401)
    world.resume()


def change(world, statement):
    subprocess.run(["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname=host={world.folder} user=postgres dbname=thidua",
                    f"--command={statement}"], check=True)


def check_a_dead_standby(world):
    """Killed under load, nobody notices; back again, it is read again."""
    over, answers = threading.Event(), []

    def read():
        while not over.is_set():
            answers.append(world.seen(world.services[0], WATCHER))

    readers = [threading.Thread(target=read, daemon=True) for _ in range(4)]
    for reader in readers:
        reader.start()
    time.sleep(0.5)
    world.standby.kill()
    time.sleep(2)
    world.write(world.services[0])
    world.expect("its own report without a standby", world.seen(world.services[0], "many-a"), world.months)
    over.set()
    for reader in readers:
        reader.join()
    world.expect("answers while the standby is killed", sorted(set(answers) - {world.months - 1, world.months}), [])
    world.standby.start()
    world.expect("read from the standby again", world.is_read_soon(), True)
    return len(answers)


def check_a_hanging_standby(world):
    """One that says nothing, and does not hang up either, is not waited for."""
    world.expect("read from the standby before it hangs", world.is_read_soon(), True)
    family = world.standby.family()
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    long = json.dumps({"unit": ["x" * 200] * 600, "indicator": ["x" * 200] * 600, "period": ["2026"]}).encode()  # more than a socket takes in
    world.expect("a long query beside a hanging standby", world.services[1].ask("POST", "/v1/data", WATCHER, long)[0], 422)
    world.expect("a stranger beside a hanging standby", [world.seen(s, WATCHER) for s in world.services], [world.months] * 2)
    world.write(world.services[0])
    world.expect("its own report beside a hanging standby", world.seen(world.services[0], "many-a"), world.months)
    world.expect("waited for a hanging standby", time.monotonic() - began < 30, True)  # some 2 s for each of the two services
    for pid in family:
        with contextlib.suppress(ProcessLookupError):  # it had ended, and nobody was there to notice
            os.kill(pid, signal.SIGCONT)
    world.expect("read from the standby that goes on", world.is_read_soon(), True)


class Mute:
    """Before a server: connections are made, and nothing after that is heard."""

    def __init__(self, folder, behind):
        os.mkdir(folder)
        self.behind, self.listener = behind, socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{folder}/.s.PGSQL.5432")
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, server = self.listener.accept()[0], socket.socket(socket.AF_UNIX)
            server.connect(self.behind)
            threading.Thread(target=self.pass_on, args=(client, server), daemon=True).start()
            threading.Thread(target=self.greet, args=(server, client), daemon=True).start()

    @staticmethod
    def pass_on(source, target):
        with contextlib.suppress(OSError):
            while said := source.recv(65536):
                target.sendall(said)

    @staticmethod
    def greet(server, client):
        said = b""
        while b"Z\0\0\0\5" not in said:  # ready for a query
            part = server.recv(65536)
            client.sendall(part)
            said += part


def check_a_mute_standby(world):
    """One that hangs as soon as the connection is made is not waited for, either."""
    world.expect("read from the standby before there is a mute one", world.is_read_soon(), True)
    Mute(f"{world.folder}/mute", f"{world.folder}/standby/.s.PGSQL.5432")
    service = Service(world.program, world.folder, THIDUA_DATABASE_READ=f"host={world.folder}/mute dbname=thidua user=thidua_api",
                      THIDUA_DATABASE_READ_POSITIONS=f"{world.folder}/positions", THIDUA_WORKERS="2")
    service.start()
    world.expect("a stranger before a mute standby", [world.seen(service, WATCHER) for _ in range(3)], [world.months] * 3)
    service.end(gently=True)


def check_a_promoted_standby(world):
    """It goes its own way, so nobody is shown what it has."""
    world.expect("read from the standby before it is promoted", world.is_read_soon(), True)
    world.standby.tell("select pg_promote()::text")
    for _ in range(2):
        world.write(world.services[0])
        world.expect("its own report beside a promoted standby", [world.seen(s, "many-a") for s in world.services], [world.months] * 2)
        world.expect("a stranger beside a promoted standby", [world.seen(s, WATCHER) for s in world.services], [world.months] * 2)


def main():
    program, folder, user = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    world = World(program, folder, user)
    try:
        world.start()
        check_writers(world)
        check_restarts(world)
        check_revoked(world)
        answered = check_a_dead_standby(world)
        check_a_hanging_standby(world)
        check_a_mute_standby(world)
        check_a_promoted_standby(world)
    finally:
        world.stop()
    print(f"standby: {world.months} reports, {answered} answers while it was killed", *world.faults, f"standby: {len(world.faults)} faults", sep="\n")
    sys.exit(1 if world.faults else 0)


main()
