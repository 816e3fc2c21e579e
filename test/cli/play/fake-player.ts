import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A command on a path of its own that plays nothing and writes what it gets. */
export interface FakePlayer extends Disposable {
  /** For the variable PATH. */
  readonly path: string;
  /** What each run got at its input, without the header, in the order of their starts. */
  readonly played: () => readonly Buffer[];
  /** Whether a run of it is left. */
  readonly isRunning: () => boolean;
}

/** Writes its process id and its input; a player of files copies the file. */
const SCRIPT = `#!/bin/sh
i=0
while ! /bin/mkdir "FOLDER/run-$i" 2>/dev/null; do i=$((i + 1)); done
echo $$ > "FOLDER/run-$i/pid"
if [ "$1" = "" ] || [ ! -f "$1" ]; then exec /bin/cat > "FOLDER/run-$i/sound.wav"; fi
exec /bin/cat "$1" > "FOLDER/run-$i/sound.wav"
`;
const HEADER_BYTES = 44;

export function createFakePlayer(name: 'aplay' | 'ffplay' | 'afplay', script = SCRIPT): FakePlayer {
  const path = mkdtempSync(join(tmpdir(), 'legato-player-'));
  writeFileSync(join(path, name), script.replaceAll('FOLDER', path));
  chmodSync(join(path, name), 0o755);
  const read = (file: string): readonly Buffer[] => {
    const runs = readdirSync(path).filter((run) => run.startsWith('run-'));
    const inOrder = runs.sort((one, other) => Number(one.slice(4)) - Number(other.slice(4)));
    const files = inOrder.map((run) => join(path, run, file));
    // One that was killed early has written nothing.
    return files.filter((found) => existsSync(found)).map((found) => readFileSync(found));
  };
  return {
    path,
    played: () => read('sound.wav').map((sound) => sound.subarray(HEADER_BYTES)),
    isRunning: () => read('pid').some((pid) => isAlive(Number(pid.toString()))),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // there is no such process
  }
}
