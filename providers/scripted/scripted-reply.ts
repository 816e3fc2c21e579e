export interface ScriptedCall {
  readonly name: string;
  /** An object, or text that is sent as it is: malformed JSON, for example. */
  readonly arguments: object | string;
}

export interface ScriptedReply {
  readonly text?: string;
  /** Written first, on wires that have thoughts, where the request lets the model think. */
  readonly thought?: string;
  readonly calls?: readonly ScriptedCall[];
  /** Default `stop`, or `tool_calls` where there are calls. */
  readonly finishReason?: 'length' | 'content_filter';
}
