import type { LegatoClient, NewTurn, ServedEvent } from 'legato/client';

/** One turn as its caller saw it. Times in ms since the post was sent. */
export interface TimedTurn {
  readonly id: string;
  readonly acceptedMs: number;
  /** First audio of the first speech, and of the last one. */
  readonly firstAudioMs: number;
  readonly answerAudioMs: number;
  /** The first audio by the server's own clock, since the post came. */
  readonly firstAudioAtMs: number;
}

interface FirstFrame {
  readonly receivedMs: number;
  readonly atMs: number;
}

const NEVER: FirstFrame = { receivedMs: NaN, atMs: NaN };

/** Posts a turn and reads its events, with the audio, to their end. Times that do not apply are NaN. */
export async function timeTurn(client: LegatoClient, conversationId: string, turn: NewTurn): Promise<TimedTurn> {
  const postedMs = performance.now();
  const { id } = await client.startTurn(conversationId, turn);
  const acceptedMs = performance.now() - postedMs;
  const frames = await readFirstFrames(client.events(id, { audio: true }), postedMs);
  const [first = NEVER, answer = first] = [frames.at(0), frames.at(-1)];
  return {
    ...{ id, acceptedMs, firstAudioMs: first.receivedMs, answerAudioMs: answer.receivedMs },
    firstAudioAtMs: first.atMs,
  };
}

/** The first frame of each speech, once the turn is over. */
async function readFirstFrames(events: AsyncIterable<ServedEvent>, postedMs: number): Promise<FirstFrame[]> {
  const frames = new Map<string, FirstFrame>();
  for await (const event of events) {
    const receivedMs = performance.now() - postedMs;
    if (event.type === 'turn.finished' && event.outcome !== 'answered') {
      throw new Error(`Cannot measure: a turn ended '${event.outcome}' and not 'answered'; see the output above`);
    }
    if (event.type === 'speech.audio' && !frames.has(event.speech)) {
      frames.set(event.speech, { receivedMs, atMs: event.atMs });
    }
  }
  return [...frames.values()];
}
