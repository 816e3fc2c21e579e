import { findCommand } from '../../dev-server/binary/server-binary.ts';

/** A command that plays WAV, 24 kHz mono 16 bit. */
export interface Player {
  readonly name: string;
  /** Absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  /** `stream`: it plays what comes at its standard input. `file`: it plays a file, whose path is its last argument. */
  readonly takes: 'stream' | 'file';
}

/** The first one that is found is taken: those that play a stream begin earlier. */
const PLAYERS: readonly Omit<Player, 'command'>[] = [
  // It begins and stops with a short buffer: by default it waits for half a second of sound.
  { name: 'aplay', args: ['-q', '--buffer-time=200000', '--start-delay=20000', '-'], takes: 'stream' },
  {
    name: 'ffplay',
    args: [
      ...['-nodisp', '-autoexit', '-loglevel', 'error', '-fflags', 'nobuffer', '-probesize', '64'],
      ...['-f', 'wav', '-i', '-'],
    ],
    takes: 'stream',
  },
  { name: 'afplay', args: [], takes: 'file' },
];

/** Looks on the path. Throws an Error that says what to install. */
export async function findPlayer(searchPath: string | undefined): Promise<Player> {
  for (const player of PLAYERS) {
    const command = await findCommand(player.name, searchPath);
    if (command !== undefined) return { ...player, command };
  }
  throw new Error(
    "Cannot play speech: none of 'aplay', 'afplay' and 'ffplay' is on the PATH; install 'alsa-utils' or 'ffmpeg', or remove '--play'",
  );
}
