import { TurnEvent } from '../../contract/events.ts';

// What the types refuse already, said in words for tests that are not type-checked.

const EVENT_TYPES: readonly string[] = TurnEvent.options.map(({ shape }) => shape.type.value);
const SCRIPTS = "a list of replies or rules, a recording, or a model, e.g. ['Good morning.']";

export function checkModel(model: unknown): void {
  if (typeof model === 'object' && model !== null) return;
  throw new TypeError(`The option 'model' of 'converse' must be ${SCRIPTS}; got ${kindOf(model)}`);
}

export function checkWords(words: unknown): void {
  if (typeof words === 'string' && words.trim() !== '') return;
  const got = typeof words === 'string' ? 'none' : kindOf(words);
  throw new TypeError(`'say' needs words of the caller, got ${got}; a turn without words is 'greet()'`);
}

export function checkProvider(provider: unknown): void {
  if (provider === 'model' || provider === 'voice' || provider === 'fallbackVoice') return;
  throw new TypeError(`'fail' takes 'model', 'voice' or 'fallbackVoice'; got ${kindOf(provider)}`);
}

export function checkEventType(type: unknown): void {
  if (type === undefined || (typeof type === 'string' && EVENT_TYPES.includes(type))) return;
  throw new TypeError(`The option 'on' of 'bargeIn' must be one of ${EVENT_TYPES.join(', ')}; got ${kindOf(type)}`);
}

export function checkTurn(turn: unknown): void {
  if (typeof turn === 'object' && turn !== null && 'outcome' in turn) return;
  const advice = turn instanceof Promise ? '; write assertThat(await talk.say(…))' : '';
  throw new TypeError(
    `'assertThat' takes a turn that is over, as 'await talk.say(…)' gives it; got ${kindOf(turn)}${advice}`,
  );
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return `the string '${value}'`;
  if (value instanceof Promise) return 'a promise';
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`;
}
