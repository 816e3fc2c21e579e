// LiveKit's agents as their documentation sets them up for OpenAI, but without a room: words go in, frames come out at an audio
// output of our own. One session per caller, all in this process; LiveKit's own workers fork a process per call.
import { initializeLogger, llm, voice } from '@livekit/agents';
import { LLM, TTS } from '@livekit/agents-plugin-openai';
import { z } from 'zod';
import { findOrder } from '../find-order.ts';
import { Listener } from '../listener.ts';
import { INSTRUCTIONS, TOOL } from '../../script.ts';
import { type Caller, serveTurns } from '../turn-server.ts';
import { HeardOutput } from './heard-output.ts';

initializeLogger({ pretty: false, level: 'error' });
const provider = { apiKey: 'scripted', baseURL: process.env['OPENAI_BASE_URL'] ?? '' };

await serveTurns(openCaller);

async function openCaller(): Promise<Caller> {
  const listener = new Listener();
  const session = new voice.AgentSession({
    llm: new LLM({ ...provider, model: 'scripted' }),
    tts: new TTS({ ...provider, model: 'gpt-4o-mini-tts', voice: 'alloy' }),
    vad: null, // nothing is listened to
  });
  session.output.audio = new HeardOutput(listener);
  await session.start({ agent: createAgent(), record: false });
  return {
    turn: async (key, userInput) => {
      listener.expect(key);
      await session.generateReply({ userInput }).waitForPlayout();
    },
    interrupt: () => void session.interrupt(),
    close: () => session.close(),
  };
}

function createAgent(): voice.Agent {
  const findOrderTool = llm.tool({
    description: TOOL.description,
    parameters: z.object({ [TOOL.argument]: z.string() }),
    execute: async ({ order_id }, { abortSignal }) => findOrder(order_id, abortSignal),
  });
  return new voice.Agent({ instructions: INSTRUCTIONS, tools: { [TOOL.name]: findOrderTool } });
}
