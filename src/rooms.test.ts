import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

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
  element: ['client'],
  aggregator: ['wire', 'head', 'net', 'timing', 'constants', 'errors'],
  relay: ['net', 'timing', 'constants', 'errors'],
  index: ['heartbeat', 'client', 'head', 'timing', 'wire', 'constants', 'errors']
}

// Rooms whose built output runs in a page: no Node built-in, no server code.
const PAGE_ROOMS = new Set(['timing', 'wire', 'head', 'heartbeat', 'client', 'element', 'index'])

const source = join(import.meta.dirname)
const files = globSync('**/*.ts', { cwd: source }).filter((file) => !file.endsWith('.test.ts'))

interface Import {
  readonly file: string
  readonly from: string
  readonly typesOnly: boolean
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8')
  const statements = /^(?:import|export)\s+(type\s)?([^'"`;]*?from\s+)?'([^']+)'/gm
  const dynamic = /\bimport\('([^']+)'\)/g
  return [
    ...[...text.matchAll(statements)].map(([, type, , from = '']) => ({
      file,
      from,
      typesOnly: type !== undefined
    })),
    ...[...text.matchAll(dynamic)].map(([, from = '']) => ({ file, from, typesOnly: false }))
  ]
}

const roomOf = (file: string): string => file.split('/')[0]?.replace(/\.ts$/, '') ?? ''

test('every room imports only the rooms that it may', () => {
  assert.ok(files.length > 5, 'no source files were found')
  for (const file of files) {
    const room = roomOf(file)
    const allowed = MAY_IMPORT[room]
    assert.ok(allowed, `src/${file} is in a room that no rule names`)
    for (const { from, typesOnly } of importsOf(file)) {
      if (!from.startsWith('.')) continue
      const target = relative(source, join(source, dirname(file), from))
      const other = roomOf(target)
      const fine =
        other === room ||
        allowed.includes(other) ||
        (typesOnly && allowed.includes(`${other}:types`))
      assert.ok(fine, `src/${file} imports ${from}: ${room} may not import ${other}`)
    }
  }
})

test('what runs in a page imports no Node built-in', () => {
  for (const file of files.filter((each) => PAGE_ROOMS.has(roomOf(each)))) {
    for (const { from, typesOnly } of importsOf(file)) {
      assert.ok(typesOnly || !from.startsWith('node:'), `src/${file} imports ${from}`)
    }
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
        .map(({ from }) => relative(source, join(source, dirname(file), from)))
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
