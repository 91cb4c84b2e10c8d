"""The language of the table files: requests to send, expectations to hold; README.md explains it."""

import http.client
import json
import pathlib
import re
import time
import urllib.parse

FOLDER = pathlib.Path(__file__).resolve().parent
MODES = ("healthlake", "r4")
FHIR_JSON = "application/fhir+json"
PATIENCE = 30  # seconds
VARIABLE = re.compile(r"\$\{(\w+)\}")


def load(name):
    return json.loads((FOLDER / name).read_text())


def cases():
    """(mode, file, case) of every table."""
    for path in sorted(FOLDER.glob("*.json")):
        table = json.loads(path.read_text())
        for case in table.get("cases", []) if isinstance(table, dict) else []:
            for mode in MODES if case["mode"] == "both" else [case["mode"]]:
                yield mode, path.stem, case


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body


class Session:
    """The endpoint of one data store over one connection, and what its answers left to remember."""

    def __init__(self, server, store=None):
        """On a store of its own unless one is given."""
        parts = urllib.parse.urlsplit(server.base)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        store = store or self.create_store()
        self.prefix = f"/datastore/{store}/r4"
        self.variables = {"server": server.base, "store": store, "prefix": self.prefix,
                          "base": server.base + self.prefix}

    def create_store(self):
        answer = self.exchange("POST", "/", json.dumps({"DatastoreTypeVersion": "R4"}), {
            "X-Amz-Target": "HealthLake.CreateFHIRDatastore",
            "Content-Type": "application/x-amz-json-1.0"})
        return json.loads(answer.body)["DatastoreId"]

    def close(self):
        self.connection.close()

    def exchange(self, method, target, body=None, headers=None):
        self.connection.request(method, target, body=body, headers=headers or {})
        response = self.connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    def send(self, step):
        """Sends the request of a step; `poll` asks again while the answer is 202."""
        method, target = self.fill(step["request"]).split(" ", 1)
        if target.startswith("http"):
            parts = urllib.parse.urlsplit(target)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
        elif not target.startswith("/datastore/"):
            target = self.prefix + target
        headers, body = self.fill(step.get("headers", {})), self.body_of(step)
        if body is not None and "Content-Type" not in headers:
            headers["Content-Type"] = FHIR_JSON
        headers = {name: value for name, value in headers.items() if value is not None}
        answer, until = self.exchange(method, target, body, headers), time.monotonic() + PATIENCE
        while step.get("poll") and answer.status == 202 and time.monotonic() < until:
            answer = self.exchange(method, target, body, headers)
        for name, place in step.get("save", {}).items():
            self.variables[name] = str(self.look(answer, place)[0])
        return answer

    def body_of(self, step):
        if "text" in step:
            return self.fill(step["text"]).encode()
        if "body" not in step:
            return None
        body = self.fill(step["body"])
        if "entries" in step:
            body["entry"] = body.get("entry", []) + [
                self.fill(step["entries"]["entry"], {"n": str(n)})
                for n in range(step["entries"]["count"])]
        return json.dumps(body).encode().ljust(step.get("size", 0))

    def fill(self, value, more=None):
        """Puts the variables into every text of a value; unknown ones are left for later."""
        if isinstance(value, str):
            known = {**self.variables, **(more or {})}
            return VARIABLE.sub(lambda found: known.get(found.group(1), found.group(0)), value)
        if isinstance(value, list):
            return [self.fill(one, more) for one in value]
        if isinstance(value, dict):
            return {name: self.fill(one, more) for name, one in value.items()}
        return value

    @staticmethod
    def look(answer, place):
        """What stands at `header:Name` or at a path of the body; a list, empty if nothing does."""
        if place.startswith("header:"):
            value = answer.headers.get(place.removeprefix("header:"))
            return [] if value is None else [value]
        return find(json.loads(answer.body), place)

    def prepare(self, step):
        """A step of `given`: it must succeed unless it says otherwise."""
        for number in range(step.get("repeat", 1)):
            self.variables["n"] = str(number)
            answer = self.send(step)
            wanted = [step["status"]] if "status" in step else [200, 201, 202, 204]
            assert answer.status in wanted, f"given {step['request']}: {answer.status} {answer.body[:600]}"
        self.variables.pop("n", None)

    def check(self, step):
        answer = self.send(step)
        told = f"{step['request']}: {answer.status} {dict(answer.headers)} {answer.body[:1500]}"
        then = step["then"]
        status = then.get("status")
        if status is not None:
            allowed = status if isinstance(status, list) else [status]
            assert answer.status in allowed, f"status {status} was expected; {told}"
        for name, wanted in then.get("headers", {}).items():
            found = [] if answer.headers.get(name) is None else [answer.headers[name]]
            assert holds(self.fill(wanted), found), f"{name}: {wanted!r} was expected; {told}"
        if "text" in then:
            text = answer.body.decode()
            assert holds(self.fill(then["text"]), [text]), f"text {then['text']!r} was expected; {told}"
        if then.get("body"):
            try:
                body = json.loads(answer.body)
            except ValueError:
                raise AssertionError(f"a JSON body was expected; {told}") from None
            for place, wanted in then["body"].items():
                found = find(body, place)
                assert holds(self.fill(wanted), found), f"{place}: {wanted!r} was expected, found {found}; {told}"


def find(value, path):
    """The values at `entry[0].response.status`, `entry[*].resource.id`, `link[relation=next].url`."""
    found = [value]
    for name in split(path):
        found = [deeper for one in found for deeper in step_into(one, name)]
    return found


def split(path):
    return re.findall(r"[^.\[\]]+|\[[^\]]*\]", path)


def step_into(value, name):
    if name == "[*]":
        return value if isinstance(value, list) else []
    if "=" in name and name.startswith("["):
        member, wanted = name[1:-1].split("=", 1)
        return [one for one in value if isinstance(one, dict) and str(one.get(member)) == wanted]
    if name.startswith("["):
        return [value[int(name[1:-1])]] if isinstance(value, list) and len(value) > int(name[1:-1]) else []
    return [value[name]] if isinstance(value, dict) and name in value else []


RULES = {
    "absent": lambda wanted, found: (not found) == wanted,
    "count": lambda wanted, found: len(found) == wanted,
    "all": lambda wanted, found: bool(found) and all(one == wanted for one in found),
    "list": lambda wanted, found: found == wanted,
    "set": lambda wanted, found: sorted(map(str, found)) == sorted(map(str, wanted)),
    "some": lambda wanted, found: wanted in found,
    "none": lambda wanted, found: wanted not in found,
    "matches": lambda wanted, found: bool(found) and all(re.search(wanted, str(one)) for one in found),
    "keys": lambda wanted, found: len(found) == 1 and list(found[0]) == wanted,
    "in": lambda wanted, found: bool(found) and all(one in wanted for one in found),
}


def holds(wanted, found):
    """Whether what was found is as wanted: a plain value, null for absent, or {rule: argument}."""
    if wanted is None:
        return not found
    if isinstance(wanted, dict) and wanted and set(wanted) <= set(RULES):
        return all(RULES[rule](argument, found) for rule, argument in wanted.items())
    return len(found) == 1 and found[0] == wanted
