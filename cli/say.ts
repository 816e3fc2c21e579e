import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createLegatoClient, type LegatoClient, LegatoError } from '../client/index.ts';
import { isServerUrl } from '../client/server-url.ts';
import { readConfig } from '../config.ts';
import { NOTHING_HEARD } from '../timeline/event-line.ts';
import { toStyledLine } from './event-style.ts';
import { explainRefusal } from './explain-refusal.ts';
import { findPlayer } from './play/find-player.ts';
import { Speaker } from './play/speaker.ts';
import { writeWav } from './write-wav.ts';

export interface SayOptions {
  readonly url?: string;
  readonly conversation?: string;
  /** No speech. */
  readonly text?: boolean;
  /** Path of a file. */
  readonly wav?: string;
  /** Play the speech. */
  readonly play?: boolean;
  /** API key. */
  readonly key?: string;
  /** Of a new conversation: `<name>=<text>` each. */
  readonly metadata?: readonly string[];
}

/** The exit code that shells report for a process ended by Ctrl-C. */
const STOPPED_BY_CTRL_C = 130;

/** `legato say`: runs one turn on a running server and prints its events. Ctrl-C is a barge-in. Fails if the turn fails. */
export async function say(words: string, options: SayOptions): Promise<void> {
  const { host, port, apiKeys } = readConfig(undefined, { installed: false });
  const { url = `http://${reachable(host)}:${port}` } = options;
  if (!isServerUrl(url))
    throw new Error(`'--url' is '${url}', but must be an http or https URL, e.g. http://127.0.0.1:8787`);
  const apiKey = options.key ?? apiKeys.find(({ key, scopes }) => key !== undefined && scopes.includes('turns'))?.key;
  try {
    await runTurn(words, { ...options, url, ...(apiKey !== undefined && { apiKey }) });
  } catch (error) {
    if (error instanceof LegatoError) throw explainRefusal(error);
    if (!(error instanceof TypeError)) throw error;
    const advice = "run 'legato dev' in another terminal, or give the server's address by '--url' or PORT";
    throw new Error(`No Legato server answers at '${url}'; ${advice}`, { cause: error });
  }
}

async function runTurn(
  words: string,
  options: SayOptions & { readonly url: string; readonly apiKey?: string },
): Promise<void> {
  const { url, apiKey, conversation, text = false, wav, play = false } = options;
  if (wav !== undefined) await checkWav(wav, text);
  using speaker = play ? await openSpeaker(text) : undefined;
  const client = createLegatoClient({ baseUrl: url, ...(apiKey !== undefined && { apiKey }) });
  const created = { ...(conversation !== undefined && { id: conversation }), ...toMetadata(options.metadata) };
  const { id } = await client.createConversation(created);
  const turn = await client.startTurn(id, { text: words, modality: text ? 'text' : 'audio' });
  process.stdout.write(`Conversation ${id}, turn ${turn.id}\n`);
  const written = writeSpeech(client, turn.id, wav);
  written.catch(() => undefined); // Reported when the events have ended.
  const interrupting = interruptOnCtrlC(client, turn.id, speaker);
  const outcome = await follow(client, turn.id, speaker);
  await speaker?.silent;
  await interrupting.done();
  await written;
  if (outcome === 'failed') throw new Error(`The turn failed; GET ${url}/v1/turns/${turn.id} says in which step`);
}

async function writeSpeech(client: LegatoClient, turnId: string, wav: string | undefined): Promise<void> {
  if (wav === undefined) return;
  await writeWav(await client.audio(turnId), wav);
  process.stdout.write(`Wrote ${wav}\n`);
}

function toMetadata(pairs: readonly string[] | undefined): { metadata?: Record<string, string> } {
  if (!pairs) return {};
  const fields = pairs.map((pair) => {
    const [, name, text] = /^([^=]+)=([^]*)$/.exec(pair) ?? [];
    if (name === undefined || text === undefined) throw new Error("'--metadata' needs <name>=<text>, e.g. tenant=mill");
    return [name, text] as const;
  });
  return { metadata: Object.fromEntries(fields) };
}

interface Interrupting {
  /** Resolves when what was heard has been printed, if the caller has interrupted; from then on Ctrl-C ends the process as usual. */
  done(): Promise<void>;
}

/** The first Ctrl-C is an interrupt; the turn is followed to its end. The second one ends the process at once. */
function interruptOnCtrlC(client: LegatoClient, turnId: string, speaker: Speaker | undefined): Interrupting {
  let interrupted: Promise<void> | undefined;
  const onCtrlC = (): void => {
    if (interrupted) process.exit(STOPPED_BY_CTRL_C);
    speaker?.stop(turnId);
    interrupted = interrupt(client, turnId);
    interrupted.catch(() => undefined); // Reported when the events have ended.
  };
  process.on('SIGINT', onCtrlC);
  return {
    done: async () => {
      await interrupted;
      process.off('SIGINT', onCtrlC);
    },
  };
}

async function interrupt(client: LegatoClient, turnId: string): Promise<void> {
  const { heardText } = await client.interrupt(turnId);
  process.stdout.write(`Heard: ${heardText || NOTHING_HEARD}\n`);
}

/** Prints events as they come, and plays the speech if asked to; resolves with the turn's outcome. */
async function follow(client: LegatoClient, turnId: string, speaker?: Speaker): Promise<string | undefined> {
  let outcome: string | undefined;
  for await (const event of client.events(turnId, { audio: speaker !== undefined })) {
    speaker?.take(turnId, event.type === 'speech.audio' ? { ...event, pcm: Buffer.from(event.pcm, 'base64') } : event);
    const line = toStyledLine(event);
    if (line !== undefined) process.stdout.write(`${line}\n`);
    if (event.type === 'turn.finished') outcome = event.outcome;
  }
  return outcome;
}

/** Before the turn starts, so that no turn runs that cannot be played. */
async function openSpeaker(text: boolean): Promise<Speaker> {
  if (text) throw new Error("'--text' gives no speech to play; remove '--text' or '--play'");
  const { environment } = readConfig(undefined, { installed: false });
  const player = await findPlayer(environment['PATH']);
  return new Speaker({ player, onTrouble: (why) => process.stderr.write(`The speech is not played: ${why}\n`) });
}

/** Checked before the turn starts, so that no turn runs for a file that cannot be written. */
async function checkWav(wav: string, text: boolean): Promise<void> {
  if (text) throw new Error("'--text' gives no speech to write; remove '--text' or '--wav'");
  await access(dirname(resolve(wav)), constants.W_OK).catch((error: unknown) => {
    throw new Error(`Cannot write '${wav}': its folder does not exist or is not writable; name another file`, {
      cause: error,
    });
  });
}

/** A server that listens on every address is reached on this machine's own. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
