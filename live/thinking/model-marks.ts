/** Text that models and servers let slip into a reply's words, by what stands before and after it. */
export interface Mark {
  readonly is: 'thought' | 'call';
  readonly opening: string;
  /** What ends it: the first of these that comes. Without any, the reply does. */
  readonly closings: readonly string[];
}

const THINKING = ['think', 'thinking', 'thought', 'reasoning'];
const CALLING = ['tool_call', 'function_call', 'function_calls', 'tool_calls', 'invoke'];

/** In lower case: marks are found whatever their case is. */
export const marks: readonly Mark[] = [
  ...THINKING.map((name): Mark => ({ is: 'thought', opening: `<${name}>`, closings: [`</${name}>`] })),
  { is: 'thought', opening: '[think]', closings: ['[/think]'] },
  { is: 'thought', opening: '◁think▷', closings: ['◁/think▷'] },
  { is: 'thought', opening: '<|channel|>analysis<|message|>', closings: ['<|end|>', '<|channel|>final<|message|>'] },
  ...CALLING.map((name): Mark => ({ is: 'call', opening: `<${name}>`, closings: [`</${name}>`] })),
  { is: 'call', opening: '<function=', closings: ['</function>', '<function>'] },
  { is: 'call', opening: '<invoke name=', closings: ['</invoke>'] },
  { is: 'call', opening: '<|tool_calls_section_begin|>', closings: ['<|tool_calls_section_end|>'] },
  { is: 'call', opening: '<｜tool▁calls▁begin｜>', closings: ['<｜tool▁calls▁end｜>'] },
  { is: 'call', opening: '[tool_calls]', closings: [] },
  { is: 'call', opening: '<|python_tag|>', closings: ['<|eom_id|>'] },
];

/** Marks without anything in them that is worth a look: the end of a thought whose beginning the server has cut off, for example. */
export const strayMarks: readonly string[] = [
  ...marks.flatMap(({ is, closings }) => (is === 'thought' ? closings : [])),
  '<|start|>assistant',
];
