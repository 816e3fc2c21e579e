import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentDefinitionError, type AgentOptions, defineAgent, defineTool } from 'legato';
import { z } from 'zod';

const lookup = defineTool({
  name: 'find_order',
  description: 'Finds an order',
  input: z.object({ order_id: z.string() }),
  effect: 'read',
  run: ({ order_id }) => ({ order_id }),
});
const refund = defineTool({
  name: 'refund_order',
  description: 'Pays an order back',
  input: z.object({ order_id: z.string() }),
  effect: 'write',
  run: () => null,
});
const least: AgentOptions = { name: 'orders', instructions: 'Help.', model: 'gpt-5.1', voice: 'alloy' };

/** Definitions as someone without types would write them. */
function faultsOf(options: unknown): readonly string[] {
  try {
    defineAgent(options as AgentOptions);
  } catch (error) {
    assert.ok(error instanceof AgentDefinitionError);
    return error.faults;
  }
  return [];
}
const faultsOfTool = (tool: object) => faultsOf({ ...least, tools: [{ ...lookup, ...tool }] });

test('agent: every default is filled in', () => {
  const agent = defineAgent({ ...least, tools: [lookup, refund] });
  assert.deepEqual([agent.terms.deadlineMs, agent.terms.maxRounds], [30_000, 6]);
  assert.match(agent.terms.apology, /sorry/);
  assert.ok(!('temperature' in agent) && !('maxTokens' in agent));
  const read = { effect: 'read', timeoutMs: 2000, budgetMs: 3000, attempts: 2, firstDelayMs: 100 };
  assert.deepEqual(agent.tools.get('find_order')?.policy, read);
  assert.deepEqual(agent.tools.get('refund_order')?.policy, { ...read, effect: 'write', attempts: 1 });
});

test('agent: what is given replaces the defaults', () => {
  const agent = defineAgent({
    ...least,
    temperature: 0,
    maxTokens: 200,
    apology: 'Oh no.',
    deadlineMs: 5,
    maxRounds: 2,
  });
  assert.deepEqual(agent.terms, { apology: 'Oh no.', deadlineMs: 5, maxRounds: 2 });
  assert.deepEqual([agent.temperature, agent.maxTokens, agent.tools.size], [0, 200, 0]);
});

test('agent: all faults stand in one message, one line each', () => {
  const given = {
    name: 'My Orders',
    instructions: ' ',
    voice: 'alloy',
    deadlineMs: -1,
    tools: [{ ...lookup, timeout: 5 }],
  };
  assert.throws(
    () => defineAgent(given as unknown as AgentOptions),
    (error: Error) => {
      assert.deepEqual(error.message.split('\n'), [
        "Cannot define agent 'My Orders': its definition has 5 faults:",
        "- 'name' is 'My Orders', not a name of an agent; give 1 to 64 lower-case letters, digits and hyphens",
        "- 'instructions' is ' ', not a text with words in it; give what the agent is there for and how it speaks",
        "- 'model' is missing; give the model's name, such as 'gpt-5.1'",
        "- 'deadlineMs' is '-1', not a duration; give a whole number of ms from 1 to 86400000",
        "- tool 'find_order': 'timeout' is not an option; did you mean 'timeoutMs'?",
      ]);
      return true;
    },
  );
});

test('agent: each unfit option is named with its value', () => {
  const unfit = { temperature: 3, maxTokens: 0.5, apology: '', maxRounds: 0, tools: 'none', greeting: 'Hi' };
  const faults = faultsOf({ ...least, ...unfit });
  assert.deepEqual(
    faults.map((fault) => fault.split(/, not|;/)[0]),
    [
      "'greeting' is not an option",
      "'temperature' is '3'",
      "'maxTokens' is '0.5'",
      "'apology' is ''",
      "'maxRounds' is '0'",
      "'tools' is 'none'",
    ],
  );
});

test('agent: a definition that is no object is refused', () => {
  assert.deepEqual(faultsOf(undefined), ['the definition is not an object; give one with at least a name']);
});

test('agent: two tools of one name are refused', () => {
  assert.deepEqual(faultsOf({ ...least, tools: [lookup, lookup] }), [
    "tool 'find_order' is defined more than once; rename or remove all but one",
  ]);
});

const toolFaults: [title: string, tool: object, fault: RegExp][] = [
  ['no effect', { effect: undefined }, /'effect' is missing; give 'read' if/],
  ['an unknown effect', { effect: 'delete' }, /'effect' is 'delete', not an effect/],
  ['a name with a space', { name: 'find order' }, /tool 'find order': 'name' is 'find order', not a name of a tool/],
  ['no name', { name: undefined }, /^tool 1: 'name' is missing/],
  ['an empty description', { description: '' }, /'description' is '', not a text/],
  ['a timeout of zero', { timeoutMs: 0 }, /'timeoutMs' is '0', not a duration/],
  ['a timeout that is no number', { timeoutMs: '2s' }, /'timeoutMs' is '2s', not a duration/],
  ['a timeout beyond its budget', { timeoutMs: 5000 }, /'timeoutMs' is '5000', more than 'budgetMs' of '3000'; raise/],
  [
    'a misspelt retry option',
    { retry: { attempt: 3 } },
    /'retry': 'attempt' is not an option; did you mean 'attempts'\?/,
  ],
  ['half an attempt', { retry: { attempts: 0.5 } }, /'retry': 'attempts' is '0.5', not a whole number from 1 to 100/],
  [
    'a second attempt for a write',
    { effect: 'write', retry: { attempts: 2 } },
    /'attempts' is '2', but a write has one/,
  ],
  ['an option of a later time', { cacheMs: 5 }, /'cacheMs' is not an option; remove it, the options are 'name', /],
  [
    'a schema that is no object',
    { input: z.string() },
    /'input' is an object, not an object schema of zod 4; give 'z.object/,
  ],
  ['JSON Schema for input', { input: { type: 'object' } }, /'input' is an object, not an object schema of zod 4/],
  ['no input', { input: undefined }, /'input' is missing; give 'z.object/],
  [
    'a date among the arguments',
    { input: z.object({ when: z.date() }) },
    /argument 'when' of 'input' is nothing that a model/,
  ],
  [
    'a reserved argument',
    { input: z.object({ preamble: z.string() }) },
    /argument 'preamble', a name that Legato uses/,
  ],
  ['an output that is no schema', { output: 'text' }, /'output' is 'text', not a schema of zod 4/],
  ['a run that is no function', { run: 'find' }, /'run' is 'find', not a function/],
];
for (const [title, tool, fault] of toolFaults) {
  test(`tool: ${title} is one fault`, () => {
    const faults = faultsOfTool(tool);
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? '', fault);
  });
}

test('tool: something that is not a tool is named by its place', () => {
  assert.deepEqual(faultsOf({ ...least, tools: [lookup, null] }), [
    "tool 2: it is 'null', not a tool; give what 'defineTool' returns",
  ]);
});
