import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import type { BeatingState, ClientState } from '../client/index.ts'
import { BeatLog } from './beat-log.ts'

function beating(at: number, more: Partial<BeatingState> = {}): BeatingState {
  return {
    phase: 'beating',
    route: 'websocket',
    delivery: { kind: 'acknowledged', at },
    lastBeat: { at, height: 7n },
    nextBeatAt: at + 3_000,
    suspect: false,
    ...more
  }
}

function setUp() {
  const lines: Array<Record<string, unknown>> = []
  const printed: Array<Record<string, unknown>> = []
  const client = {
    state: { phase: 'idle' } as ClientState,
    view: { verdict: 'fresh' } as const,
    lastBeat: undefined
  }
  const log = pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line)) })
  const print = (line: string): void => void printed.push(JSON.parse(line))
  const said = new BeatLog({ client: client as never, target: 'main', log, print })
  const see = (state: ClientState): void => {
    client.state = state
    said.look()
  }
  return { lines, printed, said, see }
}

test('the log tells what changed, and not every beat', () => {
  const { lines, see } = setUp()
  see(beating(1))
  see(beating(2))
  see(beating(3, { route: 'webrtc' }))
  assert.deepEqual(
    lines.map(({ msg, route }) => [msg, route]),
    [
      ['beating', 'websocket'],
      ['beating', 'webrtc']
    ]
  )
})

test('a failure is a warning, and says its layer and what is wrong', () => {
  const { lines, see } = setUp()
  const failing = { phase: 'failing', layer: 'relay', since: 1, attempts: 1 } as const
  see({ ...failing, via: 'relay.example', problem: 'it does not answer', nextTryAt: 2 })
  see({
    ...failing,
    attempts: 2,
    via: 'relay.example',
    problem: 'it does not answer',
    nextTryAt: 9
  })
  assert.deepEqual(
    lines.map(({ level, layer, problem }) => [level, layer, problem]),
    [[40, 'relay', 'it does not answer']]
  )
})

test('each state is a line of JSON, with heights as text and what was acknowledged', () => {
  const { printed, said, see } = setUp()
  see(beating(1))
  see(beating(1))
  see(beating(2))
  see(beating(3, { delivery: { kind: 'unconfirmed' } }))
  assert.deepEqual(
    printed.map(({ acknowledged }) => acknowledged),
    [1, 2, 2]
  )
  const { state } = printed[0] as unknown as { state: { lastBeat: unknown } }
  assert.deepEqual(state.lastBeat, { at: 1, height: '7' })
  assert.equal(said.acknowledged, 2)
})
