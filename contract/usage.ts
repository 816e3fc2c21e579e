import { z } from 'zod';

const tokens = (what: string) => z.int().nonnegative().optional().describe(`${what}, where the provider says it`);

/** Of one reply, as its provider counts. */
const TokenCounts = z.object({
  inputTokens: tokens('Tokens of all that the model was sent'),
  cachedInputTokens: tokens('Of these, what came out of the cache of the provider'),
  outputTokens: tokens('Tokens that the model wrote, its thoughts included'),
  reasoningTokens: tokens('Of these, thoughts'),
});
export type TokenCounts = z.infer<typeof TokenCounts>;

export const ModelUsage = z
  .object({ model: z.string().describe('Name of the model'), ...TokenCounts.shape })
  .meta({ id: 'ModelUsage', description: 'What a model was used for, as its provider counts it' });
export type ModelUsage = z.infer<typeof ModelUsage>;
