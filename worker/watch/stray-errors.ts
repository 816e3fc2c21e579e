import type { Author, AuthorCode } from '../../live/calls/author-code.ts';

/** Called with an error that nobody caught. Without an author it is a bug of Legato's own. */
export type OnStray = (error: unknown, author: Author | undefined) => void;

let isCatching = false;

/**
 * Handles errors of this process or thread that nobody catches: a callback that throws, a rejection that nobody awaits.
 * The async context they come from says whose they are.
 */
export function catchStrayErrors(authors: AuthorCode, onStray: OnStray): Disposable {
  if (isCatching) throw new Error('Stray errors are caught already; dispose of the first catcher before');
  isCatching = true;
  const take = (error: unknown): void => onStray(error, authors.current);
  process.on('uncaughtException', take);
  process.on('unhandledRejection', take);
  return {
    [Symbol.dispose]: () => {
      process.off('uncaughtException', take);
      process.off('unhandledRejection', take);
      isCatching = false;
    },
  };
}
