import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientOptions } from '../client/index.ts'
import { drawPanel } from './panel.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'

/** What stands in a template, in the order of reading. */
function textOf(drawn: unknown): string {
  if (Array.isArray(drawn)) return drawn.map(textOf).join('')
  if (typeof drawn === 'string') return drawn
  if (typeof drawn !== 'object' || drawn === null || !('strings' in drawn)) return ''
  const { strings, values } = drawn as { strings: string[]; values: unknown[] }
  const text = strings.map((string, at) => string + textOf(values[at])).join('')
  return text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
}

/** What a user reads before consent. */
function offer(clientOptions: ClientOptions): string {
  const act = async (): Promise<void> => {}
  return textOf(
    drawPanel(
      {
        state: { phase: 'idle' },
        view: { verdict: 'unknown', checkedAt: 0 },
        lastBeat: undefined,
        sharesTabs: undefined,
        clientOptions,
        start: act,
        stop: act,
        retry: act
      },
      undefined
    )
  )
}

test('names the server before consent', () => {
  assert.match(offer({ target: `/dns4/agg.example/tcp/443/wss/p2p/${PEER}` }), /To agg\.example/)
  assert.match(offer({ target: `/p2p/${PEER}` }), /To server …yKSUKPH5/)
})

test('names the host of a list of addresses, and says that it may name relays', () => {
  const said = offer({ target: `https://agg.example:8443/heartbeat.json#${PEER}` })
  assert.match(said, /To agg\.example:8443 /)
  assert.match(said, /By way of relays that a list at that host may name/)
  const other = offer({ target: `/dns4/agg.example/tcp/443/wss/p2p/${PEER}` })
  assert.doesNotMatch(other, /may name/)
})

test('names all that is sent before consent', () => {
  const said = offer({ target: `/p2p/${PEER}` })
  assert.match(said, /latest epoch, an earlier one to compare, their block ids, which chain,/)
  assert.match(
    said,
    /whether this tab is in view, when the next report is due, how long the last answer took/
  )
})
