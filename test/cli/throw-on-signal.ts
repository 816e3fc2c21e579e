// Loaded before Legato, in no tool's context: what it throws looks like a bug of Legato's own.
process.on('SIGUSR2', () => {
  throw new Error('a bug');
});
