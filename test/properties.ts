import fc from 'fast-check';

// Chance that a seed repeats: what fails here fails on every machine. `npm run test:fuzz` tries new seeds.

export const SEED = 'LEGATO_TEST_SEED';
/** Of model streams: how many, in place of the few of `npm test`. */
export const MUTATIONS = 'LEGATO_TEST_MUTATIONS';

fc.configureGlobal({ seed: Number(process.env[SEED] ?? 1) });

export default fc;
