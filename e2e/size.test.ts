// What a page downloads, in bytes of gzip: the budgets that the build must keep. The build measures;
// that it forgot nothing is seen from the files alone.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

interface Part {
  readonly part: string
  readonly bytes: number
  readonly files: readonly string[]
}

const DIST = join(import.meta.dirname, '../dist')
const TOLERANCE = 1.01

const BUDGETS: Record<string, { readonly what: string; readonly budget: number }> = {
  eager: { what: 'the element, eager', budget: 10_000 },
  client: { what: 'its client, fetched when it is shown', budget: 7_100 },
  face: { what: 'its face, fetched with the client', budget: 6_400 },
  english: { what: 'its words in English, fetched in a page of that language', budget: 2_500 },
  chinese: { what: 'its words in Chinese', budget: 3_000 },
  arabic: { what: 'its words in Arabic', budget: 3_400 },
  panel: { what: 'its panel, fetched when it is opened', budget: 6_100 },
  tab: { what: 'the part that one tab among others takes, fetched after consent', budget: 3_300 },
  network: { what: 'the network code, fetched after consent', budget: 135_000 },
  'rpc-head': { what: 'the head of a node, fetched after consent to one', budget: 5_500 },
  'frame-port': {
    what: 'the way to a frame, fetched after consent where one is used',
    budget: 1_400
  },
  frame: { what: 'the document of that frame, with all network code in it', budget: 140_000 }
}

/** The operator's page, all of it at once. */
const DASHBOARD_BUDGET = 54_000

const parts: Part[] = JSON.parse(readFileSync(join(DIST, 'sizes.json'), 'utf8'))

for (const { part, bytes } of parts) {
  const { what, budget } = BUDGETS[part] ?? { what: part, budget: 0 }
  test(`${what}: ${bytes} of ${budget} bytes gz`, () => {
    assert.ok(bytes > 1_000, 'nothing was measured')
    assert.ok(bytes <= budget * TOLERANCE, `${bytes} bytes are over ${budget}`)
  })
}

/** A file and everything that it may come to import, sooner or later. */
function reachable(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const text = readFileSync(join(DIST, file), 'utf8')
  for (const [, path = ''] of text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*"(\.[^"]+)"/g)) {
    reachable(join(dirname(file), path), found)
  }
  return found
}

const pageFiles = new Set([...reachable('define.js'), ...reachable('frame.html')])

test('the script of the frame is one classic script', () => {
  assert.deepEqual([...reachable('frame.html')], ['frame.html'])
  assert.doesNotMatch(
    readFileSync(join(DIST, 'frame.html'), 'utf8'),
    /\b(?:import|export)\s*[({*"]/
  )
})

test('every file that the element can lead to belongs to exactly one part with a budget', () => {
  assert.deepEqual(parts.map(({ part }) => part).sort(), Object.keys(BUDGETS).sort())
  assert.deepEqual(parts.flatMap(({ files }) => files).sort(), [...pageFiles].sort())
})

test('SECURITY.md tells the budget of each part', () => {
  const text = readFileSync(join(DIST, '../SECURITY.md'), 'utf8')
  const rows = [...text.matchAll(/^\| `([\w-]+)` \|.*\| ([\d,]+) \|$/gm)]
  const told = rows.map(([, part = '', bytes = '']) => [part, Number(bytes.replaceAll(',', ''))])
  const budgets = Object.entries(BUDGETS).map(([part, { budget }]) => [part, budget])
  assert.deepEqual(told.sort(), budgets.sort())
})

test('the README tells their sums', () => {
  const text = readFileSync(join(DIST, '../README.md'), 'utf8')
  const sum = (...parts: string[]): string =>
    parts.reduce((sum, part) => sum + (BUDGETS[part]?.budget ?? Number.NaN), 0).toLocaleString('en')
  const rows = [
    `| the element | with the page | ${sum('eager')} |`,
    `| its client, face and words | when it is shown | ${sum('client', 'face', 'arabic')} |`,
    `| its panel | when it is opened | ${sum('panel')} |`,
    `| its network code | after consent | ${sum('network', 'tab')}, or ${sum('frame', 'frame-port', 'tab')} with a frame |`
  ]
  for (const row of rows) assert.ok(text.includes(row), row)
})

test('imports nothing by a name that is made up at run time', () => {
  for (const file of pageFiles) {
    assert.doesNotMatch(readFileSync(join(DIST, file), 'utf8'), /\bimport\((?!")/, file)
  }
})

test('evaluates no text and holds no WebAssembly', () => {
  for (const file of pageFiles) {
    const text = readFileSync(join(DIST, file), 'utf8')
    for (const forbidden of [/\beval\(/, /new Function\(/, /WebAssembly/]) {
      assert.doesNotMatch(text, forbidden, file)
    }
  }
})

test('is built without react-native', () => {
  assert.equal(existsSync(join(DIST, '../node_modules/react-native')), false)
})

const dashboardFiles = ['index.html', ...readdirSync(join(DIST, 'dashboard/assets'))].filter(
  (file) => /\.(html|js|css)$/.test(file)
)
const dashboardBytes = dashboardFiles
  .map((file) => join(DIST, 'dashboard', file === 'index.html' ? '' : 'assets', file))
  .reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).byteLength, 0)

test(`the dashboard: ${dashboardBytes} of ${DASHBOARD_BUDGET} bytes gz`, () => {
  assert.equal(dashboardFiles.length, 3)
  assert.ok(dashboardBytes > 1_000, 'nothing was measured')
  assert.ok(dashboardBytes <= DASHBOARD_BUDGET * TOLERANCE)
})
