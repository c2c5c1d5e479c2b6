// SECURITY.md and the page on privacy, held against the code.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { GONE_ROW_PERIOD, MAX_DISCOVERY_BYTES, MAX_MESSAGE_BYTES, MIN_PERIOD } from './constants.ts'
import { FilHeartbeatElement } from './element/element.ts'
import { en } from './element/messages/en.ts'
import { type Beat, encodeBeat } from './wire/index.ts'
import { readMessage } from './wire/members.ts'

const ROOT = join(import.meta.dirname, '..')
const DOCUMENTS = ['SECURITY.md', 'src/element/privacy.md']
const CID = 'bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** Everything that matches, in both documents: what the pattern's group caught. */
const found = (pattern: RegExp): string[] =>
  DOCUMENTS.flatMap((path) => [...read(path).matchAll(pattern)].map(([, group = '']) => group))

/** The first column of a document's table that begins with `heading`. */
function column(path: string, heading: string): string[] {
  const text = read(path)
  const start = text.indexOf(`| ${heading} |`)
  assert.notEqual(start, -1, `${path} has no table of ${heading}`)
  const rows = text.slice(start, text.indexOf('\n\n', start)).split('\n').slice(2)
  return rows.map((row) => row.split('|')[1]?.trim().replaceAll('`', '') ?? '')
}

test('both documents name every field of a beat, and no other', () => {
  const everything: Required<Beat> = {
    seq: 1,
    session: new Uint8Array(8),
    head: [CID],
    height: 1n,
    next: 1,
    stale: true,
    genesis: CID,
    nickname: 'n',
    minerAddress: 'f01000',
    page: 'visible',
    rtt: 1,
    settled: { height: 1n, head: [CID] },
    ethHash: new Uint8Array(32)
  }
  // Two bytes of length come first.
  const fields = [...readMessage(encodeBeat(everything).subarray(2)).keys()].sort()
  assert.equal(fields.length, Object.keys(everything).length)
  for (const path of DOCUMENTS) assert.deepEqual(column(path, 'field').sort(), fields, path)
})

test('every attribute that they set is one of the element', () => {
  const attributes = Object.entries(FilHeartbeatElement.properties).map(
    ([property, { attribute }]) => String(attribute ?? property)
  )
  const named = found(/`([a-z-]+)="[^"]*"/g)
  assert.ok(named.length > 5)
  for (const name of named) {
    assert.ok(attributes.includes(name), `there is no attribute ${name}`)
  }
})

test('every file and every event that they name is there', () => {
  const files = found(/`((?:src|e2e|demo)\/[\w./-]+)`/g)
  assert.ok(files.length > 40)
  for (const file of files) {
    assert.ok(existsSync(join(ROOT, file)), `there is no ${file}`)
  }
  const source = read('src/element/events.ts')
  const events = found(/event `([a-z-]+)`/g)
  assert.ok(events.length > 0)
  for (const event of events) assert.ok(source.includes(`'${event}'`), event)
})

test('the words of the element that they quote are those that it says', () => {
  const security = read('SECURITY.md')
  const privacy = read('src/element/privacy.md')
  for (const word of [en['turn-on'], en.copy]) assert.ok(security.includes(`*${word}*`), word)
  for (const key of ['turn-on', 'not-now', 'switch', 'what-is-sent'] as const) {
    assert.ok(privacy.replace(/\s+/g, ' ').includes(`*${en[key]}*`), en[key])
  }
})

test('the bounds that they tell are those of the code', () => {
  const security = read('SECURITY.md')
  const privacy = read('src/element/privacy.md')
  assert.ok(security.includes(`at most ${MAX_MESSAGE_BYTES} bytes`))
  assert.ok(security.includes(`longer than ${MAX_DISCOVERY_BYTES.toLocaleString('en')} bytes`))
  assert.ok(security.includes(`${MIN_PERIOD} ms at the least`))
  assert.equal(GONE_ROW_PERIOD, 10 * 60_000)
  assert.match(privacy, /It is gone ten\s+minutes after/)
})
