export { conversation } from './conversation.ts';
export { turn } from './turn.ts';
