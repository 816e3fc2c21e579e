import { findCommands, MissingPackages, type Needs } from '../../cluster/packages.ts';

/** For a test that needs them: why it is skipped, or false. */
export async function withoutPackages(needs: Needs): Promise<string | false> {
  try {
    await findCommands(needs, process.env['PATH']);
    return false;
  } catch (error) {
    if (!(error instanceof MissingPackages)) throw error;
    console.error(`SKIPPED: ${error.message}`);
    return error.message;
  }
}
