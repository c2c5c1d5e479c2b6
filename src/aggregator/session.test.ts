import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HEARTBEAT_PROTOCOL_V1, HEARTBEAT_PROTOCOL_V2, STREAM_CLOSE_TIMEOUT } from '../constants.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import { type Answer, encodeBeat } from '../wire/index.ts'
import type { Admittance } from './admission.ts'
import { beatReader } from './beat-reader.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { type BeatStream, Session } from './session.ts'
import { beatOf, bytes, line } from './test-kit.ts'

/** A stream that a test feeds by hand. */
class HandStream extends EventTarget {
  status = 'open'
  writeStatus = 'writable'
  writableNeedsDrain = false
  readonly sent: Uint8Array[] = []
  readableEnded = false
  aborted: string | undefined
  closes = 0

  receive(chunk: Uint8Array | string): void {
    const data = typeof chunk === 'string' ? bytes(chunk) : chunk
    this.dispatchEvent(Object.assign(new Event('message'), { data }))
  }

  send(bytes: Uint8Array): boolean {
    this.sent.push(bytes)
    return true
  }

  async close(): Promise<void> {
    this.closes += 1
    this.dispatchEvent(new Event('close'))
  }

  abort(error: Error): void {
    this.aborted ??= error.message
    this.dispatchEvent(new Event('close'))
  }
}

/** A session over a stream of a test, and what it told. */
function sessionOf(
  admitLine: () => Admittance = () => 'accepted',
  protocol = HEARTBEAT_PROTOCOL_V1
) {
  const clock = new FakeClock()
  const stream = new HandStream()
  const told: string[] = []
  const session = new Session(
    stream as unknown as BeatStream,
    beatReader(protocol),
    {
      admitBytes: () => 'accepted',
      admitLine,
      beat: ({ height }) => {
        told.push(`beat ${height}`)
        if (height === 666n) throw new Error('a bug')
        if (height === 404n) return 'full'
        return { type: 'ack', seq: Number(height) }
      },
      malformed: (reason) => void told.push(reason),
      dropped: () => void told.push('dropped'),
      refused: () => told.push('refused'),
      reset: (why) => told.push(`reset: ${why}`),
      closed: () => told.push('closed')
    },
    DEFAULT_LIMITS,
    clock
  )
  session.start()
  return { clock, stream, session, told }
}

const { unfinishedTimeout, malformedPeriod } = DEFAULT_LIMITS

describe('Session', () => {
  test('resets the stream at the third malformed line, and says why once', () => {
    const { stream, told, clock } = sessionOf()
    stream.receive('x\n')
    stream.receive(line(1))
    stream.receive('[]\n')
    stream.receive('{}\nx\nx\nx\n')
    stream.receive('x\n')
    assert.deepEqual(told, [
      'json',
      'beat 1',
      'not-an-object',
      'head',
      'reset: 3 malformed beats, the last of them: head',
      'closed'
    ])
    assert.equal(stream.aborted, '3 malformed beats, the last of them: head')
    assert.deepEqual(clock.pending, [])
  })

  test('forgives a malformed line after a minute', () => {
    const { stream, clock } = sessionOf()
    for (let n = 0; n < 9; n++) {
      stream.receive('x\n')
      clock.advance(malformedPeriod / 2)
    }
    assert.equal(stream.aborted, undefined)
  })

  test('resets the stream when a line is begun and not ended', () => {
    const { stream, told, clock } = sessionOf()
    stream.receive(line(1))
    clock.advance(unfinishedTimeout * 100)
    stream.receive('{"Head":')
    clock.advance(unfinishedTimeout - 1)
    assert.equal(stream.aborted, undefined)
    clock.advance(1)
    assert.equal(stream.aborted, 'a beat was begun and not ended')
    assert.deepEqual(told.slice(1), ['reset: a beat was begun and not ended', 'closed'])
  })

  test('does not put the deadline off for single bytes', () => {
    const { stream, clock } = sessionOf()
    for (let n = 0; n < 10; n++) {
      stream.receive('x')
      clock.advance(unfinishedTimeout / 10)
    }
    assert.equal(stream.aborted, 'a beat was begun and not ended')
  })

  test('gives every line a deadline of its own', () => {
    const { stream, clock, told } = sessionOf()
    const half = line(1).length / 2
    stream.receive(line(1).subarray(0, half))
    for (let n = 0; n < 5; n++) {
      clock.advance(unfinishedTimeout * 0.6)
      stream.receive(Buffer.concat([line(1).subarray(half), line(1).subarray(0, half)]))
    }
    assert.equal(stream.aborted, undefined)
    assert.equal(told.length, 5)
    stream.receive(line(1).subarray(half))
    assert.deepEqual(clock.pending, [])
  })

  test('leaves out a beat that is one too many, and keeps the stream', () => {
    const answers: Admittance[] = ['accepted', 'dropped', 'accepted']
    const { stream, told } = sessionOf(() => answers.shift() ?? 'refused')
    stream.receive(Buffer.concat([line(1), line(2), line(3), line(4), line(5)]))
    assert.deepEqual(told, ['beat 1', 'dropped', 'beat 3', 'refused'])
    assert.equal(stream.aborted, undefined, 'who refuses resets, since it may have more streams')
  })

  test('resets the stream of a peer for whom there is no room', () => {
    const { stream, told } = sessionOf()
    stream.receive(Buffer.concat([line(404), line(1)]))
    assert.equal(stream.aborted, 'the roster is full')
    assert.deepEqual(told, ['beat 404', 'reset: the roster is full', 'closed'])
  })

  test('lets no error out of a listener', () => {
    const { stream, told } = sessionOf()
    stream.receive(line(666))
    assert.match(stream.aborted ?? '', /a fault of ours/)
    assert.equal(told.at(-1), 'closed')
  })

  test('ends its side when the peer has ended its own', () => {
    const { stream, told } = sessionOf()
    stream.receive(line(1))
    stream.dispatchEvent(new Event('end'))
    assert.equal(stream.closes, 1)
    assert.equal(stream.aborted, undefined)
    assert.deepEqual(told, ['beat 1', 'closed'])
  })

  test('tells of its end once, whoever ends it', () => {
    const { stream, session, told } = sessionOf()
    stream.receive('{')
    session.abort('enough')
    session.abort('enough')
    stream.dispatchEvent(new Event('close'))
    assert.deepEqual(told, ['closed'])
  })
})

describe('a session of version 2', () => {
  const accepted = (): Admittance => 'accepted'

  test('answers each beat, and leaves answers out while the stream takes no more', () => {
    const { stream, told } = sessionOf(accepted, HEARTBEAT_PROTOCOL_V2)
    stream.receive(encodeBeat(beatOf(1)))
    assert.equal(stream.sent.length, 1)
    stream.writableNeedsDrain = true
    for (const seq of [2, 3, 4]) stream.receive(encodeBeat(beatOf(seq)))
    assert.equal(stream.sent.length, 1)
    stream.writableNeedsDrain = false
    stream.receive(encodeBeat(beatOf(5)))
    assert.equal(stream.sent.length, 2)
    assert.deepEqual(told, ['beat 1', 'beat 2', 'beat 3', 'beat 4', 'beat 5'])
  })

  test('resets the stream when a message is begun and not ended', () => {
    const { stream, clock } = sessionOf(accepted, HEARTBEAT_PROTOCOL_V2)
    const message = encodeBeat(beatOf(1))
    stream.receive(message)
    clock.advance(unfinishedTimeout * 10)
    stream.receive(message.subarray(0, 5))
    clock.advance(unfinishedTimeout / 2)
    stream.receive(message.subarray(5, 6))
    clock.advance(unfinishedTimeout / 2)
    assert.equal(stream.aborted, 'a beat was begun and not ended')
  })

  test('says a last word once, then reads no more', async () => {
    const { stream, session, told } = sessionOf(accepted, HEARTBEAT_PROTOCOL_V2)
    const bye = (): Answer => ({ type: 'bye', retry: 1 })
    const end = session.end('enough', bye)
    stream.receive(encodeBeat(beatOf(1)))
    await Promise.all([end, session.end('enough', bye)])
    assert.equal(stream.sent.length, 1)
    assert.equal(stream.aborted, undefined)
    assert.deepEqual(told, ['closed'])
  })

  test('resets a stream whose other end does not close', async () => {
    const { stream, session, clock } = sessionOf(accepted, HEARTBEAT_PROTOCOL_V2)
    stream.close = async () => {}
    const end = session.end('enough', () => ({ type: 'bye', retry: 1 }))
    clock.advance(STREAM_CLOSE_TIMEOUT)
    await end
    assert.equal(stream.aborted, 'the other end did not close')
  })
})
