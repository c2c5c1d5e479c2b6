/** Asks, behind what is wrong with a name, for the one that was most likely meant, if one is near. */
export function hint(given: string, names: readonly string[]): string {
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(given, name) }))
    .sort((a, b) => a.distance - b.distance)
  // More than a third of it wrong is another word.
  const isNear = best !== undefined && best.distance <= Math.max(2, given.length / 3)
  return isNear ? `: is ${best.name} meant?` : ''
}

/** How many letters must be put in, left out or changed to make one of the other. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (const [column, other] of [...to].entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
