import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = [...(process.env['PATH'] ?? '').split(delimiter), '/Applications/Google Chrome.app/Contents/MacOS'];

/** The Chromium of this machine. */
export const chromiumPath = PLACES.flatMap((folder) =>
  [...NAMES, 'Google Chrome'].map((name) => join(folder, name)),
).find(isExecutable);

/** For a test that needs it: why it is skipped, or false. */
export const withoutChromium =
  chromiumPath === undefined && `there is no Chromium on PATH (${NAMES.join(', ')}); install one to run this test`;
if (withoutChromium) console.error(`SKIPPED: ${withoutChromium}`);

export function launchChromium(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: chromiumPath ?? '', args });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // It is looked for elsewhere.
  }
}
