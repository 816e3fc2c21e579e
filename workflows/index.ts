export { conversation } from './conversation.ts';
export { postTurn } from './post-turn.ts';
export { turn } from './turn.ts';
