// What a page downloads, in bytes of gzip: the budgets that the build must keep.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

const DIST = join(import.meta.dirname, '../dist')
const TOLERANCE = 1.01

const entry = join(DIST, 'define.js')
const chunk = (name: string): string => {
  const file = readdirSync(join(DIST, 'chunks')).find(
    (each) => each.startsWith(`${name}-`) && each.endsWith('.js')
  )
  assert.ok(file, `the build has no chunk ${name}`)
  return join(DIST, 'chunks', file)
}

/** A file and everything that it imports statically. */
function closure(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import)"(\.[^"]+)"/g)
  for (const [, path = ''] of imports) closure(join(dirname(file), path), found)
  return found
}

function gzipped(files: Iterable<string>): number {
  return [...files].reduce(
    (sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).byteLength,
    0
  )
}

const eager = closure(entry)
const client = new Set([...closure(chunk('client'))].filter((file) => !eager.has(file)))
const network = new Set(
  [...closure(chunk('runtime'))].filter((file) => !eager.has(file) && !client.has(file))
)

const budgets: [string, Set<string>, number][] = [
  ['the element, eager', eager, 10_000],
  ['its client, fetched when it is shown', client, 6_000],
  ['the network code, fetched after consent', network, 135_000]
]

for (const [name, files, budget] of budgets) {
  const bytes = gzipped(files)
  test(`${name}: ${bytes} of ${budget} bytes gz`, () => {
    assert.ok(bytes > 1_000, 'nothing was measured')
    assert.ok(bytes <= budget * TOLERANCE, `${bytes} bytes are over ${budget}`)
  })
}

const pageFiles = [...eager, ...client, ...network]

test('evaluates no text and holds no WebAssembly', () => {
  for (const file of pageFiles) {
    const text = readFileSync(file, 'utf8')
    for (const forbidden of [/\beval\(/, /new Function\(/, /WebAssembly/]) {
      assert.doesNotMatch(text, forbidden, file)
    }
  }
})

test('is built without react-native', () => {
  assert.equal(existsSync(join(DIST, '../node_modules/react-native')), false)
})
