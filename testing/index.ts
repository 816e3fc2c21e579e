export type { LoggedLine } from '../live/calls/tool-log.ts';
export { assertThat, type TurnAssertions } from './asserting/assert-that.ts';
export { TestClock } from './clock/test-clock.ts';
export { ToolError } from '../contract/tool-error.ts';
export { reconcileTool, runTool, type RunToolOptions, ToolCallError, ToolDefinitionError } from './run-tool.ts';
export type { Asked } from '../providers/replies/asked.ts';
export {
  type RecordedReply,
  type Recording,
  type RecordingModel,
  recordReplies,
} from '../providers/replies/recording.ts';
export { call, type FullReply, type Reply, type ReplyPiece, type ScriptedCall } from '../providers/replies/reply.ts';
export { ScriptError } from '../providers/replies/script-error.ts';
export type { ReplyFor, Rule, Script } from '../providers/replies/script.ts';
export type { ScriptedVoice } from './providers/tested-voice.ts';
export { converse, type ConverseOptions } from './talk/converse.ts';
export type { BargeInMoment } from './talk/barge-ins.ts';
export { type StandIn, standIn } from './talk/stand-ins.ts';
export type { FailOptions, SayOptions, Talk } from './talk/talk.ts';
export type { TestedCall, TestedResult, TestedTurn } from './talk/tested-turn.ts';
export { judge, JudgeError, type JudgeOptions, type Verdict } from './judging/judge.ts';
export { type JudgingModel, openAIModel, type WireModel } from './judging/judging-model.ts';
export { type DurableTurn, testTurn, type TestTurnOptions } from './durable/test-turn.ts';
