import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createLegatoClient } from 'legato/client';

export interface PageOptions {
  /** Where Legato is, as the visitor's browser reaches it. */
  readonly legatoUrl: string;
  /** Stays here: the page gets a token of its own. */
  readonly apiKey?: string | undefined;
}

/** What your agent needs to know of each conversation, such as who has logged in: fill it from your login. */
const METADATA: Readonly<Record<string, string>> = {};

const files: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '/': { name: 'index.html', type: 'text/html' },
  '/page.js': { name: 'page.js', type: 'text/javascript' },
  '/speech.js': { name: 'speech.js', type: 'text/javascript' },
  '/page.css': { name: 'page.css', type: 'text/css' },
};

/** Serves the page, and gives each visit a conversation with a token for it. Put your login before `POST /session`. */
export function createPage({ legatoUrl, apiKey }: PageOptions): RequestListener {
  const legato = createLegatoClient({ baseUrl: legatoUrl, ...(apiKey !== undefined && { apiKey }) });
  const security = {
    'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ${new URL(legatoUrl).origin}`,
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  };
  const answer = async (asked: string, response: ServerResponse): Promise<void> => {
    if (asked === 'POST /session') {
      const { id: conversation } = await legato.createConversation({ metadata: METADATA });
      const { token } = await legato.createToken(conversation, { ttlSeconds: 3_600 });
      response.writeHead(200, { ...security, 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ legatoUrl, conversation, token }));
      return;
    }
    const file = asked.startsWith('GET ') ? files[asked.slice('GET '.length)] : undefined;
    response.writeHead(file ? 200 : 404, {
      ...security,
      'Content-Type': `${file?.type ?? 'text/plain'}; charset=utf-8`,
    });
    response.end(file ? await readFile(join(import.meta.dirname, file.name)) : 'There is no such page\n');
  };
  return ({ method, url }, response) => {
    answer(`${method} ${url}`, response).catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      console.error(detail);
      response.writeHead(502, { ...security, 'Content-Type': 'application/json' }).end(JSON.stringify({ detail }));
    });
  };
}

if (import.meta.main) {
  const { LEGATO_URL: address = 'http://127.0.0.1:8787', LEGATO_API_KEY: apiKey, PORT: port = '3000' } = process.env;
  const legatoUrl = address.replace(/\/+$/, '');
  createServer(createPage({ legatoUrl, apiKey })).listen(Number(port), 'localhost');
  console.log(`http://localhost:${port}`);
}
