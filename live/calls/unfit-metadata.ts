import type { Tool, TurnMetadata } from '../../agent/agent.ts';
import type { CallError } from '../../contract/items.ts';

/**
 * Whether a tool can be called in a turn. No turn is begun with metadata that does not fit, but one that another process has
 * begun may be played on with another version of the agent.
 */
export function fitsMetadata(
  { metadataFields }: Pick<Tool, 'metadataFields'>,
  { problems }: Pick<TurnMetadata, 'problems'>,
): boolean {
  return metadataFields.length === 0 || problems.length === 0;
}

export const UNFIT_METADATA: CallError = {
  kind: 'failed',
  message: "The tool was not called: the conversation's metadata does not fit the agent's schema any more",
};
