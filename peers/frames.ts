import type { StreamEvent } from '../stream/turn-stream.ts';

const LENGTH_BYTES = 4;

/**
 * One event as Redis keeps and sends it: the length of its JSON, the JSON, and then the audio as it is. As a frame its whole length
 * stands before that, so that frames can follow each other.
 */
export function toFrame(event: StreamEvent): Buffer {
  const isAudio = event.type === 'speech.audio';
  const pcm = isAudio ? event.pcm : new Uint8Array();
  const json = Buffer.from(JSON.stringify(isAudio ? { ...event, pcm: undefined } : event));
  const frame = Buffer.allocUnsafe(2 * LENGTH_BYTES + json.length + pcm.byteLength);
  frame.writeUInt32BE(frame.length - LENGTH_BYTES, 0);
  frame.writeUInt32BE(json.length, LENGTH_BYTES);
  json.copy(frame, 2 * LENGTH_BYTES);
  frame.set(pcm, 2 * LENGTH_BYTES + json.length);
  return frame;
}

/** The events of frames that follow each other. Throws where they are not frames. */
export function readFrames(frames: Buffer): StreamEvent[] {
  const events: StreamEvent[] = [];
  for (let from = 0; from < frames.length;) {
    const bodyFrom = from + LENGTH_BYTES;
    const until = bodyFrom + frames.readUInt32BE(from);
    const jsonFrom = bodyFrom + LENGTH_BYTES;
    const jsonUntil = jsonFrom + frames.readUInt32BE(bodyFrom);
    const event = JSON.parse(frames.toString('utf8', jsonFrom, jsonUntil)) as StreamEvent;
    events.push(event.type === 'speech.audio' ? { ...event, pcm: frames.subarray(jsonUntil, until) } : event);
    from = until;
  }
  return events;
}
