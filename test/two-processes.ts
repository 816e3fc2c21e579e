import { createFrontEndWorld, type FrontEndWorld, type FrontEndWorldOptions } from './front-end-world.ts';

export interface TwoProcesses extends AsyncDisposable {
  readonly first: FrontEndWorld;
  readonly second: FrontEndWorld;
}

/** Two processes that serve the same agent. */
export async function twoProcesses(options: FrontEndWorldOptions = {}): Promise<TwoProcesses> {
  await using opening = new AsyncDisposableStack();
  const first = opening.use(await createFrontEndWorld(options));
  const agent = { ...options.agent, name: first.agent.name };
  const second = opening.use(await createFrontEndWorld({ ...options, agent }));
  const open = opening.move();
  return { first, second, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
