import { AGENT_DEFAULTS, type AgentOptions } from '../agent-options.ts';
import { isRecord } from './option-rules.ts';
import { BUDGET_MS, DEFAULTS, FIRST_DELAY_MS, TIMEOUT_MS } from './tool-policy.ts';

type Given = Readonly<Record<string, unknown>>;

/** A duration as it counts; NaN, which nothing is greater than, if it is none: that is a fault by itself. */
function durationOf(value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise;
  return typeof value === 'number' && value > 0 ? value : NaN;
}

/** What cannot come true since something else ends before it. Values that are no numbers have faults of their own. */
export function timeFaults(tool: Given): string[] {
  const [timeoutMs, budgetMs] = [durationOf(tool.timeoutMs, TIMEOUT_MS), durationOf(tool.budgetMs, BUDGET_MS)];
  const faults: string[] = [];
  if (timeoutMs > budgetMs) {
    const values = `got ${timeoutMs} and ${budgetMs}`;
    faults.push(`'timeoutMs' must not be more than 'budgetMs'; ${values}; raise 'budgetMs' or lower 'timeoutMs'`);
  }
  const retry = isRecord(tool.retry) ? tool.retry : { attempts: 1 };
  const attempts = Number(retry.attempts ?? DEFAULTS.read.attempts);
  const waitsMs = Number(retry.firstDelayMs ?? FIRST_DELAY_MS) * (2 ** (attempts - 1) - 1);
  if (attempts > 1 && waitsMs >= budgetMs) {
    const values = `${attempts} attempts wait ${waitsMs} ms in between, and 'budgetMs' is ${budgetMs}`;
    faults.push(
      `'retry': the last attempt never begins: ${values}; lower 'attempts' or 'firstDelayMs', or raise 'budgetMs'`,
    );
  }
  return faults;
}

/** What does not fit the deadline of a turn, and fillers whose time never comes. `tools` are all that the agent has. */
export function deadlineFaults(options: AgentOptions, tools: readonly Given[]): string[] {
  const deadlineMs = durationOf(options.deadlineMs, AGENT_DEFAULTS.deadlineMs);
  return [
    ...modelFaults(options, deadlineMs),
    ...lateFillers(options.fillers, { untilMs: deadlineMs, of: "'deadlineMs'" }),
    ...tools.flatMap((tool) =>
      [...overDeadline(tool, deadlineMs), ...toolFillers(tool, tools)].map(
        (fault) => `tool '${String(tool.name)}': ${fault}`,
      ),
    ),
  ];
}

/** If the model's first try may take the whole turn, there is never a second one. */
function modelFaults({ modelTimeoutMs }: AgentOptions, deadlineMs: number): string[] {
  if (!(Number(modelTimeoutMs) >= deadlineMs)) return [];
  const values = `got ${Number(modelTimeoutMs)} and ${deadlineMs}`;
  return [`'modelTimeoutMs' must be less than 'deadlineMs'; ${values}; lower 'modelTimeoutMs' or raise 'deadlineMs'`];
}

function overDeadline({ budgetMs }: Given, deadlineMs: number): string[] {
  if (!(durationOf(budgetMs, BUDGET_MS) > deadlineMs)) return [];
  const value = budgetMs === undefined ? `${BUDGET_MS}, its default` : Number(budgetMs);
  return [
    `'budgetMs' is ${value}, but the turn ends after ${deadlineMs} ms, the agent's 'deadlineMs'; lower 'budgetMs' or raise 'deadlineMs'`,
  ];
}

/** They are said while the tool runs, and its fallbacks after it. */
function toolFillers(tool: Given, tools: readonly Given[]): string[] {
  const names = [tool];
  let untilMs = 0;
  for (const next of names) {
    untilMs += durationOf(next.budgetMs, BUDGET_MS);
    const fallback = isRecord(next.onFailure) ? next.onFailure.fallback : undefined;
    const other = tools.find(({ name }) => name === fallback);
    if (other !== undefined && !names.includes(other)) names.push(other);
  }
  return lateFillers(tool.fillers, {
    untilMs,
    of: names.length > 1 ? "'budgetMs' and that of its fallback" : "'budgetMs'",
  });
}

interface End {
  readonly untilMs: number;
  readonly of: string;
}

function lateFillers(fillers: unknown, { untilMs, of }: End): string[] {
  if (!Array.isArray(fillers)) return [];
  return fillers.flatMap((filler: unknown, index) => {
    const afterMs = isRecord(filler) ? filler.afterMs : undefined;
    if (typeof afterMs !== 'number' || !(afterMs >= untilMs)) return [];
    return [
      `'fillers': filler ${index + 1} is never said: its 'afterMs' is ${afterMs}, and after ${untilMs} ms, ${of}, nobody waits; lower it`,
    ];
  });
}
