import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secret } from 'legato';
import { z } from 'zod';
import { createMetadata } from '../../../agent/metadata/read-metadata.ts';

const schema = z.object({
  tenant: z.string().min(3),
  seats: z.coerce.number().int().optional(),
  token: secret(
    z
      .string()
      .min(8, { error: ({ input }) => `'${input as string}' is short` })
      .optional(),
  ),
});
const { read, secretFields } = createMetadata(schema);

test('metadata: text is read as the schema says, and the public part has no secrets', () => {
  const { value, publicValue, secrets, problems } = read({ tenant: 'mill', seats: '4', token: 'tok-12345' });
  assert.deepEqual(value, { tenant: 'mill', seats: 4, token: 'tok-12345' });
  assert.deepEqual(publicValue, { tenant: 'mill', seats: 4 });
  assert.deepEqual([secrets, problems], [['tok-12345'], []]);
});

test('metadata: a secret stays one when something is put around it, and its schema stays none elsewhere', () => {
  assert.deepEqual([...secretFields], ['token']);
  const plain = z.string();
  const marked = secret(z.string()) as unknown as z.ZodString;
  const more = createMetadata(z.object({ one: secret(plain), two: plain, three: marked.min(2).optional() }));
  assert.deepEqual([...more.secretFields], ['one', 'three']);
});

const problems: readonly [wire: Record<string, string>, field: string, message: RegExp][] = [
  [{}, 'tenant', /^is missing; send it$/],
  [{ tenant: 'm' }, 'tenant', /^does not fit: too small.*; send one that does$/],
  [{ tenant: 'mill', seats: 'four' }, 'seats', /^does not fit: expected number; send/],
  [{ tenant: 'mill', token: 'tok' }, 'token', /^does not fit: too small, the minimum is 8; send one that does$/],
];
for (const [wire, field, message] of problems) {
  test(`metadata: '${field}' of ${JSON.stringify(wire)} is named, with the reason and without its value`, () => {
    const { problems: found, value } = read(wire);
    assert.deepEqual(
      found.map((problem) => problem.field),
      [field],
    );
    assert.match(found[0]?.message ?? '', message);
    assert.doesNotMatch(found[0]?.message ?? '', /'tok'/);
    assert.deepEqual(value, {});
  });
}

test('metadata: a strict schema names the fields that it does not know', () => {
  const { problems: found } = createMetadata(z.strictObject({})).read({ tenat: 'x' });
  assert.deepEqual(found, [{ field: 'tenat', message: "is not a field of this agent's metadata; leave it out" }]);
});

test('metadata: a schema that throws is a problem, without the words of what it threw', () => {
  const broken = z.object({ it: z.string().refine(() => assert.fail('tok')) });
  const [problem] = createMetadata(broken).read({ it: 'tok' }).problems;
  assert.match(problem?.message ?? '', /^cannot be checked: the agent's schema threw 'AssertionError'$/);
});

test('metadata: secret values are hidden in texts, and in what JSON has of them', () => {
  const { hideIn, hideInJson } = createMetadata(
    z.object({ pin: secret(z.coerce.number()), key: secret(z.string()) }),
  ).read({ pin: '2468', key: 'key-9876' });
  assert.equal(hideIn('key-9876 with 2468'), '[hidden] with [hidden]');
  const json = { pin: 2468, day: '2468-01-01', at: ['x key-9876 y', '2468', 24], none: null };
  const hidden = { pin: '[hidden]', day: '2468-01-01', at: ['x [hidden] y', '[hidden]', 24], none: null };
  assert.deepEqual(hideInJson(json), hidden);
});
