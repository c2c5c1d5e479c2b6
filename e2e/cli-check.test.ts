// `check` against operators that are well and that are not.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { NOBODY, rosterOf, run, startAggregator, startRelay } from './kit/cli-programs.ts'
import { keptPort } from './kit/kept-port.ts'

test('check finds each way of a healthy operator in order, and puts nobody into the roster', async (t) => {
  const relay = await startRelay(t)
  const { address, api, program } = await startAggregator(t, { flags: ['--relay', relay.address] })
  await program.logged('can be reached through the relay')
  const { code, output } = await run(t, ['check', address, '--relay', relay.address, '--json'])
    .ended
  const rows = output.split('\n').map((line) => JSON.parse(line))
  assert.deepEqual(
    rows.map(({ way, works }) => [way, works]),
    [
      ['websocket', true],
      ['relayed', true],
      ['webrtc', true]
    ]
  )
  assert.equal(code, 0)
  assert.deepEqual(await rosterOf(api), [])
  const beat = await run(t, ['check', address, '--beat']).ended
  assert.equal(beat.code, 0, beat.output)
  const [node] = await rosterOf(api)
  assert.deepEqual([node?.nickname, node?.status], ['fil-heartbeat check', 'left'])
})

test('check says of a broken operator what fails, and at which layer', async (t) => {
  const listen = `/ip4/127.0.0.1/tcp/${await keptPort()}/ws`
  const relay = await startRelay(t, listen)
  const { address, peerId, api, program } = await startAggregator(t, {
    flags: ['--relay', relay.address]
  })
  await program.logged('can be reached through the relay')
  const problems = async (...args: string[]): Promise<string[]> => {
    const { code, output } = await run(t, ['check', ...args, '--json']).ended
    assert.equal(code, 1, output)
    return output.split('\n').map((line) => JSON.parse(line).problem)
  }
  const wrong = address.replace(peerId, NOBODY)
  const port = new URL(api).port
  assert.match((await problems(wrong))[0] ?? '', new RegExp(`^peer id: ${peerId} answers there`))
  const web = `/ip4/127.0.0.1/tcp/${port}/ws/p2p/${peerId}`
  assert.match((await problems(web))[0] ?? '', /^websocket: .*a web server, with status/)
  const mute = createServer((socket) => socket.on('error', () => {}).end('220 mail\r\n')).listen(
    0,
    '127.0.0.1'
  )
  await once(mute, 'listening')
  t.after(() => mute.close())
  const plain = `/ip4/127.0.0.1/tcp/${(mute.address() as { port: number }).port}/ws/p2p/${peerId}`
  assert.match((await problems(plain))[0] ?? '', /^websocket: .*speaks another protocol/)
  assert.match(
    (await problems(relay.address))[0] ?? '',
    /^protocol: it answers, but takes no heartbeats/
  )

  await program.stop()
  const [direct, ...circuits] = await problems(address, '--relay', relay.address)
  assert.match(direct ?? '', /^tcp: .*the connection is refused/)
  assert.equal(circuits.length, 2)
  for (const each of circuits) assert.match(each, /^relay: the aggregator has no reservation there/)

  await relay.program.stop()
  const dead = await problems(`/p2p/${peerId}`, '--relay', relay.address)
  assert.equal(dead.length, 2)
  for (const each of dead) assert.match(each, /^tcp: .*the connection is refused/)
})
