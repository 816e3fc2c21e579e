import assert from 'node:assert/strict';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { createOpenApiDocument } from '../server/http/openapi/document.ts';

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, DeclaredAnswer>>;
}
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}
export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly [keyword: string]: unknown;
}
interface DeclaredAnswer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean; readonly description?: string }>>;
  readonly content?: Content;
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>;

export interface ApiDocument {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation & Readonly<Record<string, unknown>>>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** As others read it. */
export const apiDocument = JSON.parse(JSON.stringify(createOpenApiDocument())) as ApiDocument;

interface GivenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Fails unless `/openapi.json` describes an answer of this call: its status, headers, media type, body and kind of problem. */
export function assertDeclared(method: string, path: string, answer: GivenAnswer): void {
  const methods = methodsOf(path);
  // A path or method that does not exist has no description; a browser asks about those that do by OPTIONS (204).
  if (!methods) return assertStatus(answer, [401, 403, 404], `${method} ${path} is not described`);
  const operation = methods[method === 'HEAD' ? 'get' : method.toLowerCase()];
  if (!operation) return assertStatus(answer, [204, 401, 403, 405], `${method} ${path} is not described`);
  const { operationId, responses } = operation;
  const declared = responses[answer.status] ?? assert.fail(`${operationId} does not declare status ${answer.status}`);
  for (const [name, { required = false }] of Object.entries(declared.headers ?? {})) {
    assert.ok(!required || answer.headers.has(name), `${operationId} declares ${name} of a ${answer.status}`);
  }
  if (method !== 'HEAD') assertBody(operationId, declared, answer);
}

function assertStatus({ status }: GivenAnswer, allowed: readonly number[], message: string): void {
  assert.ok(allowed.includes(status), `${message}, and is answered ${status}`);
}

function assertBody(operationId: string, { content, description }: DeclaredAnswer, answer: GivenAnswer): void {
  const media = (answer.headers.get('Content-Type') ?? '').split(';')[0] ?? '';
  const { schema } = content?.[media] ?? assert.fail(`${operationId} does not declare ${media} of a ${answer.status}`);
  if (!media.endsWith('json')) return;
  assert.deepEqual(
    faultsOf(schema, answer.body),
    [],
    `a ${answer.status} of ${operationId} is not what its schema says`,
  );
  const { type } = answer.body as { readonly type?: string };
  const isProblem = media === 'application/problem+json';
  assert.ok(!isProblem || description.includes(`\`${type}\``), `${operationId} does not declare ${type}`);
}

function methodsOf(path: string): ApiDocument['paths'][string] | undefined {
  const pathname = path.split('?')[0] ?? '';
  const found = Object.entries(apiDocument.paths).find(([template]) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
  return found?.[1];
}

const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a value. A field that its schema does not name is wrong too, though clients must accept it. */
export function faultsOf(schema: Schema, value: unknown): readonly string[] {
  const key = JSON.stringify(schema);
  const validate = compiled.get(key) ?? compile(schema);
  compiled.set(key, validate);
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function compile(schema: Schema): ValidateFunction {
  const text = JSON.stringify({ ...schema, $defs: apiDocument.components.schemas }, (_, part: unknown) => closed(part));
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  return ajv.compile(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as object);
}

function closed(part: unknown): unknown {
  const hasFields = part !== null && typeof part === 'object' && 'properties' in part && 'type' in part;
  return hasFields ? { additionalProperties: false, ...part } : part;
}
