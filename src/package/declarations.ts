// The published types: what tsc emits for the sources goes in, and what the doors show comes out, no
// more: so no type of a package that is only bundled is left, and whoever uses the doors needs none.

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Module, readModule, type Source, type Statement } from './declaration-module.ts'

/** The sources that types are published of, from the folder `src`. */
const DOORS = [
  'index.ts',
  'element/index.ts',
  'element/define.ts',
  'aggregator/index.ts',
  'relay/index.ts'
]

/**
 * Writes the types of all doors into a folder, laid out as `src` is.
 *
 * @throws when a type of a package is left in them
 */
export async function writeDeclarations(outdir: string): Promise<void> {
  const emitted = await mkdtemp(join(tmpdir(), 'declarations-'))
  try {
    await emit(emitted)
    const needed = new Needed(emitted)
    for (const door of DOORS) await needed.addAll(door)
    for (const [file, text] of needed.texts()) {
      const path = join(outdir, toDeclaration(file))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    }
  } finally {
    await rm(emitted, { recursive: true })
  }
}

async function emit(outdir: string): Promise<void> {
  const tsc = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc')
  const project = join(import.meta.dirname, 'tsconfig.json')
  await promisify(execFile)(process.execPath, [tsc, '-p', project, '--outDir', outdir])
}

/** What is needed of each file, found by following names from the doors. */
class Needed {
  readonly #folder: string
  readonly #modules = new Map<string, Module>()
  readonly #kept = new Map<string, Set<Statement>>()
  readonly #names = new Map<string, Set<string>>()

  constructor(folder: string) {
    this.#folder = folder
  }

  async addAll(file: string): Promise<void> {
    const { statements, passedOn, stars } = await this.#open(file)
    for (const statement of statements) await this.#keep(file, statement)
    for (const name of passedOn.keys()) await this.#add(file, name)
    for (const from of stars) await this.addAll(resolve(file, from))
  }

  /** Each file of which something is needed, and that as text. */
  *texts(): Generator<[file: string, text: string]> {
    for (const [file, module] of this.#modules) {
      const text = this.#text(file, module)
      if (text === '') continue
      const foreign = text.match(/(?:\bfrom '|\bimport\('|\bimport\(")(?!\.)[^'"]+/)
      if (foreign !== null)
        throw new Error(`published types name a package: ${file}, ${foreign[0]}`)
      yield [file, text]
    }
  }

  async #add(file: string, name: string): Promise<void> {
    const module = await this.#open(file)
    const names = this.#names.get(file) ?? new Set()
    if (names.has(name)) return
    this.#names.set(file, names.add(name))
    const declared = module.statements.filter((statement) => statement.name === name)
    for (const statement of declared) await this.#keep(file, statement)
    const source = module.passedOn.get(name) ?? module.imported.get(name)
    if (source?.from.startsWith('.')) {
      await this.#add(resolve(file, source.from), source.name)
    } else if (source === undefined && declared.length === 0) {
      for (const from of module.stars) await this.#add(resolve(file, from), name)
    }
  }

  async #keep(file: string, statement: Statement): Promise<void> {
    const kept = this.#kept.get(file) ?? new Set()
    if (kept.has(statement)) return
    this.#kept.set(file, kept.add(statement))
    const { statements, imported } = await this.#open(file)
    const known = new Set([...statements.map(({ name }) => name), ...imported.keys()])
    for (const word of statement.words) if (known.has(word)) await this.#add(file, word)
    for (const [from, name] of statement.inline) {
      if (from.startsWith('.')) await this.#add(resolve(file, from), name)
    }
  }

  #text(file: string, { statements, imported, passedOn, stars }: Module): string {
    const kept = this.#kept.get(file) ?? new Set()
    const names = this.#names.get(file) ?? new Set()
    const words = new Set([...kept].flatMap((statement) => [...statement.words]))
    const imports = [...imported].filter(([local]) => words.has(local))
    const exports = [...passedOn].filter(([name]) => names.has(name))
    const values = exports.filter(([, { typeOnly }]) => !typeOnly)
    const types = exports.filter(([, { typeOnly }]) => typeOnly)
    const all = stars
      .filter((from) => this.#names.has(resolve(file, from)) || this.#kept.has(resolve(file, from)))
      .map((from) => `export type * from '${toJs(from)}';`)
    const own = statements
      .filter((each) => kept.has(each))
      .map(({ text }) => text.replaceAll(/(\bimport\(")(\.[^"]+)/g, (_, a, b) => a + toJs(b)))
    const lines = [
      ...print('import type', imports),
      ...all,
      ...print('export', values),
      ...print('export type', types),
      ...own
    ]
    return lines.length === 0 ? '' : `${[...lines, 'export {};'].join('\n')}\n`
  }

  async #open(file: string): Promise<Module> {
    const known = this.#modules.get(file)
    if (known !== undefined) return known
    const module = readModule(await readFile(join(this.#folder, toDeclaration(file)), 'utf8'))
    this.#modules.set(file, module)
    return module
  }
}

/** One line for each file that names come from. */
function print(keyword: string, sources: readonly (readonly [string, Source])[]): string[] {
  const files = Map.groupBy(sources, ([, { from }]) => from)
  return [...files].map(([from, each]) => {
    const list = each.map(([local, { name }]) => as(name, local)).join(', ')
    return `${keyword} { ${list} } from '${toJs(from)}';`
  })
}

const as = (name: string, local: string): string => (name === local ? name : `${name} as ${local}`)
const toJs = (path: string): string => path.replace(/\.ts$/, '.js')
const toDeclaration = (path: string): string => path.replace(/\.ts$/, '.d.ts')
const resolve = (file: string, from: string): string => join(dirname(file), from)
