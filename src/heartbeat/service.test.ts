import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Libp2p, PrivateKey, Stream } from '@libp2p/interface'
import { webSockets } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'
import { HEARTBEAT_PROTOCOL_V1, HEARTBEAT_PROTOCOL_V2 } from '../constants.ts'
import { type Ack, type Beat, decodeBeat, encodeAnswer, MessageReader } from '../wire/index.ts'
import { type Heartbeat, type HeartbeatInit, heartbeat } from './index.ts'

// A stand-in for go-filecoin's aggregator of 2019, on a plain js-libp2p node: it splits on
// newlines, parses JSON, and requires a Head and a Height.
interface Accepted {
  readonly Head: string
  readonly Height: number
  readonly Nickname: string
}

class Aggregator2019 extends EventTarget {
  readonly accepted: Accepted[] = []
  readonly refused: string[] = []
  streams = 0
  readonly node: Libp2p

  static async listen(
    listen = '/ip4/127.0.0.1/tcp/0/ws',
    key?: PrivateKey
  ): Promise<Aggregator2019> {
    const node = await createLibp2p({
      ...plain(),
      ...(key && { privateKey: key }),
      addresses: { listen: [listen] }
    })
    const aggregator = new Aggregator2019(node)
    await node.handle(HEARTBEAT_PROTOCOL_V1, (stream) => aggregator.follow(stream))
    return aggregator
  }

  constructor(node: Libp2p) {
    super()
    this.node = node
  }

  get address(): string {
    return String(this.node.getMultiaddrs()[0])
  }

  follow(stream: Stream): void {
    this.streams++
    let text = ''
    stream.addEventListener('message', ({ data }) => {
      text += new TextDecoder().decode(data.subarray())
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) this.read(line)
    })
    stream.addEventListener('close', () => {
      this.streams--
      this.dispatchEvent(new Event('left'))
    })
  }

  read(line: string): void {
    const beat = JSON.parse(line)
    if (typeof beat.Head !== 'string' || typeof beat.Height !== 'number') this.refused.push(line)
    else this.accepted.push(beat)
    this.dispatchEvent(new Event('beat'))
  }

  async beats(count: number): Promise<void> {
    while (this.accepted.length + this.refused.length < count) await once(this, 'beat')
  }
}

function plain() {
  return {
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()]
  }
}

// Compiles only while the structural types fit the real libp2p.
async function wallet(init: HeartbeatInit): Promise<Libp2p<{ heartbeat: Heartbeat }>> {
  return await createLibp2p({ ...plain(), services: { heartbeat: heartbeat(init) } })
}

const CID = 'bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'
let height = 100n
const head = () => ({ cids: [CID], height: height++ })

test("sends beats that go-filecoin's aggregator accepts, from a plain libp2p node", async () => {
  const aggregator = await Aggregator2019.listen()
  const node = await wallet({
    beatTarget: aggregator.address,
    beatPeriod: 50,
    head,
    nickname: 'Bob <3'
  })
  await aggregator.beats(3)
  assert.deepEqual(aggregator.refused, [])
  const [first, second] = aggregator.accepted
  assert.equal(first?.Head, `{ ${CID} }`)
  assert.equal(first?.Nickname, 'Bob <3')
  assert.equal(Number(second?.Height), Number(first?.Height) + 1)
  await node.stop()
  await aggregator.node.stop()
})

test('ends its stream in order when the node stops', async () => {
  const aggregator = await Aggregator2019.listen()
  const node = await wallet({ beatTarget: aggregator.address, beatPeriod: 50, head })
  await aggregator.beats(1)
  const left = once(aggregator, 'left')
  await node.stop()
  await left
  assert.equal(aggregator.streams, 0)
  await aggregator.node.stop()
})

test('goes on after the aggregator restarted, by itself', async () => {
  const key = await generateKeyPair('Ed25519')
  const first = await Aggregator2019.listen(undefined, key)
  const beatTarget = first.address
  const node = await wallet({ beatTarget, beatPeriod: 50, reconnectPeriod: 100, head })
  await first.beats(3)
  const lost = once(node.services.heartbeat, 'target:lost')
  await first.node.stop()
  await lost
  const second = await Aggregator2019.listen(beatTarget.replace(/\/p2p\/.*/, ''), key)
  await second.beats(2)
  assert.deepEqual(second.refused, [])
  await node.stop()
  await second.node.stop()
})

// An aggregator that answers every beat of version 2, as it is told to.
async function answering(answer: (beat: Beat) => Ack): Promise<{ node: Libp2p; address: string }> {
  const node = await createLibp2p({
    ...plain(),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] }
  })
  await node.handle(HEARTBEAT_PROTOCOL_V2, (stream) => {
    const reader = new MessageReader()
    stream.addEventListener('message', ({ data }) => {
      for (const result of reader.push(data.subarray())) {
        if ('message' in result) stream.send(encodeAnswer(answer(decodeBeat(result.message))))
      }
    })
  })
  return { node, address: String(node.getMultiaddrs()[0]) }
}

test('tells what an aggregator of version 2 answers to each beat', async () => {
  const beats: Beat[] = []
  const { node: aggregator, address } = await answering((beat) => {
    beats.push(beat)
    return { type: 'ack', seq: beat.seq, networkHeight: 9n }
  })
  const node = await wallet({ beatTarget: address, beatPeriod: 50, head })
  for (let seq = 1; seq <= 3; seq++) {
    const [{ detail }] = await once(node.services.heartbeat, 'beat:acknowledged')
    assert.equal(detail.to, aggregator.peerId.toString())
    assert.deepEqual(detail.ack, { type: 'ack', seq, networkHeight: 9n })
    assert.ok(detail.rtt > 0)
  }
  assert.deepEqual(
    beats.map(({ seq, next }) => [seq, next]).slice(0, 3),
    [1, 2, 3].map((seq) => [seq, 50])
  )
  await node.stop()
  await aggregator.stop()
})

test('tells why an aggregator does not take its beats, and sends it no more', async () => {
  const { node: aggregator, address } = await answering(({ seq }) => ({
    type: 'ack',
    seq,
    reason: 'wrong-network'
  }))
  const node = await wallet({ beatTarget: address, beatPeriod: 50, head })
  const [{ detail }] = await once(node.services.heartbeat, 'beat:rejected')
  assert.deepEqual(detail, { to: aggregator.peerId.toString(), reason: 'wrong-network' })
  await node.stop()
  await aggregator.stop()
})

test('tells that a target is suspect when it does not answer', async () => {
  const node = await createLibp2p({
    ...plain(),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] }
  })
  await node.handle(HEARTBEAT_PROTOCOL_V2, () => {})
  const beatTarget = String(node.getMultiaddrs()[0])
  const mute = await wallet({ beatTarget, beatPeriod: 50, head })
  const [{ detail }] = await once(mute.services.heartbeat, 'target:suspect')
  assert.deepEqual(detail, { to: node.peerId.toString() })
  await mute.stop()
  await node.stop()
})

test('beats to several targets, each at its own pace', async () => {
  const [fast, slow] = await Promise.all([Aggregator2019.listen(), Aggregator2019.listen()])
  const node = await wallet({
    beatTarget: fast.address,
    beatPeriod: 50,
    head,
    furtherTargets: [{ beatTarget: slow.address, beatPeriod: '10m' }]
  })
  await Promise.all([fast.beats(4), slow.beats(1)])
  assert.equal(slow.accepted.length, 1)
  await node.stop()
  await Promise.all([fast.node.stop(), slow.node.stop()])
})

test('tells of beats that leave and of targets that cannot be reached', async () => {
  const aggregator = await Aggregator2019.listen()
  const gone = aggregator.address.replace(/tcp\/\d+/, 'tcp/1')
  const node = await wallet({
    beatTarget: aggregator.address,
    beatPeriod: 50,
    head,
    furtherTargets: [{ beatTarget: gone.replace(/p2p\/.*/, `p2p/${OTHER}`), reconnectPeriod: 50 }]
  })
  const [[sent], [failed]] = await Promise.all([
    once(node.services.heartbeat, 'beat:sent'),
    once(node.services.heartbeat, 'target:failed')
  ])
  assert.equal(sent.detail.to, aggregator.node.peerId.toString())
  assert.equal(sent.detail.beat.head[0], CID)
  assert.equal(failed.detail.to, OTHER)
  assert.ok(failed.detail.error instanceof Error)
  await node.stop()
  await aggregator.node.stop()
})

test('beats as soon as a source that follows the chain has its first head', async () => {
  const aggregator = await Aggregator2019.listen()
  let tell: () => void = () => {}
  let known: ReturnType<typeof head> | undefined
  const node = await wallet({
    beatTarget: aggregator.address,
    beatPeriod: '10m',
    head: {
      name: 'late',
      read: async () => {
        if (known === undefined) throw new Error('no head yet')
        return known
      },
      watch: (observer) => {
        tell = () => {
          known = head()
          observer.head(known)
        }
      }
    }
  })
  await once(node.services.heartbeat, 'beat:skipped')
  tell()
  await aggregator.beats(1)
  await node.stop()
  await aggregator.node.stop()
})

const OTHER = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
