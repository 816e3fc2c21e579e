import { z } from 'zod';

export const Scope = z.enum(['read', 'turns', 'approve', 'operate']).meta({
  id: 'Scope',
  description:
    'What a key or a token may do. read: events, audio, records. turns: post turns, interrupt, report playout, create ' +
    'conversations and tokens; includes read. approve, operate: no call asks for them yet.',
});
export type Scope = z.infer<typeof Scope>;

export const tokenLimits = { ttlSeconds: 7_200, defaultTtlSeconds: 600 } as const;
export const defaultTokenScopes: readonly Scope[] = ['turns'];

/** Body of `POST /v1/conversations/:id/tokens`. */
export const CreateToken = z
  .strictObject({
    scopes: z
      .array(Scope)
      .min(1)
      .default([...defaultTokenScopes])
      .meta({ description: 'What the token may do; no more than the key may' }),
    ttlSeconds: z
      .int()
      .min(1)
      .max(tokenLimits.ttlSeconds)
      .default(tokenLimits.defaultTtlSeconds)
      .meta({ description: 'How long it may be used, in seconds' }),
  })
  .meta({ id: 'CreateToken', description: 'The token to create' });
export type CreateToken = z.input<typeof CreateToken>;

export const CreatedToken = z
  .object({
    token: z.string().meta({ description: 'Sent as Authorization: Bearer, or as the parameter access_token' }),
    expiresAt: z.iso.datetime().meta({ description: 'From then on it is refused' }),
    scopes: z.array(Scope).meta({ description: 'What it may do, with its one conversation' }),
  })
  .meta({ id: 'CreatedToken', description: 'A token for one conversation' });
export type CreatedToken = z.infer<typeof CreatedToken>;
