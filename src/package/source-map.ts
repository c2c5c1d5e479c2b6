import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'

/** A source map, version 3, as the bundler writes it. */
export interface SourceMap {
  readonly version: number
  readonly sources: readonly string[]
  /** Absent where the text is found elsewhere. */
  readonly sourcesContent?: readonly (string | null)[]
  readonly names: readonly string[]
  readonly mappings: string
}

/**
 * The part of a source map that tells of our own sources. That of packages is most of it, and whoever
 * wants to read those has them in the readable files.
 */
export function ownSourceMap(map: SourceMap): SourceMap {
  const sources = new Selection(map.sources)
  const names = new Selection(map.names)
  const isOwn = map.sources.map((source) => !source.includes('node_modules/'))
  const lines = decode(map.mappings).map((line) =>
    line.map((segment): SourceMapSegment => {
      const [column, source, sourceLine, sourceColumn, name] = segment
      if (source === undefined || !isOwn[source]) return [column]
      const place = [column, sources.take(source), sourceLine, sourceColumn] as const
      return (name === undefined ? place : [...place, names.take(name)]) as SourceMapSegment
    })
  )
  return {
    version: map.version,
    sources: sources.taken,
    ...(map.sourcesContent && {
      sourcesContent: sources.indexes.map((index) => map.sourcesContent?.[index] ?? null)
    }),
    names: names.taken,
    mappings: encode(lines.map(withoutRepeats))
  }
}

// Of columns that lead nowhere, the first says so for all.
function withoutRepeats(line: SourceMapSegment[]): SourceMapSegment[] {
  return line.filter((segment, at) => segment.length > 1 || (line[at - 1]?.length ?? 1) > 1)
}

/** Members of a list that are used, numbered as they come. */
class Selection {
  readonly #all: readonly string[]
  readonly #numbers = new Map<number, number>()

  constructor(all: readonly string[]) {
    this.#all = all
  }

  get indexes(): number[] {
    return [...this.#numbers.keys()]
  }

  get taken(): string[] {
    return this.indexes.map((index) => this.#all[index] ?? '')
  }

  take(index: number): number {
    const number = this.#numbers.get(index) ?? this.#numbers.size
    this.#numbers.set(index, number)
    return number
  }
}
