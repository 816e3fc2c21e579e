/** Well under the heartbeat timeout of a step (2 s), and no faster than the SDK's throttle lets through. */
const PULSE_MS = 500;

/** Reports that an activity lives, until it is disposed of. */
export function beginPulse(beat: () => void, everyMs = PULSE_MS): Disposable {
  const pulse = setInterval(beat, everyMs).unref();
  return { [Symbol.dispose]: () => clearInterval(pulse) };
}
