"""A few lines of HTTP for the FHIR plane."""

import http.client
import json
import urllib.parse


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


def call(base, method, target, body=None, headers=None):
    """`target` begins with '/'; a dict as body is sent as FHIR JSON."""
    parts = urllib.parse.urlsplit(base)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    headers = dict(headers or {})
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
        headers.setdefault("Content-Type", "application/fhir+json")
    try:
        connection.request(method, target, body=body, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


class Fhir:
    """The FHIR endpoint of one data store."""

    def __init__(self, server, datastore):
        self.server = server
        self.prefix = f"/datastore/{datastore}/r4"

    def call(self, method, path, body=None, headers=None):
        return call(self.server.base, method, self.prefix + path, body, headers)

    def get(self, path, headers=None):
        return self.call("GET", path, headers=headers)

    def total(self, query):
        """The exact number of matches of a search."""
        answer = self.get(f"/{query}{'&' if '?' in query else '?'}_total=accurate&_count=1")
        assert answer.status == 200, answer.body
        return answer.json["total"]

    def pages(self, query):
        """All resources of a search, following link[next]."""
        target = f"{self.prefix}/{query}"
        while target:
            answer = call(self.server.base, "GET", target)
            assert answer.status == 200, answer.body
            bundle = answer.json
            yield from (entry["resource"] for entry in bundle.get("entry", []))
            following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            target = None
            if following:
                parts = urllib.parse.urlsplit(following[0])
                target = f"{parts.path}?{parts.query}"
