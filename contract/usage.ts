import { z } from 'zod';

const tokens = (what: string) => z.int().nonnegative().optional().describe(`${what}, where the provider says it`);

/** Of one reply, as its provider counts. */
const TokenCounts = z
  .object({
    inputTokens: tokens('Tokens of all that the model was sent'),
    cachedInputTokens: tokens('Of these, what came out of the cache of the provider'),
    outputTokens: tokens('Tokens that the model wrote, its thoughts included'),
    reasoningTokens: tokens('Of these, thoughts'),
  })
  .meta({ id: 'TokenCounts', description: 'Tokens of a reply' });
export type TokenCounts = z.infer<typeof TokenCounts>;
