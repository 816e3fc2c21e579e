"""Holds a conversation by a client that openapi-python-client has generated, and prints what it has seen as JSON."""

import json
import sys

import legato_client.models as models
from legato_client import AuthenticatedClient
from legato_client.api.conversations import create_conversation, get_conversation
from legato_client.api.turns import get_turn, interrupt_turn, start_turn

base_url, token = sys.argv[1:]
EVENTS = {
    "turn.started": models.TurnStarted,
    "step.started": models.StepStarted,
    "step.finished": models.StepFinished,
    "step.recorded": models.StepRecorded,
    "speech.started": models.SpeechStarted,
    "speech.sentence": models.SpeechSentence,
    "speech.audio": models.SpeechAudio,
    "speech.finished": models.SpeechFinished,
    "speech.cut": models.SpeechCut,
    "tool.started": models.ToolStarted,
    "tool.progress": models.ToolProgress,
    "tool.finished": models.ToolFinished,
    "turn.interrupted": models.TurnInterrupted,
    "turn.finished": models.TurnFinished,
    "turn.snapshot": models.TurnSnapshot,
}


def read_events(client, turn_id):
    """The events of a turn: a generated client reads no streams, so its types read each message of one."""
    with client.get_httpx_client().stream("GET", f"/v1/turns/{turn_id}/events?audio=1") as response:
        for line in response.iter_lines():
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                yield EVENTS[event["type"]].from_dict(event)


with AuthenticatedClient(base_url=base_url, token=token, timeout=60) as client:
    conversation = create_conversation.sync(client=client, body=models.CreateConversation())
    text = models.NewInput(text="What is the answer?")
    turn = start_turn.sync(
        conversation.id, client=client, body=models.StartTurn(input_=text), idempotency_key="first", prefer="wait=60"
    )
    events = list(read_events(client, turn.id))
    read = get_turn.sync(turn.id, client=client)
    interrupted = interrupt_turn.sync(turn.id, client=client, body=models.InterruptTurn())
    known = get_conversation.sync(conversation.id, client=client)
    refused = get_turn.sync("turn-nowhere", client=client)
    print(
        json.dumps(
            {
                "turn": type(turn).__name__,
                "outcome": read.outcome.value,
                "items": [type(item).__name__ for item in read.items],
                "events": sorted({type(event).__name__ for event in events}),
                "interrupted": interrupted.interrupted,
                "turns": [known_turn.id for known_turn in known.turns] == [turn.id],
                "refused": refused.type_,
            }
        )
    )
