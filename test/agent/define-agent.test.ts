import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgentOptions, defineAgent } from 'legato';
import { faultsOf, faultsOfTools, least, lookup, refund } from './defined.ts';

test('agent: every default is filled in', () => {
  const agent = defineAgent({ ...least, tools: [lookup, refund] });
  assert.deepEqual([agent.terms.deadlineMs, agent.terms.maxRounds], [30_000, 6]);
  assert.match(agent.terms.apology, /sorry/);
  assert.equal(agent.toolChoice, 'auto');
  assert.equal(agent.modelTimeoutMs, 8_000);
  assert.deepEqual(agent.fillers, []);
  for (const option of ['fallbackModel', 'greeting', 'reasoningEffort', 'temperature', 'maxTokens']) {
    assert.ok(!(option in agent), option);
  }
});

test('agent: what is given replaces the defaults', () => {
  const agent = defineAgent({
    ...least,
    fallbackModel: 'gpt-5-mini',
    modelTimeoutMs: 4,
    fillers: [
      { afterMs: 0, say: 'One moment.' },
      { afterMs: 100, say: ['Still here.', 'A little more.'] },
    ],
    greeting: 'Hello.',
    reasoningEffort: 'none',
    toolChoice: 'none',
    temperature: 0,
    maxTokens: 200,
    apology: 'Oh no.',
    deadlineMs: 5,
    maxRounds: 2,
  });
  assert.deepEqual(agent.terms, { apology: 'Oh no.', deadlineMs: 5, maxRounds: 2, greeting: 'Hello.' });
  assert.deepEqual([agent.temperature, agent.maxTokens, agent.tools.size], [0, 200, 0]);
  assert.deepEqual([agent.fallbackModel, agent.modelTimeoutMs], ['gpt-5-mini', 4]);
  assert.deepEqual(agent.fillers, [
    { afterMs: 0, say: ['One moment.'] },
    { afterMs: 100, say: ['Still here.', 'A little more.'] },
  ]);
  assert.deepEqual([agent.reasoningEffort, agent.toolChoice], ['none', 'none']);
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

for (const reasoningEffort of ['none', 'minimal', 'low', 'medium', 'high'] as const) {
  test(`agent: reasoning effort '${reasoningEffort}' is taken`, () => {
    assert.equal(defineAgent({ ...least, reasoningEffort }).reasoningEffort, reasoningEffort);
  });
}

for (const toolChoice of ['auto', 'none', 'required', { tool: 'find_order' }] as const) {
  test(`agent: tool choice ${JSON.stringify(toolChoice)} is taken`, () => {
    assert.deepEqual(defineAgent({ ...least, toolChoice, tools: [lookup] }).toolChoice, toolChoice);
  });
}

const unfit: [option: string, value: unknown, fault: RegExp][] = [
  ['fallbackModel', '', /'fallbackModel' is '', not a text with words in it; give the name of another model/],
  ['greeting', ' ', /'greeting' is ' ', not a text with words in it/],
  ['reasoningEffort', 'much', /'reasoningEffort' is 'much', not one of its values; give 'none' or 'minimal' or/],
  ['toolChoice', 'find_order', /'toolChoice' is 'find_order', not a choice of tools; give 'auto', 'none',/],
  ['toolChoice', { name: 'find_order' }, /'toolChoice' is an object, not a choice of tools/],
  ['toolChoice', { tool: 'find_ordr' }, /names 'find_ordr', which no tool is named; did you mean 'find_order'\?/],
  ['toolChoice', { tool: 'sing' }, /names 'sing', which no tool is named; the tools are 'find_order', 'refund_order'/],
  ['temperature', 3, /'temperature' is '3'/],
  ['modelTimeoutMs', 0, /'modelTimeoutMs' is '0', not a duration; give a whole number of ms from 1 to 86400000/],
  [
    'modelTimeoutMs',
    30_000,
    /'modelTimeoutMs' is '30000', not less than 'deadlineMs' of '30000'; lower 'modelTimeoutMs' or raise 'deadlineMs'/,
  ],
  ['fillers', 'Hm', /'fillers' is 'Hm', not a list of fillers; give a list of '\{ afterMs, say \}'/],
  ['fillers', [{ say: 'Hm' }], /'fillers': filler 1: 'afterMs' is missing; give a whole number of ms from 0 to/],
  [
    'fillers',
    [{ afterMs: 5, say: () => 'Hm' }],
    /filler 1: 'say' is a function, not something to say; give a phrase or a list of phrases; there are no arguments/,
  ],
  [
    'fillers',
    [
      { afterMs: 5, say: 'Hm' },
      { afterMs: 5, say: 'Well' },
    ],
    /filler 2: 'afterMs' is '5', not after the one before it at '5'; put them in the order of 'afterMs'/,
  ],
  ['maxTokens', 0.5, /'maxTokens' is '0.5'/],
  ['apology', '', /'apology' is ''/],
  ['maxRounds', 0, /'maxRounds' is '0'/],
  ['speed', 2, /'speed' is not an option/],
];
for (const [option, value, fault] of unfit) {
  test(`agent: '${option}' as ${JSON.stringify(value)} is one fault`, () => {
    const faults = faultsOf({ ...least, tools: [lookup, refund], [option]: value });
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? '', fault);
  });
}

test('agent: tools that are no list are refused', () => {
  assert.match(faultsOf({ ...least, tools: 'none' })[0] ?? '', /'tools' is 'none', not a list of tools/);
});

test('agent: a tool cannot be demanded where there is none', () => {
  assert.deepEqual(faultsOf({ ...least, toolChoice: 'required' }), [
    "'toolChoice' is 'required', but the agent has no tools; add one or leave it out",
  ]);
  assert.match(
    faultsOf({ ...least, toolChoice: { tool: 'sing' } })[0] ?? '',
    /which no tool is named; there are no tools/,
  );
});

test('agent: a definition that is no object is refused', () => {
  assert.deepEqual(faultsOf(undefined), ['the definition is not an object; give one with at least a name']);
});

test('agent: two tools of one name are refused', () => {
  assert.deepEqual(faultsOfTools(lookup, lookup), [
    "tool 'find_order' is defined more than once; rename or remove all but one",
  ]);
});

test('agent: something that is not a tool is named by its place', () => {
  assert.deepEqual(faultsOfTools(lookup, null), ["tool 2: it is 'null', not a tool; give what 'defineTool' returns"]);
});
