/** The name that was probably meant: at most a third of its letters differ. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((candidate) => ({ candidate, edits: countEdits(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, candidate.length / 3))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate ?? names.find((candidate) => name !== '' && candidate.startsWith(name));
}

/** How an error text ends that is about a name that is not there. `kind` is a plural, as in "tools". */
export function suggestName(name: string, names: readonly string[], kind: string): string {
  const meant = nearestName(name, names);
  if (meant !== undefined) return `did you mean '${meant}'?`;
  if (names.length === 0) return `there are no ${kind}`;
  return `the ${kind} are ${names.map((known) => `'${known}'`).join(', ')}`;
}

/** Levenshtein distance. */
function countEdits(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
