import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { failureOptions } from '../contract/failures.ts';
import type { Round } from '../contract/rounds.ts';
import type { ThinkInput, ThinkResult } from '../contract/steps.ts';
import { checkCalls } from '../live/check-calls.ts';
import type { LiveSpeech } from '../live/live-speech.ts';
import { streamReply } from '../live/model-reply.ts';
import type { Reply } from '../live/model-reply.ts';
import { toModelRequest } from '../live/prompt.ts';
import { ProviderFailure } from '../providers/failure.ts';
import { planCalls } from '../turn/plan-calls.ts';
import { speechId } from '../turn/step-ids.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { runStep } from './run-step.ts';
import type { StepWork } from './run-step.ts';

/** Asks the model for the next round. Its words are spoken while it still writes; its calls come back checked. */
export function createThink(deps: ActivityDependencies) {
  return async function think(input: ThinkInput): Promise<ThinkResult> {
    if (input.round === 1) bind(deps, input);
    return runStep(deps, input, {
      kind: 'think',
      cancellable: true,
      ...(input.round === 1 && { announce: (work: StepWork) => tellBegin(deps, work) }),
      run: (work) => thinkAloud(deps, input, work),
    });
  };
}

/** I8: the first step binds the turn, unless the front end has given it up. */
function bind({ turns, stream }: ActivityDependencies, { epoch }: ThinkInput): void {
  const turnId = Context.current().info.workflowExecution?.workflowId ?? '';
  if (epoch > 0 || turns.get(turnId)?.bind()) return stream.open(turnId);
  const why = 'home answered 503 before the turn reached it; nothing was done. Start the turn anew';
  throw ApplicationFailure.create(failureOptions('Turn.Abandoned', `The turn was given up: ${why}`));
}

async function thinkAloud(deps: ActivityDependencies, input: ThinkInput, work: StepWork): Promise<ThinkResult> {
  const { turn, publish, signal } = work;
  const { agent, model, modelPatienceMs } = deps;
  const { context } = turn.input;
  const request = toModelRequest({ agent, items: turn.items, context, mustAnswer: input.mustAnswer });
  const reply: Reply = { text: '', calls: [] };
  let speech: LiveSpeech | undefined;
  const onText = (text: string): void => {
    speech ??= turn.voice.begin(speechId(input.round, 1), publish);
    speech.say(text);
  };
  try {
    await streamReply(request, reply, { model, patienceMs: modelPatienceMs, signal, onText });
  } catch (error) {
    speech?.end('answer');
    if (signal.aborted) return { text: reply.text, calls: [] };
    throw toFailure(error, reply.text);
  }
  const result = { text: reply.text, calls: checkCalls(agent, reply.calls) };
  const round = toRound(input, result);
  speech?.end(round.speeches[0]?.kind ?? 'answer');
  turn.recordRound(round);
  for (const { call, name, settled } of round.calls) {
    if (settled) publish({ type: 'tool.finished', call, name, ...settled, source: 'run' });
  }
  return result;
}

function toRound({ round, mustAnswer }: ThinkInput, { text, calls }: ThinkResult): Round {
  const kind = calls.length > 0 && !mustAnswer ? 'preamble' : 'answer';
  const speeches = text.trim() === '' ? [] : ([{ speech: speechId(round, 1), kind, text }] as const);
  return { round, speeches, calls: planCalls(round, calls, mustAnswer) };
}

/** Losing this is safe: the conversation is told again, with everything, when the turn ends. */
function tellBegin({ conversations }: ActivityDependencies, { turn, publish }: StepWork): void {
  const { conversationId, number, text } = turn.input;
  publish({ type: 'turn.started', conversationId, number, input: { text } });
  const began = { id: turn.id, number, startedAt: new Date().toISOString() };
  const { log } = Context.current();
  conversations.began(conversationId, began).catch((error: unknown) => {
    log.warn('The conversation could not be told that its turn began; it is told when the turn ends', { error });
  });
}

/** Whatever the model's failure was, its words so far travel with it: they were heard. */
function toFailure(error: unknown, said: string): unknown {
  if (!(error instanceof ProviderFailure)) return error;
  return ApplicationFailure.create(failureOptions('Model.Failed', error.message, [{ said }]));
}
