import assert from 'node:assert/strict';
import { test } from 'node:test';
import { from } from 'legato';
import { z } from 'zod';
import { faultsOfTools, latest, lookup } from './defined.ts';

const faultsOfTool = (tool: object) => faultsOfTools({ ...lookup, ...tool }, latest);
const asynchronous = async () => 'One moment';

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
  [
    'a reserved argument, with the preamble off,',
    { input: z.object({ preamble: z.string() }), preamble: 'off' },
    /argument 'preamble', a name that Legato uses/,
  ],
  ['an output that is no schema', { output: 'text' }, /'output' is 'text', not a schema of zod 4/],
  ['a run that is no function', { run: 'find' }, /'run' is 'find', not a function/],

  [
    'an unknown gate',
    { start: 'later' },
    /'start' is 'later', not one of its values; give 'at_once' or 'after_speech_starts'/,
  ],
  ['an unknown preamble', { preamble: true }, /'preamble' is 'true', not a way to speak before the tool; give 'auto',/],
  [
    'a preamble of no words',
    { preamble: { force: '' } },
    /'preamble': 'force' is '', not something to say; give a phrase or/,
  ],
  ['a preamble of no phrases', { preamble: { force: [] } }, /'preamble': 'force' is a list, not something to say/],
  [
    'a preamble by a function',
    { preamble: { force: () => 'Hm' } },
    /'preamble': 'force' is a function, not something to/,
  ],
  [
    'a misspelt preamble',
    { preamble: { force: 'Hm', forced: 'Hm' } },
    /'preamble': 'forced' is not an option; did you mean 'force'\?/,
  ],

  [
    'fillers that are no list',
    { fillers: 'Hm' },
    /'fillers' is 'Hm', not a list of fillers; give a list of '{ afterMs, say }'/,
  ],
  ['a filler that is a phrase', { fillers: ['Hm'] }, /'fillers' is a list, not a list of fillers/],
  ['a filler without a time', { fillers: [{ say: 'Hm' }] }, /'fillers': filler 1: 'afterMs' is missing/],
  [
    'a filler after half a ms',
    { fillers: [{ afterMs: 0.5, say: 'Hm' }] },
    /filler 1: 'afterMs' is '0.5', not a duration/,
  ],
  [
    'a filler without words',
    { fillers: [{ afterMs: 5 }] },
    /'fillers': filler 1: 'say' is missing; give a phrase, a list/,
  ],
  [
    'a filler of spaces',
    { fillers: [{ afterMs: 5, say: ' ' }] },
    /'fillers': filler 1: 'say' is ' ', not something to say/,
  ],
  [
    'a filler with an empty phrase',
    { fillers: [{ afterMs: 5, say: ['Hm', ''] }] },
    /'say' is a list, not something to say/,
  ],
  [
    'a filler that is awaited',
    { fillers: [{ afterMs: 5, say: asynchronous }] },
    /'say' is a function, not something to say/,
  ],
  [
    'a filler before the one before it',
    {
      fillers: [
        { afterMs: 800, say: 'Hm' },
        { afterMs: 500, say: 'So' },
      ],
    },
    /'fillers': filler 2: 'afterMs' is '500', not after the one before it at '800'; put them in the order/,
  ],
  [
    'a filler at the time of another',
    {
      fillers: [
        { afterMs: 800, say: 'Hm' },
        { afterMs: 800, say: 'So' },
      ],
    },
    /'fillers': filler 2: 'afterMs' is '800', not after the one before it at '800'/,
  ],

  [
    'onFailure as a phrase',
    { onFailure: 'Sorry' },
    /'onFailure' is 'Sorry', not what to do about a failure; give '{ say,/,
  ],
  ['a failure without words', { onFailure: { say: '' } }, /'onFailure': 'say' is '', not something to say/],
  [
    'words for a failure that are awaited',
    { onFailure: { say: asynchronous } },
    /'onFailure': 'say' is a function, not some/,
  ],
  [
    'an empty hint',
    { onFailure: { guide: '' } },
    /'onFailure': 'guide' is '', not a text with words in it; give a hint for/,
  ],
  ['a fallback that is a tool', { onFailure: { fallback: {} } }, /'onFailure': 'fallback' is an object, not a text/],
  [
    'a misspelt option of onFailure',
    { onFailure: { fallbck: 'x' } },
    /'fallbck' is not an option; did you mean 'fallback'\?/,
  ],

  [
    'requires that is a list',
    { requires: ['latest_order'] },
    /'requires' is a list, not sources by argument; give such as/,
  ],
  [
    'a source that is a name',
    { requires: { order_id: 'latest_order' } },
    /'order_id' is 'latest_order', not a source; give 'from\(/,
  ],
  [
    'a misspelt argument to be filled',
    { requires: { ordr_id: from('latest_order', 'order_id') } },
    /'requires': 'ordr_id' is no argument in 'input'; did you mean 'order_id'\?/,
  ],
  ['after that is a name', { after: 'find_order' }, /'after' is 'find_order', not a list of names of tools/],
  ['a rejectIf that is a reason', { rejectIf: 'no' }, /'rejectIf' is 'no', not a function that decides at once/],
  [
    'a rejectIf that is awaited',
    { rejectIf: asynchronous },
    /'rejectIf' is a function, not a function that decides at once/,
  ],
  ['a cache of less than nothing', { cacheMs: -1 }, /'cacheMs' is '-1', not a duration/],
  [
    'a write to be cancelled',
    { effect: 'write', onBargeIn: 'cancel' },
    /'onBargeIn' is 'cancel', but a write that has/,
  ],
  ['a cache on a write', { effect: 'write', cacheMs: 5 }, /'cacheMs' is '5', but a write has to be done each time/],
  ['a thread that is counted', { thread: 1 }, /'thread' is '1', not a yes or no; give 'true' or 'false'/],
];
for (const [title, tool, fault] of toolFaults) {
  test(`tool: ${title} is one fault`, () => {
    const faults = faultsOfTool(tool);
    assert.equal(faults.length, 1, faults.join('\n'));
    assert.match(faults[0] ?? '', fault);
  });
}

const later = ['overBudget', 'deliver', 'approval', 'approvalTimeoutMs'];
for (const option of [...later, 'idempotent', 'reconcile', 'keepTrying', 'onDuplicate']) {
  test(`tool: '${option}', which is of a later time, is not an option`, () => {
    assert.match(faultsOfTool({ [option]: true })[0] ?? '', new RegExp(`'${option}' is not an option`));
  });
}
