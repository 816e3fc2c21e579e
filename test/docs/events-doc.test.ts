import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { z } from 'zod';
import { ConversationJoined } from '../../contract/conversation-events.ts';
import { TurnEvent } from '../../contract/events.ts';
import { TurnSnapshot } from '../../contract/http.ts';
import { Item } from '../../contract/items.ts';

const doc = readFileSync(join(import.meta.dirname, '../../docs/events.md'), 'utf8');

type Described = z.ZodObject<{ readonly type: z.ZodLiteral<string> } & z.ZodRawShape>;

interface Part {
  readonly title: string;
  readonly schemas: readonly Described[];
}

const parts: readonly Part[] = [
  { title: 'Events', schemas: [...TurnEvent.options, TurnSnapshot, ConversationJoined] },
  { title: 'Items', schemas: Item.options },
];

/** What stands under `## title`, up to the next heading of its rank. */
function textOf(title: string): string {
  const [, after = ''] = doc.split(`\n## ${title}\n`);
  return after.split(/\n## /)[0] ?? '';
}

/** The sections under `### ` with a name in backticks, by that name. */
function sectionsOf(title: string): Map<string, string> {
  const sections = textOf(title)
    .split(/\n### /)
    .slice(1);
  return new Map(sections.map((section) => [/^`([^`]+)`/.exec(section)?.[1] ?? section, section]));
}

const examplesIn = (text: string): unknown[] =>
  [...text.matchAll(/^```json\n([^]*?)^```$/gm)].map(([, json = '']) => JSON.parse(json) as unknown);

for (const { title, schemas } of parts) {
  const sections = sectionsOf(title);
  const typeOf = ({ shape }: Described): string => shape.type.value;

  test(`docs/events.md: under ${title} every type of the contract has a heading, and no other has`, () => {
    assert.deepEqual([...sections.keys()].sort(), schemas.map(typeOf).sort());
  });

  for (const schema of schemas) {
    const section = sections.get(typeOf(schema)) ?? '';

    test(`docs/events.md: the examples of ${typeOf(schema)} are what the contract says, without a field more`, () => {
      const examples = examplesIn(section);
      assert.ok(examples.length > 0, 'it has no example');
      for (const example of examples) assert.deepEqual(schema.parse(example), example);
    });

    test(`docs/events.md: each field of ${typeOf(schema)} stands in an example or in the text beside it`, () => {
      const missing = Object.keys(schema.shape).filter((field) => !new RegExp(`["\`]${field}["\`]`).test(section));
      assert.deepEqual(missing, []);
    });
  }
}

test('docs/events.md: each JSON example stands under the heading of a type', () => {
  const inSections = parts.flatMap(({ title }) => [...sectionsOf(title).values()].flatMap(examplesIn));
  assert.equal(examplesIn(doc).length, inSections.length);
});
