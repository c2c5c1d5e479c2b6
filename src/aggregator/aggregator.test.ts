import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { DEFAULT_HTTP_PORT } from '../constants.ts'
import { LOOPBACK, startPlainNode, temporaryFolder, until } from '../net/test-kit.ts'
import { createAggregator } from './index.ts'
import { bytes, closed, line, openStream, rowOf, startAggregator } from './test-kit.ts'

describe('roster', () => {
  test('has no trace of a peer that leaves before its first beat', async (t) => {
    const aggregator = await startAggregator(t)
    const [silent, speaking] = [await startPlainNode(t), await startPlainNode(t)]
    const stream = await openStream(silent, aggregator)
    stream.send(bytes('\n{"Head"'))
    await stream.close()
    await closed(stream)
    await silent.stop()
    const other = await openStream(speaking, aggregator)
    other.send(line(1))
    await until('a beat', () => rowOf(aggregator, speaking) !== undefined)
    assert.equal(aggregator.nodes().length, 1)
  })

  test('keeps a peer that closes one of two connections', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const address = multiaddr(aggregator.addresses[0] ?? '')
    const [first, second] = [await node.dial(address), await node.dial(address, { force: true })]
    assert.notEqual(first.id, second.id)
    const [one, two] = [await openStream(first), await openStream(second)]
    one.send(line(1))
    two.send(line(1))
    await until('two streams', () => rowOf(aggregator, node)?.streams === 2)
    await first.close()
    await until('one stream', () => rowOf(aggregator, node)?.streams === 1)
    assert.equal(rowOf(aggregator, node)?.connected, true)
    two.send(line(9))
    await until('its beat', () => rowOf(aggregator, node)?.height === '9')
    assert.equal(aggregator.nodes().length, 1)
    await second.close()
    await until('it is gone', () => rowOf(aggregator, node)?.connected === false)
  })

  test('drops the row of a peer that is gone for long', async (t) => {
    const aggregator = await startAggregator(t, {}, { goneRowPeriod: 100, sweepPeriod: 20 })
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    stream.send(line(1))
    await until('a beat', () => rowOf(aggregator, node) !== undefined)
    await node.stop()
    await until('it is forgotten', () => aggregator.nodes().length === 0)
  })
})

describe('life of an aggregator', () => {
  test('has the same peer id after a restart', async (t) => {
    const keyFile = join(await temporaryFolder(t), 'key')
    const first = await startAggregator(t, { keyFile })
    await first.stop()
    const second = await startAggregator(t, { keyFile })
    assert.equal(second.peerId, first.peerId)
    assert.ok(second.addresses.every((address) => address.endsWith(`/p2p/${first.peerId}`)))
  })

  test('announces what it is told to', async (t) => {
    const announce = ['/dns4/aggregator.example/tcp/443/wss']
    const aggregator = await startAggregator(t, { announce })
    assert.deepEqual(aggregator.addresses, [`${announce[0]}/p2p/${aggregator.peerId}`])
  })

  test('stops once, resets its streams, and does not start again', async (t) => {
    const aggregator = await startAggregator(t)
    const node = await startPlainNode(t)
    const stream = await openStream(node, aggregator)
    stream.send(line(1))
    await until('a beat', () => rowOf(aggregator, node) !== undefined)
    await Promise.all([aggregator.stop(), aggregator.stop()])
    await aggregator.stop()
    await closed(stream)
    assert.equal(aggregator.httpUrl, undefined)
    assert.equal(rowOf(aggregator, node)?.connected, false)
    await assert.rejects(aggregator.start(), /does not start again/)
  })

  test('can be stopped before it was started, and while it starts', async (t) => {
    const keyFile = join(await temporaryFolder(t), 'key')
    const init = { keyFile, listen: [LOOPBACK], http: { port: 0 } }
    const idle = await createAggregator(init)
    assert.deepEqual([idle.addresses, idle.httpUrl, idle.nodes()], [[], undefined, []])
    await idle.stop()
    const hasty = await createAggregator(init)
    const starting = hasty.start()
    await hasty.stop()
    await starting
    assert.equal(hasty.httpUrl, undefined)
  })

  test('names the address that is taken', async (t) => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const keyFile = join(await temporaryFolder(t), 'key')
    const taken = `/ip4/127.0.0.1/tcp/${port}/ws`
    const first = await createAggregator({ keyFile, listen: [LOOPBACK, taken], http: { port: 0 } })
    await assert.rejects(first.start(), {
      name: 'ListenError',
      address: taken,
      message: /EADDRINUSE/
    })
    const second = await createAggregator({ keyFile, listen: [LOOPBACK], http: { port } })
    const address = `http://127.0.0.1:${port}`
    await assert.rejects(second.start(), { name: 'ListenError', address, message: /EADDRINUSE/ })
    assert.deepEqual(second.addresses, [], 'nothing is left half started')
    await second.stop()
  })

  test('refuses a wrong option where it is given', async () => {
    await assert.rejects(createAggregator({ keyFile: '' }), {
      name: 'OptionError',
      option: 'keyFile'
    })
    const keyFile = import.meta.filename
    const noKey = createAggregator({ keyFile, http: { port: DEFAULT_HTTP_PORT } })
    await assert.rejects(noKey, { name: 'OptionError', option: 'keyFile' })
  })
})
