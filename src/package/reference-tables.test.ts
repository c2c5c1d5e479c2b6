import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ClientState, Verdict } from '../client/index.ts'
import { FilHeartbeatElement } from '../element/element.ts'
import { elementOf, readManifest, settableOf } from './manifest.ts'
import { replaceTables } from './reference-tables.ts'

const element = elementOf(await readManifest())

test("the reference's tables are those of the manifest", () => {
  const reference = readFileSync(join(import.meta.dirname, '../element/README.md'), 'utf8')
  assert.equal(reference, replaceTables(reference, element), 'run: npm run reference')
})

test('a text without a place for a table is refused', () => {
  assert.throws(() => replaceTables('', element), /no place for the table of attributes/)
})

test('the manifest names every property of the element with its attribute', () => {
  const declared = Object.entries(FilHeartbeatElement.properties).map(
    ([property, { attribute }]) => [
      property,
      attribute === false ? undefined : (attribute ?? property)
    ]
  )
  const told = settableOf(element).map(({ name, attribute }) => [name, attribute])
  assert.deepEqual(told.sort(), declared.sort())
})

test('the manifest names every part, slot and custom property that there is', () => {
  const folder = join(import.meta.dirname, '../element')
  const files = globSync('*.ts', { cwd: folder }).filter((file) => !file.endsWith('.test.ts'))
  const source = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
  const named = (pattern: RegExp): string[] =>
    [...source.matchAll(pattern)].flatMap(([, names = '']) => names.split(' '))
  const sameNames = (told: readonly { name: string }[], found: readonly string[]): void =>
    assert.deepEqual(told.map(({ name }) => name).sort(), [...new Set(found)].sort())
  sameNames(element.cssParts, named(/\bpart="([\w -]+)"/g))
  sameNames(element.slots, named(/<slot name="([\w-]+)"/g))
  sameNames(element.cssProperties, named(/var\((--fil-heartbeat-[\w-]+)/g))
})

test('the manifest names every state that a style sheet can ask for', () => {
  const phases: Record<ClientState['phase'], true> = {
    idle: true,
    misconfigured: true,
    unsupported: true,
    offline: true,
    connecting: true,
    beating: true,
    failing: true,
    rejected: true,
    asleep: true,
    following: true
  }
  const verdicts: Record<Verdict, true> = {
    fresh: true,
    'fresh-by-clock': true,
    'behind-by-clock': true,
    'provider-behind': true,
    'network-slow': true,
    'clock-wrong': true,
    'other-chain': true,
    unknown: true
  }
  assert.deepEqual(
    element.cssStates.map(({ name }) => name).sort(),
    ['consented', ...Object.keys(phases), ...Object.keys(verdicts)].sort()
  )
})

test('the manifest describes everything that it names', () => {
  const { members, attributes, events, slots, cssParts, cssProperties, cssStates } = element
  const shown = [...slots, ...cssParts, ...cssProperties, ...cssStates]
  const all = [...members, ...attributes, ...events, ...shown]
  assert.ok(all.length > 30, 'the manifest is nearly empty')
  assert.deepEqual(
    all.filter(({ description = '' }) => description === ''),
    []
  )
})
