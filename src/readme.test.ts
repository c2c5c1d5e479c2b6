import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createAggregator } from './aggregator/index.ts'
import { FilHeartbeatElement } from './element/element.ts'
import { createHeartbeatClient, heartbeat } from './index.ts'
import { createRelay } from './relay/index.ts'

const read = (path: string): string => readFileSync(join(import.meta.dirname, '..', path), 'utf8')
const readme = read('README.md')
const reference = read('src/element/README.md')

/** The first `count` columns of the table whose heading begins with `first`. */
function table(first: string, count = 1, text = readme): string[][] {
  const start = text.indexOf(`| ${first} |`)
  assert.notEqual(start, -1, `there is no table of ${first}`)
  const rows = text.slice(start, text.indexOf('\n\n', start)).split('\n').slice(2)
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, 1 + count)
      .map((cell) => cell.trim().replaceAll('`', ''))
  )
}

const names = (first: string): string[] => table(first).flat().sort()

/** The options that a function names when it is given one that it does not know. */
async function optionsOf(give: (init: never) => unknown): Promise<string[]> {
  try {
    await give({ unheardOf: true } as never)
  } catch (error) {
    const [, list = ''] = String(error).match(/there are (.*)$/) ?? []
    return list.split(', ').sort()
  }
  throw new Error('an unknown option was taken')
}

/** What the element shows, and no client is told of. */
const LOOKS = ['variant', 'operatorName', 'privacyUrl', 'retentionDays', 'messages', 'client']

test('the reference lists every attribute of the element, with its property', () => {
  const declared = Object.entries(FilHeartbeatElement.properties).map(
    ([property, { attribute }]) => [
      attribute === false ? '–' : String(attribute ?? property),
      property
    ]
  )
  assert.deepEqual(table('attribute', 2, reference).sort(), declared.sort())
})

test("the reference's properties and README's of the client alone are those of createHeartbeatClient", async () => {
  // A client is handed its head by setHead(), and nothing that is only shown.
  const others = new Set(['head', ...LOOKS])
  const properties = table('attribute', 2, reference)
    .map(([, property = '']) => property)
    .filter((property) => !others.has(property))
  const options = [...properties, ...table('`createHeartbeatClient` alone').flat()].sort()
  assert.deepEqual(options, await optionsOf(createHeartbeatClient))
})

test('README lists every option of heartbeat()', async () => {
  assert.deepEqual(names('option'), await optionsOf(heartbeat))
})

test('README lists every option of createRelay() and createAggregator()', async () => {
  assert.deepEqual(names('`createRelay`'), await optionsOf(createRelay))
  assert.deepEqual(names('`createAggregator`'), await optionsOf(createAggregator))
})

test("README's first example, the package's doc and the demo wallet carry one text", () => {
  const [, example = ''] = readme.match(/```html\n([\s\S]*?)```/) ?? []
  const lines = example.trim().split('\n')
  assert.equal(lines.length, 2)
  for (const path of ['src/index.ts', 'index.html']) {
    const text = read(path)
      .replaceAll(/^ \*? ?/gm, '')
      .replaceAll(/^ +/gm, '')
    assert.ok(text.includes(lines.join('\n')), `${path} carries another example than README`)
  }
})

test("README's first two code lines are the two commands", () => {
  const [, block = ''] = readme.match(/```sh\n([\s\S]*?)```/) ?? []
  assert.match(block, /^npm ci && npm start .*\nnpm ci && npm test .*\n$/)
})

test('importing the element in Node registers nothing', () => {
  assert.equal(typeof FilHeartbeatElement, 'function')
  assert.equal(globalThis.customElements?.get('fil-heartbeat'), undefined)
})
