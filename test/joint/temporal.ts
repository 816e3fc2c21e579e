import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';
import type { Clock } from '../../time/clock.ts';
import type { OpenedStart } from '../../contract/turn.ts';
import { createContext } from '../activity-context.ts';
import { type Command, fromFailure, fromPayload, HostedWorkflow, type Job } from './hosted-workflow.ts';
import { type Sandbox, toFailure, toPayload } from './hosted-workflow.ts';

/** The steps of a process, by name, as its workers have them. */
export type Activities = Readonly<Record<string, (input: never) => Promise<unknown>>>;

/** Something that is due and that a test may let happen now. */
export interface Due {
  readonly what: string;
  readonly happen: (pick: number) => void | Promise<void>;
}

interface Activity {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly input: object;
  readonly waitsForEnd: boolean;
  state: 'scheduled' | 'running' | 'over';
  cancel: 'no' | 'asked' | 'told';
  readonly abort: AbortController;
  /** Why it was cancelled, as its context tells it. */
  readonly details: { cancelRequested?: boolean; notFound?: boolean };
}

export interface Run {
  readonly id: string;
  readonly workflow: HostedWorkflow;
  readonly pending: Job[];
  readonly activities: Map<number, Activity>;
  readonly timers: Map<number, () => void>;
  /** Results of steps that the workflow was given, by the step's activity id. */
  readonly completed: Map<string, unknown>;
  readonly deadlineMs: number;
  isBusy: boolean;
  end?: { readonly result?: unknown; readonly failure?: Error; readonly isTerminated?: true };
}

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** temporal.api: coresdk.workflow_commands.ActivityCancellationType */
const WAIT_CANCELLATION_COMPLETED = 1;

export class WorkflowGone extends Error {}

/**
 * The part of Temporal that a turn sees, without a server: it keeps what is pending for each workflow, hands it out in
 * tasks of any size, in any order that the server may choose, and lets steps arrive and report whenever the test says.
 */
export class Temporal {
  readonly runs = new Map<string, Run>();
  readonly #sandbox: Sandbox;
  readonly #clock: Clock;
  readonly #activities: () => Activities;
  /** What a step asks for, where a test has the record ask for something else. */
  alterInput: (type: string, input: object) => object = (_, input) => input;
  readonly #reports: (() => void)[] = [];
  readonly #asked = new Map<string, Asked>();
  #count = 0;

  constructor(sandbox: Sandbox, clock: Clock, activities: () => Activities) {
    this.#sandbox = sandbox;
    this.#clock = clock;
    this.#activities = activities;
  }

  async start(id: string, turnStart: OpenedStart, taskQueue: string): Promise<Run> {
    const nowMs = this.#nowMs();
    const start = { workflowId: id, runId: `run-of-${id}`, type: 'turn', taskQueue, nowMs };
    const workflow = await HostedWorkflow.create(this.#sandbox, start);
    const maps = { activities: new Map(), timers: new Map(), completed: new Map() };
    const run: Run = { id, workflow, pending: [], ...maps, deadlineMs: turnStart.terms.deadlineMs, isBusy: false };
    const startTime = msToTs(Math.round(nowMs));
    const init = { workflowType: 'turn', workflowId: id, arguments: [toPayload(turnStart)], headers: {}, startTime };
    run.pending.push({ initializeWorkflow: init });
    this.runs.set(id, run);
    return run;
  }

  /** The update `interrupt`; resolves when the workflow has answered it. Throws WorkflowGone where it is over. */
  async update(id: string, updateId: string, argument: object): Promise<unknown> {
    const run = this.runs.get(id);
    if (!run || run.end) throw new WorkflowGone(id);
    const protocolInstanceId = `${id}/${updateId}/${(this.#count += 1)}`;
    const update = { id: updateId, protocolInstanceId, name: 'interrupt', runValidator: true, headers: {}, meta: {} };
    run.pending.push({ doUpdate: { ...update, input: [toPayload(argument)] } });
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#asked.set(protocolInstanceId, { resolve, reject });
    return promise;
  }

  signal(id: string, argument: object): void {
    const job = { signalWorkflow: { signalName: 'interrupt', input: [toPayload(argument)], headers: {} } };
    this.runs.get(id)?.pending.push(job);
  }

  /** Answers at once: a query reads what the workflow knows, and is no task of its own. */
  async query(id: string, queryType: string): Promise<unknown> {
    const run = this.runs.get(id);
    if (!run) throw new WorkflowGone(id);
    const queryId = `query-${(this.#count += 1)}`;
    const queryWorkflow = { queryId, queryType, arguments: [], headers: {} };
    const query = { variant: 'queryWorkflow', queryWorkflow } as unknown as Job;
    const commands = await run.workflow.activate([query], this.#nowMs());
    const answer = commands.find(({ respondToQuery }) => respondToQuery?.queryId === queryId)?.respondToQuery;
    if (!answer?.succeeded) throw fromFailure(answer?.failed);
    return fromPayload(answer.succeeded.response);
  }

  terminate(run: Run): void {
    this.#close(run, { failure: new Error('terminated'), isTerminated: true });
  }

  /** What may happen next. */
  due(): Due[] {
    const due: Due[] = this.#reports.map((report) => ({ what: 'report', happen: () => this.#report(report) }));
    for (const run of this.runs.values()) {
      if (!run.end && !run.isBusy && run.pending.length > 0)
        due.push({ what: `task ${run.id}`, happen: (pick) => this.#task(run, pick) });
      for (const activity of run.activities.values()) due.push(...this.#dueOf(run, activity));
    }
    return due;
  }

  #dueOf(run: Run, activity: Activity): Due[] {
    const { id, state, cancel } = activity;
    if (state === 'scheduled' && !run.end) return [{ what: `do ${id}`, happen: () => this.#dispatch(run, activity) }];
    const isToTell = state === 'running' && cancel !== 'told' && (cancel === 'asked' || run.end !== undefined);
    return isToTell ? [{ what: `cancel ${id}`, happen: () => tellCancel(activity, run) }] : [];
  }

  /** Hands out a number of pending events, at least one. A timer may stand before a completion that came earlier. */
  async #task(run: Run, pick: number): Promise<void> {
    const count = pick % 2 === 0 ? run.pending.length : 1 + (pick % run.pending.length);
    const jobs = inOrderOfJobs(run.pending.splice(0, count), pick % 3 !== 0);
    for (const job of jobs) noteCompletion(run, job);
    run.isBusy = true;
    try {
      const commands = await run.workflow.activate(jobs, this.#nowMs());
      for (const command of commands) this.#perform(run, command);
    } finally {
      run.isBusy = false;
    }
  }

  #perform(run: Run, command: Command): void {
    if (command.scheduleActivity) this.#schedule(run, command.scheduleActivity);
    if (command.requestCancelActivity) this.#requestCancel(run, Number(command.requestCancelActivity.seq));
    if (command.startTimer) this.#startTimer(run, command.startTimer);
    if (command.cancelTimer) this.#cancelTimer(run, Number(command.cancelTimer.seq));
    if (command.updateResponse) this.#answer(command.updateResponse);
    if (command.completeWorkflowExecution)
      this.#close(run, { result: fromPayload(command.completeWorkflowExecution.result) });
    if (command.failWorkflowExecution)
      this.#close(run, { failure: fromFailure(command.failWorkflowExecution.failure) });
  }

  #schedule(run: Run, command: NonNullable<Command['scheduleActivity']>): void {
    const seq = Number(command.seq);
    run.activities.set(seq, {
      seq,
      id: String(command.activityId),
      type: String(command.activityType),
      input: this.alterInput(String(command.activityType), fromPayload(command.arguments?.[0]) as object),
      waitsForEnd: Number(command.cancellationType) === WAIT_CANCELLATION_COMPLETED,
      state: 'scheduled',
      cancel: 'no',
      abort: new AbortController(),
      details: {},
    });
  }

  #requestCancel(run: Run, seq: number): void {
    const activity = run.activities.get(seq);
    if (!activity) return;
    activity.cancel = 'asked';
    if (activity.state === 'over') return;
    if (activity.waitsForEnd && activity.state === 'running') return;
    if (activity.state === 'scheduled') activity.state = 'over';
    run.pending.unshift(resolved(seq, { cancelled: { failure: toFailure(cancelledStep(activity)) } }));
  }

  #dispatch(run: Run, activity: Activity): void {
    activity.state = 'running';
    const act = this.#activities()[activity.type];
    const doing = act
      ? asyncLocalStorage.run(toContext(run, activity), () => act(activity.input as never))
      : Promise.reject(new Error(`No process has a step '${activity.type}'`));
    doing.then(
      (result) => this.#ended(run, activity, { completed: { result: toPayload(result) } }),
      (error: unknown) =>
        this.#ended(run, activity, { failed: { failure: toFailure(toStepFailure(activity, error)) } }),
    );
  }

  #ended(run: Run, activity: Activity, result: object): void {
    const report = (): void => {
      const isOpen = activity.state === 'running' && (activity.waitsForEnd || activity.cancel === 'no');
      activity.state = 'over';
      if (isOpen && !run.end) run.pending.push(resolved(activity.seq, result));
    };
    this.#reports.push(report);
  }

  #report(report: () => void): void {
    this.#reports.splice(this.#reports.indexOf(report), 1);
    report();
  }

  #startTimer(run: Run, { seq, startToFireTimeout }: NonNullable<Command['startTimer']>): void {
    const ms = tsToMs(startToFireTimeout);
    const fire = (): void => void run.pending.push({ fireTimer: { seq: Number(seq) } });
    run.timers.set(Number(seq), this.#clock.after(ms, fire));
  }

  #cancelTimer(run: Run, seq: number): void {
    run.timers.get(seq)?.();
    const fired = run.pending.findIndex(({ fireTimer }) => fireTimer && Number(fireTimer.seq) === seq);
    if (fired !== -1) run.pending.splice(fired, 1);
  }

  #answer({ protocolInstanceId, completed, rejected }: NonNullable<Command['updateResponse']>): void {
    const asked = this.#asked.get(String(protocolInstanceId));
    if (rejected) asked?.reject(fromFailure(rejected));
    if (completed) asked?.resolve(fromPayload(completed));
  }

  #close(run: Run, end: NonNullable<Run['end']>): void {
    run.end = end;
    for (const cancel of run.timers.values()) cancel();
    for (const [key, asked] of this.#asked) if (key.startsWith(`${run.id}/`)) asked.reject(new WorkflowGone(run.id));
  }

  #nowMs(): number {
    return 1_700_000_000_000 + this.#clock.nowMs();
  }
}

/** Signals and updates come first in a task; timers before completions where `timersFirst` says so. */
function inOrderOfJobs(jobs: readonly Job[], timersFirst: boolean): Job[] {
  const place = (job: Job): number => {
    if (job.initializeWorkflow) return 0;
    if (job.signalWorkflow || job.doUpdate || job.cancelWorkflow) return 1;
    return timersFirst && job.fireTimer ? 2 : 3;
  };
  return jobs.toSorted((one, other) => place(one) - place(other));
}

function noteCompletion(run: Run, { resolveActivity }: Job): void {
  const activity = resolveActivity && run.activities.get(Number(resolveActivity.seq));
  if (!activity) return;
  const result = resolveActivity.result?.completed?.result;
  // A step that is not waited for is over for the workflow once it has asked for its end.
  if (result && (activity.cancel === 'no' || activity.waitsForEnd)) run.completed.set(activity.id, fromPayload(result));
}

function resolved(seq: number, result: object): Job {
  return { resolveActivity: { seq, result } };
}

function tellCancel(activity: Activity, run: Run): void {
  activity.cancel = 'told';
  const reason = run.end ? { notFound: true } : { cancelRequested: true };
  Object.assign(activity.details, reason);
  activity.abort.abort(new Error('The step was cancelled'));
}

function toContext(run: Run, { id, type, abort: { signal }, details }: Activity): Context {
  return createContext({ turnId: run.id, id, type, signal, details });
}

function toStepFailure({ type, id }: Activity, error: unknown): ActivityFailure {
  const cause = error instanceof ApplicationFailure ? error : ApplicationFailure.fromError(error);
  return new ActivityFailure('Activity task failed', type, id, 'NON_RETRYABLE_FAILURE', 'joint', cause);
}

function cancelledStep({ type, id }: Activity): ActivityFailure {
  const cause = new CancelledFailure('Activity cancelled');
  return new ActivityFailure('Activity cancelled', type, id, 'CANCEL_REQUESTED', 'joint', cause);
}
