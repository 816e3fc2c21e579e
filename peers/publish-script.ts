import { Script } from './redis/redis-link.ts';

/** What becomes of a publication. */
export type Published =
  | { readonly outcome: 'stored'; readonly seq: number }
  /** Redis does not have what came before: it was emptied. */
  | { readonly outcome: 'behind'; readonly seq: number }
  /** A newer home publishes. */
  | { readonly outcome: 'replaced'; readonly epoch: number };

/**
 * Stores the next events of a turn and tells them to who listens, in one step. What is already there is left out, so that it can be
 * repeated. KEYS: turn, events, conversation. ARGV: see `toScriptCall`.
 *
 * A message is: the `seq` before its events, the turn as JSON and the events as frames, with a line's end after each of the first two.
 */
export const PUBLISH = new Script(`
local turn = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'state', 'claim')
local epoch, last, state, claim = turn[1], turn[2] or '0', turn[3], turn[4]
if claim and tonumber(claim) > tonumber(ARGV[1]) then return {'replaced', claim} end
if epoch and tonumber(epoch) > tonumber(ARGV[1]) then return {'replaced', epoch} end
if tonumber(last) < tonumber(ARGV[2]) then return {'behind', last} end
if not epoch then redis.call('DEL', KEYS[2]) end

local keepMs, newState, header = ARGV[3], ARGV[4], ARGV[5]
local before = last
local message = {before .. '\\n' .. header .. '\\n'}
local from = 12 + tonumber(ARGV[10])
for i = 12, from - 1 do redis.call('XDEL', KEYS[2], ARGV[i] .. '-0') end
for i = from, #ARGV, 2 do
  if tonumber(ARGV[i]) > tonumber(last) then
    redis.call('XADD', KEYS[2], ARGV[i] .. '-0', 'f', ARGV[i + 1])
    message[#message + 1] = ARGV[i + 1]
    last = ARGV[i]
  end
end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'seq', last, 'state', newState, 'turn', header, 'home', ARGV[6])
if ARGV[11] ~= '' then redis.call('HSET', KEYS[1], 'said', ARGV[11]) end
redis.call('PEXPIRE', KEYS[1], keepMs)
redis.call('PEXPIRE', KEYS[2], keepMs)

local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', nowMs)
redis.call('ZADD', KEYS[3], nowMs + keepMs, ARGV[7])
redis.call('PEXPIRE', KEYS[3], keepMs)
if epoch ~= ARGV[1] then redis.call('PUBLISH', ARGV[9], 'opened\\n' .. header) end
if #message > 1 then redis.call('PUBLISH', ARGV[8], table.concat(message)) end
if newState == 'finished' and state ~= 'finished' then redis.call('PUBLISH', ARGV[9], 'ended\\n' .. header) end
return {'stored', last}
`);

export function toPublished([outcome, value]: readonly [string, string]): Published {
  if (outcome === 'replaced') return { outcome, epoch: Number(value) };
  return { outcome: outcome === 'behind' ? outcome : 'stored', seq: Number(value) };
}
