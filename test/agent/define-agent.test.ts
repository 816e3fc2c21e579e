import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgentOptions, defineAgent, type TextToSpeech } from 'legato';
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
      { afterMs: 4, say: ['Still here.', 'A little more.'] },
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
  assert.deepEqual([agent.temperature, agent.maxTokens, agent.tools.list()], [0, 200, []]);
  const shared = { reasoningEffort: 'none', temperature: 0, maxTokens: 200 };
  assert.deepEqual([agent.fallbackModels, agent.modelTimeoutMs], [[{ model: 'gpt-5-mini', ...shared }], 4]);
  assert.deepEqual(agent.fillers, [
    { afterMs: 0, say: ['One moment.'] },
    { afterMs: 4, say: ['Still here.', 'A little more.'] },
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
        "- 'name' must be 1 to 64 lower-case letters, digits and hyphens, e.g. 'order-desk'; got the string \"My Orders\"",
        `- 'instructions' must be a non-empty string: what the agent is for and how it speaks; or a function of '{ metadata, now }' that returns it at once, not a promise; got the string " "`,
        "- 'model' is missing; it must be a non-empty string: the model's name, e.g. 'gpt-5.1'; or a language model of an AI SDK provider, e.g. 'anthropic(…)'",
        "- 'deadlineMs' must be a whole number of milliseconds from 1 to 86400000, e.g. 1000; got -1",
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
  [
    'fallbackModel',
    '',
    /'fallbackModel' must be a non-empty string: the name of another model, .*; got the string ""$/,
  ],
  ['fallbackVoice', 5, /'fallbackVoice' must be the voice's name, .*, or a voice of your own, .*; got 5$/],
  ['greeting', ' ', /'greeting' must be a non-empty string: .*; got the string " "$/],
  ['reasoningEffort', 'much', /'reasoningEffort' must be 'none' or 'minimal' or .*; got the string "much"$/],
  ['toolChoice', 'find_order', /'toolChoice' must be 'auto', 'none', .*; got the string "find_order"$/],
  ['toolChoice', { name: 'find_order' }, /'toolChoice' must be 'auto', .*; got an object$/],
  ['toolChoice', { tool: 'find_ordr' }, /names 'find_ordr', but there is no such tool; did you mean 'find_order'\?/],
  [
    'toolChoice',
    { tool: 'sing' },
    /names 'sing', but there is no such tool; the tools are 'find_order', 'refund_order'/,
  ],
  ['temperature', 3, /'temperature' must be a number from 0 to 2; got 3$/],
  ['modelTimeoutMs', 0, /'modelTimeoutMs' must be a whole number of milliseconds from 1 to 86400000, .*; got 0$/],
  [
    'modelTimeoutMs',
    30_000,
    /'modelTimeoutMs' must be less than 'deadlineMs'; got 30000 and 30000; lower 'modelTimeoutMs' or raise 'deadlineMs'/,
  ],
  ['fillers', 'Hm', /'fillers' must be a list of '\{ afterMs, say \}'; got the string "Hm"$/],
  [
    'fillers',
    [{ say: 'Hm' }],
    /'fillers': filler 1: 'afterMs' is missing; it must be a whole number of milliseconds from 0 to/,
  ],
  [
    'fillers',
    [{ afterMs: 5, say: () => 'Hm' }],
    /filler 1: 'say' must be a phrase or a list of phrases; .* no arguments; got a function$/,
  ],
  [
    'fillers',
    [
      { afterMs: 5, say: 'Hm' },
      { afterMs: 5, say: 'Well' },
    ],
    /filler 2: 'afterMs' must be greater than that of the filler before it, 5; got 5$/,
  ],
  [
    'fallbackModel',
    least.model,
    /'fallbackModel' is 'gpt-5\.1', which is 'model' itself and is asked again anyway; name another one or remove it$/,
  ],
  [
    'maxRounds',
    1,
    /'maxRounds' is 1, so that the model must answer at once and never calls a tool; raise it or remove/,
  ],
  ['voice', {}, /'voice' must be the voice's name, .*'speak\(request, signal\)'; got an object$/],
  ['voice', { speak: 'hello' }, /'voice' must be .*; got an object$/],
  ['voice', ' ', /'voice' must be .*; got the string " "$/],
  ['voiceSpeed', 0.2, /'voiceSpeed' must be a number from 0\.25 to 4; got 0\.2$/],
  ['voiceSpeed', 4.1, /'voiceSpeed' must be a number from 0\.25 to 4; got 4\.1$/],
  ['voiceInstructions', 'a'.repeat(4_097), /'voiceInstructions' must be a string of 1 to 4096 characters/],
  [
    'language',
    'english!',
    /'language' must be a BCP 47 language tag, e\.g\. 'en' or 'de-CH'; got the string "english!"$/,
  ],
  ['language', 'english', /'language' must be a BCP 47 language tag, .*; got the string "english"$/],
  ['language', 'xx', /'language' must be a BCP 47 language tag, .*; got the string "xx"$/],
  ['language', ['en'], /'language' must be a BCP 47 language tag, .*; got a list$/],
  ['voiceText', 'markdown', /'voiceText' must be 'plain' or 'as_written'; got the string "markdown"$/],
  ['pronounce', { SQL: 'sequel' }, /'pronounce' must be a list of pairs '\[written, spoken\]' .*; got an object$/],
  ['pronounce', [['SQL']], /'pronounce' must be a list of pairs .*; got a list$/],
  ['pronounce', [['', 'sequel']], /'pronounce' must be a list of pairs .*; got a list$/],
  ['maxTokens', 0.5, /'maxTokens' must be .*; got 0\.5$/],
  ['apology', '', /'apology' must be .*; got the string ""$/],
  ['maxRounds', 0, /'maxRounds' must be .*; got 0$/],
  ['systemPrompt', 'Help', /'systemPrompt' is not an option; in Legato this is 'instructions'$/],
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
  assert.match(
    faultsOf({ ...least, tools: 'none' })[0] ?? '',
    /'tools' must be a list of what 'defineTool' returns; got the string "none"$/,
  );
});

test('agent: a tool cannot be demanded where there is none', () => {
  assert.deepEqual(faultsOf({ ...least, toolChoice: 'required' }), [
    "'toolChoice' is 'required', but the agent has no tools; add one or remove 'toolChoice'",
  ]);
  assert.match(
    faultsOf({ ...least, toolChoice: { tool: 'sing' } })[0] ?? '',
    /but there is no such tool; there are no tools/,
  );
});

test('agent: a definition that is no object is refused', () => {
  assert.deepEqual(faultsOf(undefined), ['the definition must be an object; got undefined']);
});

test('agent: two tools of one name are refused', () => {
  assert.deepEqual(faultsOfTools(lookup, lookup), [
    "tool 'find_order' is defined more than once; rename or remove all but one",
  ]);
});

test('agent: something that is not a tool is named by its place', () => {
  assert.deepEqual(faultsOfTools(lookup, null), ["tool 2: it must be what 'defineTool' returns; got null"]);
});

test('defineAgent: of several fallback models each has its own parameters, or those of the model', () => {
  const options = { name: 'a', instructions: 'Help.', model: 'm', voice: 'alloy', temperature: 0.2 };
  const { fallbackModels } = defineAgent({ ...options, fallbackModel: ['one', { model: 'two', maxTokens: 100 }] });
  assert.deepEqual(fallbackModels, [
    { model: 'one', temperature: 0.2 },
    { model: 'two', maxTokens: 100 },
  ]);
  assert.deepEqual(defineAgent(options).fallbackModels, []);
});

test('defineAgent: a fallback model that is no model is a fault that says what is wrong', () => {
  const options = { name: 'a', instructions: 'Help.', model: 'm', voice: 'alloy' };
  const faultsOf = (fallbackModel: unknown) => () =>
    defineAgent({ ...options, fallbackModel: fallbackModel as string });
  assert.throws(faultsOf([{ modell: 'two' }]), /'fallbackModel': 'modell' is not an option; did you mean 'model'\?/);
  assert.throws(faultsOf({ model: 'two', temperature: 3 }), /'fallbackModel': 'temperature' must be/);
  assert.throws(faultsOf([]), /'fallbackModel' must be a non-empty string: the name of another model/);
  assert.throws(faultsOf(['one', 'm']), /which is 'model' itself/);
});

test('agent: a fallback voice is a name, or the author’s own; the object that is the voice already is refused', () => {
  const own: TextToSpeech = {
    async *speak() {
      yield new Uint8Array(2);
    },
  };
  assert.equal(defineAgent(least).fallbackVoice, undefined);
  assert.deepEqual(defineAgent({ ...least, fallbackVoice: least.voice }).fallbackVoice, { name: least.voice });
  assert.equal(defineAgent({ ...least, fallbackVoice: own }).fallbackVoice?.speech, own);
  assert.throws(
    () => defineAgent({ ...least, voice: own, fallbackVoice: own }),
    /'fallbackVoice' is the object that 'voice' is, and fails with it; give another one or remove it/,
  );
});
