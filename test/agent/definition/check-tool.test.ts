import assert from 'node:assert/strict';
import { test } from 'node:test';
import { from } from 'legato';
import { z } from 'zod';
import { faultsOfTools, latest, lookup } from '../defined.ts';

const faultsOfTool = (tool: object) => faultsOfTools({ ...lookup, ...tool }, latest);
const asynchronous = async () => 'One moment';

const toolFaults: [title: string, tool: object, fault: RegExp][] = [
  ['no effect', { effect: undefined }, /'effect' is missing; it must be 'read' if/],
  ['an unknown effect', { effect: 'delete' }, /'effect' must be 'read' if .* got the string "delete"$/],
  [
    'a name with a space',
    { name: 'find order' },
    /tool 'find order': 'name' must be 1 to 64 letters, .*; got the string "find order"$/,
  ],
  ['no name', { name: undefined }, /^tool 1: 'name' is missing/],
  ['an empty description', { description: '' }, /'description' must be a non-empty string: .*; got the string ""$/],
  [
    'a timeout of zero',
    { timeoutMs: 0 },
    /'timeoutMs' must be a whole number of milliseconds from 1 to 86400000, e\.g\. 1000; got 0$/,
  ],
  [
    'a timeout that is no number',
    { timeoutMs: '2s' },
    /'timeoutMs' must be a whole number of .*; got the string "2s"$/,
  ],
  [
    'a timeout beyond its budget',
    { timeoutMs: 5000 },
    /'timeoutMs' must not be more than 'budgetMs'; got 5000 and 3000; raise/,
  ],
  [
    'a misspelt retry option',
    { retry: { attempt: 3 } },
    /'retry': 'attempt' is not an option; did you mean 'attempts'\?/,
  ],
  [
    'half an attempt',
    { retry: { attempts: 0.5 } },
    /'retry': 'attempts' must be a whole number from 1 to 100; got 0\.5$/,
  ],
  ['a second attempt for a write', { effect: 'write', retry: { attempts: 2 } }, /'attempts' is 2, but a write has one/],
  [
    'an idempotent read',
    { idempotent: true },
    /'idempotent' is for a write; a read may always run again, so remove it$/,
  ],
  [
    'a worker that cannot be part of a name',
    { worker: 'ware house' },
    /'worker' must be the name of a group of tools-only workers: 1 to 64 letters, .*; got the string "ware house"$/,
  ],
  [
    'a read that is reconciled',
    { reconcile: () => ({ outcome: 'unknown' }) },
    /'reconcile' is for a write; a read may always run again, so remove it$/,
  ],
  [
    'an idempotent write that is reconciled',
    { effect: 'write', idempotent: true, reconcile: () => ({ outcome: 'unknown' }) },
    /'reconcile' is given and 'idempotent' is true, so nothing has to be asked/,
  ],
  ['a reconcile that is no function', { effect: 'write', reconcile: true }, /'reconcile' must be a function of arg/],
  [
    'a filler that says the same twice',
    { fillers: [{ afterMs: 5, say: ['Hm', 'So', 'Hm'] }] },
    /'fillers': filler 1: 'say' has the string "Hm" twice; remove one$/,
  ],
  [
    'a preamble that says the same twice',
    { preamble: { force: ['Hm', 'Hm'] } },
    /'preamble': 'force' has the string "Hm" twice; remove one$/,
  ],
  [
    'an apology for a failure that says the same twice',
    { onFailure: { say: ['Hm', 'Hm'] } },
    /'onFailure': 'say' has the string "Hm" twice; remove one$/,
  ],
  [
    'JSON Schema for input',
    { input: { type: 'object' } },
    /'input' must be an object schema of zod 4.*; got a JSON Schema/,
  ],
  ['no input', { input: undefined }, /'input' is missing; it must be an object schema/],
  [
    'a date among the arguments',
    { input: z.object({ when: z.date() }) },
    /argument 'when' of 'input' cannot be written as JSON Schema: .*'z\.iso\.datetime\(\)' for a date/,
  ],
  [
    'a reserved argument',
    { input: z.object({ preamble: z.string() }) },
    /argument 'preamble', a name that Legato uses/,
  ],
  [
    'a reserved argument, with the preamble off,',
    { input: z.object({ preamble: z.string() }), preamble: 'off' },
    /argument 'preamble', a name that Legato uses/,
  ],
  ['an output that is no schema', { output: 'text' }, /'output' must be a schema of zod 4; got the string "text"$/],
  ['a run that is no function', { run: 'find' }, /'run' must be a function; got the string "find"$/],

  [
    'an unknown gate',
    { start: 'later' },
    /'start' must be 'at_once' or 'after_speech_starts' or .*; got the string "later"$/,
  ],
  ['an unknown preamble', { preamble: true }, /'preamble' must be 'auto', 'force', .*; got true$/],
  [
    'a preamble of no words',
    { preamble: { force: '' } },
    /'preamble': 'force' must be a phrase or a list of phrases; got the string ""$/,
  ],
  [
    'a preamble of no phrases',
    { preamble: { force: [] } },
    /'preamble': 'force' must be a phrase or a list of phrases; got a list$/,
  ],
  [
    'a preamble by a function',
    { preamble: { force: () => 'Hm' } },
    /'preamble': 'force' must be a phrase or a list of phrases; got a function$/,
  ],
  [
    'a misspelt preamble',
    { preamble: { force: 'Hm', forced: 'Hm' } },
    /'preamble': 'forced' is not an option; did you mean 'force'\?/,
  ],

  [
    'fillers that are no list',
    { fillers: 'Hm' },
    /'fillers' must be a list of '{ afterMs, say }'; got the string "Hm"$/,
  ],
  [
    'a filler that is a phrase',
    { fillers: ['Hm'] },
    /'fillers': filler 1 must be '{ afterMs, say }'; got the string "Hm"$/,
  ],
  ['a number of attempts', { retry: 3 }, /'retry' must be .*, e\.g\. '{ attempts: 3 }'; got 3$/],
  [
    'a schema of zod that is no object',
    { input: z.string() },
    /'input' must be an object schema.*; got the schema of zod 4 for the type 'string'$/,
  ],
  ['a schema of zod 3', { input: { _def: {} } }, /'input' must be .*; got a schema of zod 3; install zod 4/],
  ['parameters', { parameters: z.object({}) }, /'parameters' is not an option; in Legato this is 'input'$/],
  ['execute', { execute: () => 1 }, /'execute' is not an option; in Legato this is 'run'$/],
  ['a filler without a time', { fillers: [{ say: 'Hm' }] }, /'fillers': filler 1: 'afterMs' is missing/],
  [
    'a filler after half a ms',
    { fillers: [{ afterMs: 0.5, say: 'Hm' }] },
    /filler 1: 'afterMs' must be a whole number of milliseconds from 0 .*; got 0\.5$/,
  ],
  [
    'a filler without words',
    { fillers: [{ afterMs: 5 }] },
    /'fillers': filler 1: 'say' is missing; it must be a phrase, a list/,
  ],
  [
    'a filler of spaces',
    { fillers: [{ afterMs: 5, say: ' ' }] },
    /'fillers': filler 1: 'say' must be a phrase, .*; got the string " "$/,
  ],
  [
    'a filler with an empty phrase',
    { fillers: [{ afterMs: 5, say: ['Hm', ''] }] },
    /'say' must be a phrase, .*; got a list$/,
  ],
  [
    'a filler that is awaited',
    { fillers: [{ afterMs: 5, say: asynchronous }] },
    /'say' must be a phrase, .* at once, not a promise; got a function$/,
  ],
  [
    'a filler before the one before it',
    {
      fillers: [
        { afterMs: 800, say: 'Hm' },
        { afterMs: 500, say: 'So' },
      ],
    },
    /'fillers': filler 2: 'afterMs' must be greater than that of the filler before it, 800; got 500$/,
  ],
  [
    'a filler at the time of another',
    {
      fillers: [
        { afterMs: 800, say: 'Hm' },
        { afterMs: 800, say: 'So' },
      ],
    },
    /'fillers': filler 2: 'afterMs' must be greater than that of the filler before it, 800; got 800$/,
  ],

  [
    'onFailure as a phrase',
    { onFailure: 'Sorry' },
    /'onFailure' must be '{ say, guide, fallback }', or some of these; got the string "Sorry"$/,
  ],
  [
    'a failure without words',
    { onFailure: { say: '' } },
    /'onFailure': 'say' must be a phrase, .*; got the string ""$/,
  ],
  [
    'words for a failure that are awaited',
    { onFailure: { say: asynchronous } },
    /'onFailure': 'say' must be a phrase, .* at once, not a promise; got a function$/,
  ],
  [
    'an empty hint',
    { onFailure: { guide: '' } },
    /'onFailure': 'guide' must be a non-empty string: a hint for the model; got the string ""$/,
  ],
  [
    'a fallback that is a tool',
    { onFailure: { fallback: {} } },
    /'onFailure': 'fallback' must be a non-empty string: .*; got an object$/,
  ],
  [
    'a misspelt option of onFailure',
    { onFailure: { fallbck: 'x' } },
    /'fallbck' is not an option; did you mean 'fallback'\?/,
  ],

  [
    'requires that is a list',
    { requires: ['latest_order'] },
    /'requires' must be sources by argument, e\.g\. .*; got a list$/,
  ],
  [
    'a source that is a name',
    { requires: { order_id: 'latest_order' } },
    /'order_id' must be 'from\('a_tool', 'a_field'\)'; got the string "latest_order"$/,
  ],
  [
    'a misspelt argument to be filled',
    { requires: { ordr_id: from('latest_order', 'order_id') } },
    /'requires': 'input' has no argument 'ordr_id'; did you mean 'order_id'\?/,
  ],
  [
    'after that is a name',
    { after: 'find_order' },
    /'after' must be a list of names of tools, .*; got the string "find_order"$/,
  ],
  [
    'a rejectIf that is a reason',
    { rejectIf: 'no' },
    /'rejectIf' must be a function of arguments, transcript and turn .*; got the string "no"$/,
  ],
  [
    'a rejectIf that is awaited',
    { rejectIf: asynchronous },
    /'rejectIf' must be a function .* at once, not a promise; got a function$/,
  ],
  [
    'a cache of less than nothing',
    { cacheMs: -1 },
    /'cacheMs' must be a whole number of milliseconds from 0 to .*; got -1$/,
  ],
  [
    'a write to be cancelled',
    { effect: 'write', onBargeIn: 'cancel' },
    /'onBargeIn' is 'cancel', but a write that has/,
  ],
  ['a cache on a write', { effect: 'write', cacheMs: 5 }, /'cacheMs' is 5, but a write has to be done each time/],
  ['a thread that is counted', { thread: 1 }, /'thread' must be a boolean; got 1$/],
];
for (const [title, tool, fault] of toolFaults) {
  test(`tool: ${title} is one fault`, () => {
    const faults = faultsOfTool(tool);
    assert.equal(faults.length, 1, faults.join('\n'));
    assert.match(faults[0] ?? '', fault);
  });
}

test('tool: a write that is idempotent may have several attempts', () => {
  assert.deepEqual(faultsOfTool({ effect: 'write', idempotent: true, retry: { attempts: 2 } }), []);
});

const later = ['overBudget', 'deliver', 'approval', 'approvalTimeoutMs'];
for (const option of [...later, 'keepTrying']) {
  test(`tool: '${option}', which is of a later time, is not an option`, () => {
    assert.match(faultsOfTool({ [option]: true })[0] ?? '', new RegExp(`'${option}' is not an option`));
  });
}
