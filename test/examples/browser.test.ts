import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createPage } from '../../examples/browser/server.ts';
import { createFrontEndWorld, type FrontEndWorld } from '../front-end-world.ts';
import { launchChromium, withoutChromium } from './chromium.ts';

const KEY = 'key-that-stays-with-the-server';
const LONG = `It takes a while to say all of this${', and then some more of it'.repeat(10)}.`;
const ANSWER = 'It is on its way. Bye.';
const skip = withoutChromium;
/** For a browser on a busy machine. */
const PATIENCE_MS = 120_000;
const server = createServer();
let world: FrontEndWorld;
let browser: Browser;
let address: string;

before(async () => {
  if (skip) return;
  server.listen(0, 'localhost');
  await once(server, 'listening');
  address = `http://localhost:${(server.address() as AddressInfo).port}`;
  world = await createFrontEndWorld({
    rules: [{ when: { user: 'long' }, reply: { text: LONG } }, { reply: { text: ANSWER } }],
    frontEnd: { apiKeys: [KEY], corsOrigins: [address] },
  });
  server.on('request', createPage({ legatoUrl: world.url, apiKey: KEY }));
  browser = await launchChromium();
});

after(async () => {
  if (skip) return;
  await browser.close();
  server.close();
  await world[Symbol.asyncDispose]();
});

interface Visit {
  readonly page: Page;
  /** What the browser complains about: errors, refused scripts and connections. */
  readonly complaints: string[];
  /** All that the browser sent or got. */
  readonly wire: string[];
}

async function visit(): Promise<Visit> {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const wire: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    wire.push(`${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`);
  });
  page.on('response', (response) => {
    if (!response.url().includes('/events'))
      response.text().then(
        (text) => wire.push(text),
        () => undefined,
      ); // a preflight has no body
  });
  await page.goto(address);
  return { page, complaints, wire };
}

async function say(page: Page, words: string): Promise<void> {
  await page.getByLabel('What the caller says').fill(words);
  await page.getByRole('button', { name: 'Say' }).click();
}

/** A page of which the server hears nothing for 2 s is cut; on a busy machine that happens, and the caller asks again. */
async function sayUntil(page: Page, words: string, isHeard: () => Promise<boolean>): Promise<void> {
  for (;;) {
    await say(page, words);
    await page.locator('#stop:enabled').waitFor();
    if (await isHeard()) return;
    await page.locator('#stop:disabled').waitFor();
  }
}

const lastLine = async (page: Page): Promise<string> => (await page.locator('li').last().textContent()) ?? '';

/** Waits until the turn is over; whether all of the answer was heard. */
async function isHeardWhole(page: Page): Promise<boolean> {
  await page.locator('#stop:disabled').waitFor();
  return (await lastLine(page)) === `${ANSWER} `;
}

/** Waits until the agent has spoken for a second; false where the turn is over before. */
async function isSpeaking(page: Page): Promise<boolean> {
  const playing = page.waitForRequest(
    (request) =>
      request.url().endsWith('/playout') && Number(/"positionMs":(\d+)/.exec(request.postData() ?? '')?.[1]) > 1_000,
  );
  playing.catch(() => undefined); // Closed with the page, where the turn is over.
  const over = page.locator('#stop:disabled').waitFor();
  over.catch(() => undefined); // The same, where it is not.
  return Promise.race([playing.then(() => true), over.then(() => false)]);
}

test('browser example: the agent is heard to its end, which the page has reported itself', { skip }, async () => {
  const { page, complaints, wire } = await visit();
  await sayUntil(page, 'Where is my order?', () => isHeardWhole(page));
  const [, turnId = ''] = wire.map((text) => /"id":"(turn-[\w-]+)"/.exec(text) ?? []).findLast(([, id]) => id) ?? [];
  const { body } = await world.send(`/v1/turns/${turnId}`, { headers: { Authorization: `Bearer ${KEY}` } });
  assert.match(JSON.stringify(body), new RegExp(`"heardText":"${ANSWER}"`));
  assert.deepEqual(complaints, []);
  assert.equal(await page.locator('#problem').textContent(), '');
  assert.ok(wire.some((text) => text.includes('access_token=')));
  assert.ok(wire.every((text) => !text.includes(KEY)));
  assert.doesNotMatch(JSON.stringify(world.log.all), /legato1\./);
});

test('browser example: a press on Stop cuts the agent, and the transcript has what was heard', { skip }, async () => {
  const { page, complaints } = await visit();
  await sayUntil(page, 'Say something long', () => isSpeaking(page));
  await page.locator('#stop').click();
  await page.locator('#stop:disabled').waitFor();
  const heard = (await lastLine(page)).replace(/ …$/, '');
  assert.ok(heard.length > 10 && heard.length < LONG.length && LONG.startsWith(heard), heard);
  await sayUntil(page, 'Where is my order?', () => isHeardWhole(page));
  assert.deepEqual(complaints, []);
});

test('browser example: words said while the agent speaks cut it', { skip }, async () => {
  const { page, complaints } = await visit();
  await sayUntil(page, 'Say something long', () => isSpeaking(page));
  await sayUntil(page, 'Where is my order?', () => isHeardWhole(page));
  const lines = await page.locator('li').allTextContents();
  assert.ok(lines.some((line) => line.startsWith('It takes') && line.endsWith(' …')));
  assert.deepEqual(complaints, []);
});

const INJECT = `new Promise((resolve) => {
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective));
  const script = document.createElement('script');
  script.textContent = "document.title = 'evil'";
  document.body.append(script);
})`;

test('browser example: scripts that are not its own do not run in the page', { skip }, async () => {
  const { page } = await visit();
  assert.equal(await page.evaluate(INJECT), 'script-src-elem');
  assert.equal(await page.title(), 'Talk to the agent');
});
