import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createLegatoClient, type LegatoClient, LegatoError } from '../client/index.ts';
import { readConfig } from '../config.ts';
import { NOTHING_HEARD, toEventLine } from '../timeline/event-line.ts';
import { writeWav } from './write-wav.ts';

export interface SayOptions {
  readonly url?: string;
  readonly conversation?: string;
  /** No speech. */
  readonly text?: boolean;
  /** Path of a file. */
  readonly wav?: string;
  /** API key. */
  readonly key?: string;
}

/** The exit code that shells report for a process ended by Ctrl-C. */
const STOPPED_BY_CTRL_C = 130;

/** `legato say`: runs one turn on a running server and prints its events. Ctrl-C is a barge-in. Fails if the turn fails. */
export async function say(words: string, options: SayOptions): Promise<void> {
  const { host, port, apiKeys } = readConfig(undefined, { installed: false });
  const url = options.url ?? `http://${reachable(host)}:${port}`;
  const apiKey = options.key ?? apiKeys.find(({ key, scopes }) => key !== undefined && scopes.includes('turns'))?.key;
  try {
    await runTurn(words, { ...options, url, ...(apiKey !== undefined && { apiKey }) });
  } catch (error) {
    if (error instanceof LegatoError || !(error instanceof TypeError)) throw error;
    throw new Error(`No Legato server answers at '${url}'; run 'legato dev' in another terminal`, { cause: error });
  }
}

async function runTurn(
  words: string,
  options: SayOptions & { readonly url: string; readonly apiKey?: string },
): Promise<void> {
  const { url, apiKey, conversation, text = false, wav } = options;
  if (wav !== undefined) await checkWav(wav, text);
  const client = createLegatoClient({ baseUrl: url, ...(apiKey !== undefined && { apiKey }) });
  const { id } = await client.createConversation(conversation === undefined ? {} : { id: conversation });
  const turn = await client.startTurn(id, { text: words, modality: text ? 'text' : 'audio' });
  process.stdout.write(`Conversation ${id}, turn ${turn.id}\n`);
  const written = wav === undefined ? undefined : client.audio(turn.id).then((stream) => writeWav(stream, wav));
  written?.catch(() => undefined); // Reported when the events have ended.
  const interrupting = interruptOnCtrlC(client, turn.id);
  const outcome = await follow(client, turn.id);
  await interrupting.done();
  await written;
  if (wav !== undefined) process.stdout.write(`Wrote ${wav}\n`);
  if (outcome === 'failed') throw new Error(`The turn failed; GET ${url}/v1/turns/${turn.id} says in which step`);
}

interface Interrupting {
  /** Resolves when what was heard has been printed, if the caller has interrupted; from then on Ctrl-C ends the process as usual. */
  done(): Promise<void>;
}

/** The first Ctrl-C is an interrupt; the turn is followed to its end. The second one ends the process at once. */
function interruptOnCtrlC(client: LegatoClient, turnId: string): Interrupting {
  let interrupted: Promise<void> | undefined;
  const onCtrlC = (): void => {
    if (interrupted) process.exit(STOPPED_BY_CTRL_C);
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

/** Prints events as they come; resolves with the turn's outcome. */
async function follow(client: LegatoClient, turnId: string): Promise<string | undefined> {
  let outcome: string | undefined;
  for await (const event of client.events(turnId)) {
    const line = toEventLine(event);
    if (line !== undefined) process.stdout.write(`${line}\n`);
    if (event.type === 'turn.finished') outcome = event.outcome;
  }
  return outcome;
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
