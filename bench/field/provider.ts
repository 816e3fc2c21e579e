// Model and voice of all contestants: the scripted server in a process of its own, which marks when it was asked and when its
// reply was out.
import type { RequestView } from '../../providers/scripted/request-view.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import type { ScriptedReply } from '../../providers/scripted/scripted-reply.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { mark, reportServing } from './marks.ts';
import { delaysFor, type Keyed, readKey, replyFor } from './script.ts';

const server = await startScriptedServer({ rules: [rule('quick'), rule('slow')], speech: 'tone' });
reportServing(server.url, () => server.stop());

function rule(pace: Keyed['pace']): ScriptRule {
  return {
    when: { user: `-${pace}-` },
    reply,
    delays: delaysFor({ key: '', kind: 'ask', pace }),
  };
}

function reply(view: RequestView): ScriptedReply {
  const keyed = readKey(view.user);
  if (!keyed) throw new Error(`No turn is named in the words '${view.user}'`);
  const afterTool = view.results.length > 0;
  mark(keyed.key, afterTool ? 'model.asked.again' : 'model.asked');
  const { last } = server.requests.chat; // this one: it is logged before its reply is chosen
  if (!afterTool) void last?.closed.then(() => mark(keyed.key, 'model.done'));
  return replyFor(keyed, afterTool);
}
