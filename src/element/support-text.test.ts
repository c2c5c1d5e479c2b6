import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PanelHost } from './panel-host.ts'
import { supportText } from './support-text.ts'

test('has what a helper asks for, heights beyond the numbers of JSON included', () => {
  const host = {
    options: { target: '/p2p/x' },
    state: { phase: 'idle' },
    view: { verdict: 'fresh', height: 2n ** 64n - 1n, checkedAt: 0 },
    lastBeat: undefined,
    problem: new Error('what was wrong')
  } as PanelHost
  const text = supportText(host)
  assert.match(text, /"target": "\/p2p\/x"/)
  assert.match(text, /"phase": "idle"/)
  assert.match(text, /"18446744073709551615"/)
  assert.match(text, /problem: what was wrong/)
  assert.doesNotMatch(text, /undefined/)
})
