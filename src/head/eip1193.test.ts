import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../timing/fake-clock.ts'
import { CALIBRATION, MAINNET } from '../timing/index.ts'
import { type Eip1193Init, eip1193Head } from './eip1193.ts'
import { Recorder } from './lotus-server.kit.test.ts'

const { signal } = new AbortController()

// A wallet by its answers; a function is called, so that it can throw or hang.
function setUp(answers: Record<string, unknown>, init: Eip1193Init = {}) {
  const wallet: Record<string, unknown> = { eth_chainId: '0x13a', ...answers }
  const asked: string[] = []
  const provider = {
    request: async ({ method }: { method: string }): Promise<unknown> => {
      asked.push(method)
      const answer = wallet[method]
      return typeof answer === 'function' ? answer() : answer
    }
  }
  return { wallet, asked, source: eip1193Head(provider, init) }
}

test('tells the height alone, one above the block that the wallet knows', async () => {
  const { source } = setUp({ eth_blockNumber: '0x3d0900' })
  assert.deepEqual(await source.read(signal), { cids: [], height: 4_000_001n })
})

test('reads hexadecimal of either case, and the largest number that leaves room', async () => {
  const { source, wallet } = setUp({ eth_blockNumber: '0xAbC' })
  assert.equal((await source.read(signal)).height, 0xabdn)
  wallet.eth_blockNumber = '0xfffffffffffffffe'
  assert.equal((await source.read(signal)).height, 2n ** 64n - 1n)
})

for (const answer of [
  '',
  '0x',
  '7',
  '0xg',
  '-0x1',
  '0x1 ',
  '0xffffffffffffffff',
  '0x10000000000000000'
]) {
  test(`refuses "${answer}" as a block number`, async () => {
    const { source } = setUp({ eth_blockNumber: answer })
    await assert.rejects(source.read(signal), {
      name: 'HeadError',
      source: 'wallet provider',
      message: `wallet provider: eth_blockNumber answered "${answer}", not a hexadecimal quantity`
    })
  })
}

test('refuses what is no text as a block number', async () => {
  for (const answer of [undefined, null, 7, 7n, {}]) {
    const { source } = setUp({ eth_blockNumber: answer })
    const message = new RegExp(`eth_blockNumber answered ${typeof answer}, not a hex`)
    await assert.rejects(source.read(signal), { name: 'HeadError', message })
  }
})

test('refuses the blocks of another chain', async () => {
  const { asked, source, wallet } = setUp({ eth_chainId: '0x1', eth_blockNumber: '0x1406f40' })
  await assert.rejects(source.read(signal), {
    message: 'wallet provider: the wallet is on chain 1, not on 314'
  })
  assert.deepEqual(asked, ['eth_chainId'])
  wallet.eth_chainId = '0x13a'
  assert.equal((await source.read(signal)).height, 0x1406f41n)
})

test('expects the chain that it is given', async () => {
  const onCalibration = { eth_chainId: '0x4cb2f', eth_blockNumber: '0x1' }
  assert.equal((await setUp(onCalibration, { chain: CALIBRATION }).source.read(signal)).height, 2n)
  await assert.rejects(setUp(onCalibration, { chain: MAINNET }).source.read(signal), /chain 314159/)
  assert.equal((await setUp(onCalibration, { chainId: 314_159 }).source.read(signal)).height, 2n)
})

test('asks a wallet on a chain of its own for no chain id', async () => {
  const chain = { genesisTimestamp: 0, epochPeriod: 1_000 }
  const { asked, source } = setUp({ eth_blockNumber: '0x1' }, { chain })
  await source.read(signal)
  assert.deepEqual(asked, ['eth_blockNumber'])
})

test('tells what a wallet throws, which is a plain object as often as an error', async () => {
  const { source, wallet } = setUp({})
  const cause = { code: 4900, message: 'disconnected' }
  wallet.eth_blockNumber = () => Promise.reject(cause)
  await assert.rejects(source.read(signal), {
    name: 'HeadError',
    message: 'wallet provider: eth_blockNumber failed: code 4900: "disconnected"',
    cause
  })
  wallet.eth_blockNumber = () => {
    throw new Error('locked')
  }
  await assert.rejects(source.read(signal), /eth_blockNumber failed: locked$/)
})

test('gives up on a wallet that never answers', async () => {
  const clock = new FakeClock()
  const init = { clock, timeout: 300, chainId: 314 }
  const { source } = setUp({ eth_chainId: () => new Promise(() => {}) }, init)
  const reading = source.read(signal)
  clock.advance(300)
  await assert.rejects(reading, /^HeadError: wallet provider: eth_chainId took longer than 300 ms$/)
})

test('is polled once an epoch while it is watched', async () => {
  const clock = new FakeClock(MAINNET.genesisTimestamp * 1_000)
  const controller = new AbortController()
  const recorder = new Recorder()
  const { source, wallet } = setUp({ eth_blockNumber: '0x1' }, { clock, random: () => 0 })
  source.watch?.(recorder, controller.signal)
  await clock.tick(29_999)
  assert.deepEqual(recorder.heights, [2])
  wallet.eth_blockNumber = '0x2'
  await clock.tick(1)
  assert.deepEqual(recorder.heights, [2, 3])
  controller.abort()
  await clock.tick(0)
  assert.deepEqual(clock.pending, [])
})
