import type { World } from './world.ts';

/** What the model was last asked, without the instructions: who said what. */
export function lastPrompt({ scripted }: Pick<World, 'scripted'>): string[] {
  const { messages = [] } = scripted.requests.chat.last?.body ?? {};
  return messages.flatMap(({ role, content }) => (role === 'system' || !content ? [] : [`${role}: ${content}`]));
}
