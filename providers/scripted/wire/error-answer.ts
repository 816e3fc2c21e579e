import type { ServerResponse } from 'node:http';

export interface ErrorAnswer {
  readonly status: number;
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
}

const CODES: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
};

export function sendError(response: ServerResponse, { status, message, code, param }: ErrorAnswer): void {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  const error = { message, type, param: param ?? null, code: code ?? CODES[status] ?? null };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
}
