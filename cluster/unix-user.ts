import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface UnixUser {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);
/** The first that the system has. Debian's package of PostgreSQL makes `postgres`. */
const candidates = ['postgres', 'nobody'];

/**
 * As whom the databases run: PostgreSQL refuses root, and Redis does not need it. Undefined where this process is not root:
 * they run as its user then.
 */
export async function findUnprivilegedUser(): Promise<UnixUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of candidates) {
    const user = await findUser(name);
    if (user) return user;
  }
  throw new Error(
    `Cannot start PostgreSQL as root, and there is no user '${candidates.join("' or '")}' to start it as; run this as another user`,
  );
}

async function findUser(name: string): Promise<UnixUser | undefined> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name])));
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch {
    // No such user: the next one is tried.
    return undefined;
  }
}
