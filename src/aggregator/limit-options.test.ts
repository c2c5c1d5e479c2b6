import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startPlainNode, until } from '../net/test-kit.ts'
import { checkLimits, checkPeers, type LimitOptions } from './limit-options.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { closed, line, openLeg, openStream, rowOf, startAggregator } from './test-kit.ts'

const PEER = '12D3KooWQCzTba1rKd2REvVE38a619rSQCMk8ebU7HLjjRXuSCsT'

describe('limits', () => {
  test('are the usual ones where an operator says nothing', () => {
    assert.deepEqual(checkLimits().limits, DEFAULT_LIMITS)
  })

  test('can each be set, and reach what they bound', () => {
    const given: Required<LimitOptions> = {
      beatBytes: 2_048,
      nickname: 5,
      beatsPerSecond: 1,
      beatBurst: 2,
      excessBeats: 3,
      bytesPerSecond: 4,
      byteBurst: 5,
      malformedBeats: 6,
      unfinished: '7s',
      refusal: '8m',
      streamsPerPeer: 9,
      connectionsPerPeer: 10,
      connections: 11,
      handshakes: 12,
      nodes: 13,
      leftNodes: '14m',
      grace: '15s',
      feedReaders: 16
    }
    const { limits, bounds } = checkLimits(given)
    assert.deepEqual(limits, {
      ...DEFAULT_LIMITS,
      maxBeatBytes: 2_048,
      maxNickname: 5,
      lines: { perSecond: 1, capacity: 2 },
      excess: { ...DEFAULT_LIMITS.excess, capacity: 3 },
      bytes: { perSecond: 4, capacity: 5 },
      maxMalformed: 6,
      unfinishedTimeout: 7_000,
      refusalPeriod: 480_000,
      maxStreamsPerPeer: 9,
      maxRows: 13,
      goneRowPeriod: 840_000,
      livenessGrace: 15_000,
      maxReaders: 16
    })
    assert.deepEqual(bounds, { connections: 11, perPeer: 10, pending: 12 })
  })

  const wrong: [name: string, given: unknown, words: RegExp][] = [
    ['limits', 7, /7 is not an object/],
    ['limits.beats', { beats: 1 }, /not an option; there are beatBytes/],
    ['limits.nodes', { nodes: 0 }, /0 is not a whole number from 1/],
    ['limits.beatBytes', { beatBytes: 4_097 }, /4097 is not a whole number from 1024 to 4096/],
    ['limits.beatBytes', { beatBytes: 100 }, /100 is not/],
    ['limits.nickname', { nickname: '9' }, /"9" is not/],
    ['limits.refusal', { refusal: 'soon' }, /"soon"/]
  ]
  for (const [option, given, message] of wrong) {
    test(`refuse a bad ${option}: ${JSON.stringify(given)}`, () => {
      const expected = { name: 'OptionError', option, message }
      assert.throws(() => checkLimits(given as LimitOptions), expected)
    })
  }

  test('hold for what is read and shown', async (t) => {
    const limits = { beatBytes: 1_024, nickname: 3, connectionsPerPeer: 2 }
    const aggregator = await startAggregator(t, { limits })
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    stream.send(line(1, 'x'.repeat(1_024)))
    stream.send(line(2, 'zoë the fox'))
    await until('the second line', () => rowOf(aggregator, node)?.height === '2')
    assert.equal(rowOf(aggregator, node)?.nickname, 'zoë')
    assert.equal(aggregator.counts.malformed['too-long'], 1)
  })
})

describe('lists of peers', () => {
  test('deny a peer, and say so to it', async (t) => {
    const node = await startPlainNode(t)
    const other = await startPlainNode(t)
    const aggregator = await startAggregator(t, { deny: [node.peerId.toString()] })
    const refused = await openLeg(node, aggregator)
    await until('the answer', () => refused.acks.length === 1)
    assert.equal(refused.acks[0]?.reason, 'refused')
    await closed(refused.stream)
    const taken = await openLeg(other, aggregator)
    assert.equal((await taken.beat(1)).reason, undefined)
    assert.equal(rowOf(aggregator, node), undefined)
  })

  test('allow those that are listed, and nobody else', async (t) => {
    const node = await startPlainNode(t)
    const other = await startPlainNode(t)
    const aggregator = await startAggregator(t, { allow: [node.peerId.toString()] })
    const taken = await openLeg(node, aggregator)
    assert.equal((await taken.beat(1)).reason, undefined)
    const refused = await openLeg(other, aggregator)
    await until('the answer', () => refused.acks.length === 1)
    assert.equal(refused.acks[0]?.reason, 'refused')
    assert.equal(rowOf(aggregator, other), undefined)
  })

  test('are refused when a word in them is no peer id', () => {
    assert.deepEqual(checkPeers([PEER], 'allow'), new Set([PEER]))
    for (const bad of ['all', [7], ['QmNot'], [`${PEER}x`]]) {
      assert.throws(() => checkPeers(bad, 'deny'), { name: 'OptionError', option: 'deny' })
    }
  })
})
