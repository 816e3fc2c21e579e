import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Another thread that sends one request when it is signalled, and reports the status of the answer. */
const SENDER = `
  const { workerData: { url, json, state }, parentPort } = require('node:worker_threads');
  const flag = new Int32Array(state);
  parentPort.postMessage('ready');
  Atomics.wait(flag, 0, 0);
  const body = JSON.stringify(json);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  const request = require('node:http').request(url, { method: 'POST', headers }, (response) => {
    response.resume().on('end', () => parentPort.postMessage(response.statusCode));
  });
  request.on('finish', () => {
    Atomics.store(flag, 0, 2);
    Atomics.notify(flag, 0);
  });
  request.end(body);
`;

/**
 * Blocks this process, as a tool would, for so long or until what a client posts meanwhile waits in the socket. Resolves
 * with the status of the answer.
 */
export async function stallWhilePosted(url: string, json: unknown, stallMs: number): Promise<number> {
  const state = new SharedArrayBuffer(4);
  const sender = new Worker(SENDER, { eval: true, workerData: { url, json, state } });
  await once(sender, 'message');
  const flag = new Int32Array(state);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
  stall(stallMs);
  Atomics.wait(flag, 0, 1);
  const [status] = (await once(sender, 'message')) as [number];
  await sender.terminate();
  return status;
}

/** Blocks this thread for so long. */
export function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
