"""Talks to Legato from Python, without packages: python3 client.py "Where is my order 4003?" """

import json
import os
import sys
import urllib.error
import urllib.request
import uuid

URL = os.environ.get("LEGATO_URL", "http://127.0.0.1:8787").rstrip("/")
KEY = os.environ.get("LEGATO_API_KEY")
# What your agent needs to know of each conversation, e.g. {"branch": "Lisbon"}.
METADATA = {}


class Refused(Exception):
    """What the server refused, in its own words: `problem` has type, title, status and detail."""

    def __init__(self, problem):
        super().__init__(f"{problem['title']} ({problem['status']}): {problem.get('detail', '')}")
        self.problem = problem


def ask(path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **{name.replace("_", "-"): v for name, v in headers.items()}}
    if KEY:
        headers["Authorization"] = f"Bearer {KEY}"
    try:
        return urllib.request.urlopen(urllib.request.Request(URL + path, data, headers), timeout=60)
    except urllib.error.HTTPError as error:
        raise Refused(json.load(error)) from None


def events(turn, last_id=""):
    """All events of a turn, once each: where the connection breaks, they go on after the last one that came."""
    for _ in range(10):
        data, ended = [], False
        try:
            with ask(f"/v1/turns/{turn}/events", **({"Last_Event_ID": last_id} if last_id else {})) as stream:
                for line in (raw.decode().rstrip("\r\n") for raw in stream):
                    field, _, value = line.partition(": ")
                    if field == "id":
                        last_id = value
                    elif field == "data":
                        data.append(value)
                    elif line == "" and data:
                        event, data = json.loads("\n".join(data)), []
                        ended = event["type"] == "turn.finished"
                        yield event
        except (ConnectionError, TimeoutError, urllib.error.URLError):
            pass
        if ended:
            return
    raise ConnectionError(f"The events of turn '{turn}' broke off ten times; last event id '{last_id}'")


def main(text):
    conversation = json.load(ask("/v1/conversations", {"metadata": METADATA}))["id"]
    # With a key of its own a post may be repeated after an error: it is one turn.
    body = {"input": {"text": text}, "modality": "text"}
    turn = json.load(ask(f"/v1/conversations/{conversation}/turns", body, Idempotency_Key=str(uuid.uuid4())))
    for event in events(turn["id"]):
        if event["type"] == "speech.sentence":
            print("agent  ", event["text"])
        elif event["type"] == "tool.started":
            print("tool   ", event["name"], json.dumps(event["arguments"]))
    record = json.load(ask(f"/v1/turns/{turn['id']}"))
    print("outcome", record["outcome"])


if __name__ == "__main__":
    try:
        main(" ".join(sys.argv[1:]) or "Where is my order 4003?")
    except Refused as refused:
        sys.exit(f"refused: {refused}")
    except OSError as error:
        sys.exit(f"There is no answer from {URL}: {error}; start 'legato dev', or set LEGATO_URL")
