import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { build } from 'esbuild'

// Which room may import values of which. `head:types` allows types alone.
const MAY_IMPORT: Record<string, readonly string[]> = {
  constants: [],
  errors: [],
  timing: ['constants', 'errors'],
  wire: ['constants', 'errors'],
  head: ['timing', 'constants', 'errors'],
  net: ['timing', 'constants', 'errors'],
  heartbeat: ['wire', 'timing', 'head:types', 'constants', 'errors'],
  client: ['heartbeat', 'head', 'net', 'timing', 'wire', 'constants', 'errors'],
  element: ['client', 'constants', 'errors'],
  // What the build runs; no other room imports it. The types that it writes name the element's.
  package: ['element:types'],
  operator: ['constants', 'errors'],
  aggregator: ['wire', 'head', 'net', 'operator', 'timing', 'constants', 'errors'],
  dashboard: ['aggregator:types', 'timing', 'constants', 'errors'],
  relay: ['net', 'operator', 'timing', 'constants', 'errors'],
  cli: [
    'aggregator',
    'relay',
    'client',
    'heartbeat',
    'head',
    'net',
    'timing',
    'wire',
    'constants',
    'errors'
  ],
  index: ['heartbeat', 'client', 'head', 'timing', 'wire', 'constants', 'errors']
}

// What a page loads. Nothing that it reaches may be a Node built-in or a server's.
const PAGE_ENTRIES = ['index.ts', 'element/define.ts', 'client/frame/main.ts', 'dashboard/main.ts']
const SERVER_ROOMS = new Set(['aggregator', 'relay', 'operator', 'cli'])
const SERVER_FILES = new Set(['net/server.ts'])

const source = import.meta.dirname
const files = globSync('**/*.ts', { cwd: source }).filter((file) => !file.endsWith('.test.ts'))

interface Import {
  readonly file: string
  /** As it is written. */
  readonly from: string
  readonly typesOnly: boolean
}

/** What is left of each file's imports when types are gone, dynamic ones included, as esbuild sees it. */
async function readValueImports(): Promise<Map<string, ReadonlySet<string>>> {
  const { metafile } = await build({
    absWorkingDir: source,
    entryPoints: files,
    outdir: 'nowhere',
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    packages: 'external',
    platform: 'neutral',
    logLevel: 'silent'
  })
  const imports = Object.entries(metafile.inputs).map(([file, input]): [string, Set<string>] => [
    file,
    new Set(input.imports.map(({ path, original }) => original ?? path))
  ])
  return new Map(imports)
}

const valueImports = await readValueImports()

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8')
  const values = valueImports.get(file) ?? new Set()
  const specifiers = /(?:\bfrom\s|^import\s|\bimport\s*\()\s*'([^']+)'/gm
  const written = [...text.matchAll(specifiers)].map(([, from = '']) => from)
  return [...new Set([...written, ...values])].map((from) => ({
    file,
    from,
    typesOnly: !values.has(from)
  }))
}

/** The file that a relative import leads to. */
const targetOf = ({ file, from }: Import): string =>
  relative(source, join(source, dirname(file), from))

const roomOf = (file: string): string => file.split('/')[0]?.replace(/\.ts$/, '') ?? ''

test('every room imports only the rooms that it may', () => {
  assert.ok(files.length > 5, 'no source files were found')
  for (const file of files) {
    const room = roomOf(file)
    const allowed = MAY_IMPORT[room]
    assert.ok(allowed, `src/${file} is in a room that no rule names`)
    for (const each of importsOf(file)) {
      const { from, typesOnly } = each
      if (!from.startsWith('.')) continue
      const other = roomOf(targetOf(each))
      const fine =
        other === room ||
        allowed.includes(other) ||
        (typesOnly && allowed.includes(`${other}:types`))
      assert.ok(fine, `src/${file} imports ${from}: ${room} may not import ${other}`)
    }
  }
})

test('the command line takes each room by one of its doors', () => {
  const doors = new Set(['net/server.ts', 'client/attempts.ts', 'constants.ts', 'errors.ts'])
  const imports = files.filter((file) => roomOf(file) === 'cli').flatMap(importsOf)
  const others = imports.filter(({ from }) => from.startsWith('../')).map(targetOf)
  assert.ok(others.length > 10, 'the command line was not found')
  for (const file of others) {
    assert.ok(doors.has(file) || /^[a-z]+\/index\.ts$/.test(file), `src/cli imports ${file}`)
  }
})

test('what a page loads reaches no Node built-in and no server', () => {
  const seen = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    const way = [...path, file].join(' → ')
    assert.ok(!SERVER_ROOMS.has(roomOf(file)) && !SERVER_FILES.has(file), `a page loads ${way}`)
    if (seen.has(file)) return
    seen.add(file)
    for (const each of importsOf(file).filter(({ typesOnly }) => !typesOnly)) {
      assert.ok(!isBuiltin(each.from), `a page loads ${way} → ${each.from}`)
      if (each.from.startsWith('.')) visit(targetOf(each), [...path, file])
    }
  }
  for (const entry of PAGE_ENTRIES) visit(entry, [])
  for (const room of ['wire', 'head', 'heartbeat', 'client', 'element', 'net', 'dashboard']) {
    assert.ok([...seen].map(roomOf).includes(room), `the walk did not come to ${room}`)
  }
})

test('only net names transports, noise and yamux', () => {
  const transports = /^(@libp2p\/(webrtc|websockets|circuit-relay-v2|tcp)|@chainsafe\/libp2p-)/
  for (const file of files.filter((each) => roomOf(each) !== 'net')) {
    for (const { from } of importsOf(file)) {
      assert.ok(!transports.test(from), `src/${file} imports ${from}`)
    }
  }
})

test('no import runs in a circle', () => {
  const graph = new Map(
    files.map((file) => [
      file,
      importsOf(file)
        .filter(({ from, typesOnly }) => from.startsWith('.') && !typesOnly)
        .map(targetOf)
    ])
  )
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `circle: ${[...path, file].join(' → ')}`)
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
})
