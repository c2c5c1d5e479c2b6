import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAILURE_REPEAT_PERIOD } from '../constants.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import { Genesis, parseMessage, parseNodeUrl, parseTipset, readResult } from './lotus.ts'
import { bareHeadAt, GENESIS_CID, headAt, tipset } from './lotus-server.kit.test.ts'

const { signal } = new AbortController()

test('reads CIDs, height and time from a tipset', () => {
  assert.deepEqual(parseTipset(tipset(100), 'node'), bareHeadAt(100))
})

test('reads a tipset that comes without its blocks', () => {
  const { Cids } = tipset(100)
  for (const Blocks of [undefined, null, []]) {
    const head = parseTipset({ Cids, Blocks, Height: 100 }, 'node')
    assert.deepEqual(head, { cids: headAt(100).cids, height: 100n })
  }
})

const BAD: ReadonlyArray<readonly [string, unknown, RegExp]> = [
  ['null', null, /no Cids/],
  ['a text', 'tipset', /no Cids/],
  ['no Cids', { Height: 1 }, /no Cids/],
  ['empty Cids', { Cids: [], Height: 1 }, /no Cids/],
  ['a CID that is a text', { Cids: ['bafya'], Height: 1 }, /head\.cids\[0\]/],
  ['a CID that is null', { Cids: [null], Height: 1 }, /head\.cids\[0\]/],
  ['33 blocks', { Cids: Array(33).fill({ '/': 'b' }), Height: 1 }, /more than 32/],
  ['no Height', { Cids: [{ '/': 'b' }] }, /no Height/],
  ['a Height that is a text', { Cids: [{ '/': 'b' }], Height: '1' }, /no Height/],
  ['a Height below 0', { Cids: [{ '/': 'b' }], Height: -1 }, /head\.height/],
  ['a Height with a fraction', { Cids: [{ '/': 'b' }], Height: 1.5 }, /head\.height/],
  ['a Height beyond 2^53', { Cids: [{ '/': 'b' }], Height: 2 ** 53 }, /head\.height/],
  [
    'a Timestamp that is a text',
    { Cids: [{ '/': 'b' }], Height: 1, Blocks: [{ Timestamp: '1' }] },
    /head\.timestamp/
  ]
]

for (const [what, value, message] of BAD) {
  test(`refuses a tipset that is or has ${what}`, () => {
    assert.throws(() => parseTipset(value, 'node'), { name: 'HeadError', message })
  })
}

test('tells an error that a node answered, cut to one short line', () => {
  const error = { code: -32601, message: `no\nsuch method ${'x'.repeat(5_000)}` }
  assert.throws(
    () => readResult({ id: 1, error }, 'node', 'Filecoin.ChainHead'),
    (thrown: unknown) => {
      const { message } = thrown as Error
      assert.match(message, /^node: Filecoin\.ChainHead answered an error: code -32601: "no\\nsuch/)
      assert.ok(message.length < 300)
      return true
    }
  )
  assert.throws(() => readResult({ error: 'x' }, 'node', 'm'), /answered an error: "x"/)
  assert.throws(() => readResult({ error: {} }, 'node', 'm'), /answered an error: "no message"/)
  assert.throws(() => readResult({ id: 1 }, 'node', 'm'), /answered without a result/)
})

test('takes an answer whose error is null', () => {
  assert.equal(readResult({ id: 1, result: 7, error: null }, 'node', 'm'), 7)
})

test('refuses what is no JSON-RPC message', () => {
  assert.throws(() => parseMessage('<html>', 'node'), /^HeadError: node: the answer is not JSON$/)
  for (const text of ['null', '7', '[]', '"text"']) {
    assert.throws(() => parseMessage(text, 'node'), /not a JSON-RPC message/)
  }
})

test('asks for the genesis once', async () => {
  let calls = 0
  const call = async () => {
    calls++
    return { Cids: [{ '/': GENESIS_CID }], Blocks: [], Height: 0 }
  }
  const genesis = new Genesis(new FakeClock())
  const bare = bareHeadAt(1)
  assert.deepEqual(await genesis.addTo(bare, call, 'node', signal), headAt(1))
  assert.deepEqual(await genesis.addTo(bare, call, 'node', signal), headAt(1))
  assert.equal(calls, 1)
})

test('gives heads without genesis when the node does not tell it, and asks again later', async () => {
  const clock = new FakeClock()
  let calls = 0
  const call = async () => {
    if (++calls === 1) throw new Error('no such method')
    return { Cids: [{ '/': GENESIS_CID }], Blocks: [], Height: 0 }
  }
  const genesis = new Genesis(clock)
  const bare = bareHeadAt(1)
  assert.deepEqual(await genesis.addTo(bare, call, 'node', signal), bare)
  clock.advance(FAILURE_REPEAT_PERIOD - 1)
  assert.deepEqual(await genesis.addTo(bare, call, 'node', signal), bare)
  assert.equal(calls, 1)
  clock.advance(1)
  assert.deepEqual(await genesis.addTo(bare, call, 'node', signal), headAt(1))
})

test('does not hold an abort against the node', async () => {
  const genesis = new Genesis(new FakeClock())
  const controller = new AbortController()
  const aborting = async () => {
    controller.abort(new Error('enough'))
    throw controller.signal.reason
  }
  const bare = bareHeadAt(1)
  await assert.rejects(genesis.addTo(bare, aborting, 'node', controller.signal), /enough/)
  const call = async () => ({ Cids: [{ '/': GENESIS_CID }], Blocks: [], Height: 0 })
  assert.deepEqual(await genesis.addTo(bare, call, 'node', signal), headAt(1))
})

test('refuses an address that does not fit, and shows neither password nor token', () => {
  const http = ['http:', 'https:']
  assert.equal(parseNodeUrl('https://node.test/rpc#x', http).href, 'https://node.test/rpc')
  for (const [url, message] of [
    ['s3cret', 'url: not a URL that begins with http:// or https://'],
    [
      'ws://node.test/?token=s3cret',
      'url: "ws://node.test" does not begin with http:// or https://'
    ],
    ['http://me:s3cret@node.test/', 'url: node.test is given with a user or password: use a token']
  ] as const) {
    assert.throws(() => parseNodeUrl(url, http), { name: 'OptionError', message })
  }
})
