import type { Logger } from 'pino';
import type { Author, AuthorCode } from '../../live/calls/author-code.ts';
import type { Metrics } from '../metrics.ts';
import { toErrorFields } from '../log/error-fields.ts';
import { EventLoopWatch, nameOf } from './event-loop-watch.ts';
import { HIDDEN } from '../../agent/metadata/hidden-values.ts';
import type { LiveTurn } from '../../live/turns/live-turn.ts';
import { createHiding } from '../log/hidden-words.ts';
import { catchStrayErrors, type OnStray } from './stray-errors.ts';

export interface ProcessWatchSetting {
  readonly authors: AuthorCode;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'authors'>;
  /** Undefined where the turn is over. */
  readonly findTurn: (turn: string) => Pick<LiveTurn, 'items' | 'metadata'> | undefined;
}

export interface ProcessWatch extends Disposable {
  readonly loop: EventLoopWatch;
  /** For errors that threads of this process could not give to a call. */
  readonly onStray: OnStray;
  /** Rejects with an error that nobody caught and that belongs to no tool: the process has to stop. */
  readonly bug: Promise<never>;
}

/**
 * Keeps an author's code from harming other turns: an error that nobody caught is logged and counted, and stops nothing;
 * a tool that blocks the event loop, or ends the process, is named.
 */
export function watchProcess({ authors, logger, metrics, findTurn }: ProcessWatchSetting): ProcessWatch {
  const { promise: bug, reject } = Promise.withResolvers<never>();
  bug.catch(() => undefined); // the owner of the process gets it, or the process is stopping already
  const onStray: OnStray = (error, author) => {
    if (!author) {
      logger.fatal({ err: error }, 'Nobody caught an error in Legato; the process stops. Please report it');
      reject(toError(error));
      return;
    }
    metrics.authors.strayError(author.tool ?? '');
    const advice = 'await its promises, and catch errors in its callbacks';
    const err = toErrorFields(error, hidingFor(author, author.turn === undefined ? undefined : findTurn(author.turn)));
    logger.error({ ...namesOf(author), err }, `${nameOf(author)} left an error behind that nobody caught; ${advice}`);
  };
  const strays = catchStrayErrors(authors, onStray);
  const onExit = (code: number): void => {
    const author = authors.current;
    if (!author) return;
    const message = `${nameOf(author)} ended the process by process.exit(${code}); throw an error instead`;
    logger.fatal(namesOf(author), message);
  };
  process.on('exit', onExit);
  const loop = new EventLoopWatch({
    authors,
    onHold: ({ ms, by, message }) => {
      metrics.authors.held(by.length === 1 ? (by[0]?.tool ?? '') : '', ms);
      logger.warn({ heldMs: Math.round(ms), ...(by.length === 1 && by[0] && namesOf(by[0])) }, message);
    },
  });
  return {
    ...{ loop, onStray, bug },
    [Symbol.dispose]: () => {
      process.off('exit', onExit);
      loop[Symbol.dispose]();
      strays[Symbol.dispose]();
    },
  };
}

function namesOf({ tool, call, turn }: Author): Author {
  return {
    ...(tool !== undefined && { tool }),
    ...(call !== undefined && { call }),
    ...(turn !== undefined && { turn }),
  };
}

/** The author may have quoted the caller in the message: if the turn's words are no longer known, the message is left out. */
function hidingFor({ given }: Author, turn: ReturnType<ProcessWatchSetting['findTurn']>): (text: string) => string {
  if (!turn) return () => HIDDEN;
  const { items, metadata } = turn;
  return createHiding({ items, arguments: given === undefined ? [] : [given], secrets: metadata.secrets });
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`A value that is not an Error was thrown: ${typeof thrown}`);
}
