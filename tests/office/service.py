"""The service as an officer's program asks it, and the list of what was checked."""
import json
import urllib.error
import urllib.request
import uuid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


class Answer:
    """Numbers of JSON stay the digits they are written with."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        is_json = "json" in headers.get("Content-Type", "")
        self.json = json.loads(body, parse_float=str, parse_int=str) if is_json else None


class Service:
    def __init__(self, url, login):
        self.url, self.token = url, "thidua_" + login.ljust(43, "0")

    def ask(self, method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, body, {"Authorization": f"Bearer {self.token}", **named}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, refusal.headers, refusal.read())

    def get(self, path, **headers):
        answer = self.ask("GET", path, **headers)
        if answer.status != 200:
            raise RuntimeError(f"GET {path}: {answer.status} {answer.body[:500]}")
        return answer

    def send(self, path, parameters="", media_type=XLSX):
        """A file as an import."""
        return self.ask("POST", "/v1/imports" + parameters, path.read_bytes(), Content_Type=media_type,
                        Idempotency_Key=str(uuid.uuid4()))

    def download(self, address, path, **headers):
        path.write_bytes(self.get(address, **headers).body)
        return path


class Checks:
    """Says of each check, as it is made, whether it holds."""

    def __init__(self):
        self.made = self.wrong = 0

    def title(self, text):
        print(f"\n{text}", flush=True)

    def same(self, sentence, expected, found):
        self.made += 1
        if expected == found:
            print(f"  ok     {sentence}", flush=True)
            return
        self.wrong += 1
        print(f"  WRONG  {sentence}", flush=True)
        for line in difference(expected, found):
            print(f"           {line}", flush=True)


def difference(expected, found):
    """Only what differs, of tables."""
    if isinstance(expected, dict) and isinstance(found, dict):
        keys = [key for key in {**expected, **found} if expected.get(key) != found.get(key)]
        return [f"{key}: expected {expected.get(key)!r}, found {found.get(key)!r}" for key in keys]
    return [f"expected {expected!r}", f"found    {found!r}"]
