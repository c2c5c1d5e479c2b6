import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FilHeartbeatElement } from '../element/element.ts'
import { replaceTables } from './attribute-table.ts'
import { elementOf, readManifest, settableOf } from './manifest.ts'

const element = elementOf(await readManifest())

test("README's tables of attributes and events are those of the manifest", () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  assert.equal(readme, replaceTables(readme, element), 'run: npm run reference')
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

test('the manifest names every part and every custom property of the styles', () => {
  const read = (file: string): string =>
    readFileSync(join(import.meta.dirname, '../element', file), 'utf8')
  const parts = [...read('element.ts').matchAll(/\bpart="([\w-]+)"/g)].map(([, name]) => name)
  const styles = read('styles.ts') + read('panel-styles.ts')
  const properties = [...styles.matchAll(/var\((--fil-heartbeat-[\w-]+)/g)].map(([, name]) => name)
  assert.deepEqual(element.cssParts.map(({ name }) => name).sort(), [...new Set(parts)].sort())
  assert.deepEqual(
    element.cssProperties.map(({ name }) => name).sort(),
    [...new Set(properties)].sort()
  )
})

test('the manifest describes everything that it names', () => {
  const { members, attributes, events, cssParts, cssProperties } = element
  const all = [...members, ...attributes, ...events, ...cssParts, ...cssProperties]
  assert.ok(all.length > 30, 'the manifest is nearly empty')
  assert.deepEqual(
    all.filter(({ description = '' }) => description === ''),
    []
  )
})
