/**
 * Circles of two or more in a graph, each as its path back to where it begins: one for every node that is in one, unless
 * a circle before has that node.
 */
export function findCircles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const circles: (readonly string[])[] = [];
  for (const start of edges.keys()) {
    if (circles.some((circle) => circle.includes(start))) continue;
    const circle = findPathBack(edges, start);
    if (circle !== undefined) circles.push(circle);
  }
  return circles;
}

/** The shortest one, without steps from a node to itself. */
function findPathBack(edges: ReadonlyMap<string, readonly string[]>, start: string): readonly string[] | undefined {
  const seen = new Set<string>();
  const paths: (readonly string[])[] = [[start]];
  for (const path of paths) {
    const last = path.at(-1) ?? start;
    for (const next of edges.get(last) ?? []) {
      if (next === last) continue;
      if (next === start) return [...path, start];
      if (!seen.has(next)) paths.push([...path, next]);
      seen.add(next);
    }
  }
  return undefined;
}
