import { randomInt } from 'node:crypto';
import { freePorts } from '../dev-server/launch/free-ports.ts';

const from = 15_000;
/** Above it Linux takes the ports of outgoing connections. */
const below = 32_768;

/** Free ports that no outgoing connection takes while their process is stopped, so that it can start there again. */
export function quietPorts(count: number): Promise<number[]> {
  return freePorts(
    count,
    Array.from({ length: count }, () => randomInt(from, below)),
  );
}
