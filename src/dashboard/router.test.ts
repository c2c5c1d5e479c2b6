import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeLink, parseRoute } from './router.ts'

test('a link to a node leads to it', () => {
  assert.deepEqual(parseRoute(nodeLink('12D3KooWx')), { name: 'node', peer: '12D3KooWx' })
  assert.deepEqual(parseRoute(nodeLink('a/b#?%')), { name: 'node', peer: 'a/b#?%' })
})

test('whatever it does not know is the overview', () => {
  for (const hash of [
    '',
    '#',
    '#/',
    '#/node',
    '#/node/',
    '#/node/%',
    '#/node/a/b',
    '#/else',
    '#x'
  ]) {
    assert.deepEqual(parseRoute(hash), { name: 'overview' }, hash)
  }
  assert.deepEqual(parseRoute('#/alerts'), { name: 'alerts' })
})
