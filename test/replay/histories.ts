import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Histories by the release that recorded them; those beside the folders are from before the first release. */
export const historiesFolder = new URL('histories/', import.meta.url);

/** The release that this code is, or will be. */
export const thisRelease = { version, folder: new URL(`${version}/`, historiesFolder) };
