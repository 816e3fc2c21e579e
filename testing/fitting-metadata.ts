import type { AgentMetadata, TurnMetadata } from '../agent/agent.ts';
import type { Metadata } from '../contract/metadata.ts';

/** Required where the schema needs a field, and refused where there is none. */
export type WithMetadata<Wire> = unknown extends Wire
  ? { readonly metadata?: Metadata }
  : [keyof Wire] extends [never]
    ? { readonly metadata?: never }
    : Record<never, never> extends Wire
      ? { readonly metadata?: Wire }
      : { readonly metadata: Wire };

/** A test's metadata, read as that of a conversation is; `of` says whose schema it has to fit. */
export function fittingMetadata({ read }: AgentMetadata, given: unknown = {}, of: string): TurnMetadata {
  const metadata = read(given as Metadata);
  if (metadata.problems.length === 0) return metadata;
  const problems = metadata.problems.map(
    ({ field, message }) => `- ${['metadata', field].filter(Boolean).join('.')} ${message}`,
  );
  throw new TypeError([`The metadata of the test does not fit ${of}:`, ...problems].join('\n'));
}
