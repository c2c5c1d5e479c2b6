import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editorData, frameworkTypes } from './framework-types.ts'
import { elementOf, readManifest } from './manifest.ts'

const element = elementOf(await readManifest())

test("the editor's data completes every attribute, and the chains that there are", () => {
  const { tags } = editorData(element) as {
    tags: { name: string; attributes: { name: string; values?: { name: string }[] }[] }[]
  }
  assert.equal(tags[0]?.name, 'fil-heartbeat')
  const attributes = new Map(tags[0]?.attributes.map(({ name, values }) => [name, values]))
  assert.deepEqual(
    [...attributes.keys()],
    element.attributes.map(({ name }) => name)
  )
  assert.deepEqual(attributes.get('chain'), [{ name: 'mainnet' }, { name: 'calibration' }])
})

test("frameworks' types have every attribute, or the property of its name", () => {
  const text = frameworkTypes(element)['attributes.d.ts'] ?? ''
  for (const { name } of element.attributes) {
    assert.ok(text.includes(`    ${name}?:`) || text.includes(`    '${name}'?:`), name)
  }
  for (const { name } of element.members.filter(({ attribute }) => attribute !== undefined)) {
    assert.ok(text.includes(`    ${name}?: FilHeartbeatElement['${name}'];`), name)
  }
})
