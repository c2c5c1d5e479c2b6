// The built command line as an operator runs it: real processes, real sockets, signals.

import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  ANY_PORT,
  folder,
  NOBODY,
  rosterOf,
  run,
  startAggregator,
  startBeat,
  startRelay
} from './kit/cli-programs.ts'
import { keptPort } from './kit/kept-port.ts'

test('a light client beats through a relay, climbs to WebRTC, and the operator sees it', async (t) => {
  const relay = await startRelay(t)
  const { peerId, api, program } = await startAggregator(t, { flags: ['--relay', relay.address] })
  await program.logged('can be reached through the relay')
  const flags = ['--target', `/p2p/${peerId}`, '--relay', relay.address]
  const beat = await startBeat(t, [...flags, '--period', '500ms', '--nickname', '007'])
  await beat.beating('relayed')
  const before = await beat.beating('webrtc')
  // The last one by the old way may be answered by then.
  await beat.program.output.find((line) => {
    const { state, acknowledged } = JSON.parse(line)
    return (state.route === 'webrtc' && acknowledged >= before + 2) || undefined
  })
  const [node, ...others] = await rosterOf(api)
  assert.deepEqual(others, [])
  assert.deepEqual([node?.peer, node?.nickname, node?.route], [beat.peerId, '007', 'webrtc'])
  assert.equal((await beat.program.stop()).code, 0)
})

test('nothing that was acknowledged is lost when an aggregator ends while nodes beat', async (t) => {
  const data = await folder(t)
  const first = run(t, [
    'beat',
    '--rpc',
    'http://127.0.0.1:1',
    '--target',
    `/p2p/${NOBODY}`,
    '--data',
    data
  ])
  const { peerId } = await first.logged('is known by this peer id')
  first.kill('SIGKILL')
  const flags = ['--watched', `${peerId}`]
  const listen = `/ip4/127.0.0.1/tcp/${await keptPort()}/ws`
  const aggregator = await startAggregator(t, { flags, listen })
  const beat = await startBeat(t, ['--target', aggregator.address, '--period', '50ms'], data)
  await beat.program.output.find((line) => JSON.parse(line).acknowledged >= 20 || undefined)
  const { code, errors } = await aggregator.program.stop()
  assert.equal(code, 0, errors)
  const { output } = await beat.program.stop()
  const { acknowledged } = JSON.parse(output.split('\n').at(-1) ?? '')
  assert.ok(acknowledged >= 20)
  const again = await startAggregator(t, { flags, listen, data: aggregator.data })
  const history = await (await fetch(`${again.api}/nodes/${peerId}/history`)).json()
  const kept = history.points.reduce((sum: number, { beats }: { beats: number }) => sum + beats, 0)
  assert.ok(kept >= acknowledged, `${kept} of ${acknowledged} are there`)
})

test('a program whose output nobody reads any more ends in order', async (t) => {
  const aggregator = await startAggregator(t)
  const beat = await startBeat(t, ['--target', aggregator.address, '--period', '50ms'])
  await beat.beating('websocket')
  beat.program.closeOutput()
  const { code, errors } = await beat.program.ended
  assert.equal(code, 0, errors)
  assert.match(errors, /"msg":"beats no more"/)
})

test('a second signal ends a program at once', async (t) => {
  const { program } = await startAggregator(t)
  // Both wait until it goes on, so that neither finds it ended.
  program.kill('SIGSTOP')
  program.kill('SIGINT')
  program.kill('SIGTERM')
  program.kill('SIGCONT')
  const { code } = await program.ended
  assert.ok(code === 130 || code === 143, `it ended with ${code}`)
})

test('up ties relay, aggregator and dashboard together, in a folder of its owner', async (t) => {
  const state = join(await folder(t), 'state')
  const any = '127.0.0.1:0'
  const relay = ['--relay-listen', ANY_PORT, '--relay-http', any]
  const ports = ['--listen', ANY_PORT, '--http', any, ...relay]
  const program = run(t, ['up', ...ports], { STATE_DIRECTORY: state, XDG_STATE_HOME: '/nowhere' })
  const { http } = await program.logged('the aggregator listens')
  await program.logged('can be reached through the relay')
  assert.match(program.output.text, /<fil-heartbeat target="\/ip4\/\S+" relay="\/ip4\/\S+"/)
  const page = await fetch(`${http}/`)
  assert.match(await page.text(), /<script/)
  const modes = await Promise.all(
    ['', 'relay.key', 'aggregator.key'].map(
      async (name) => (await stat(join(state, name))).mode & 0o777
    )
  )
  assert.deepEqual(modes, [0o700, 0o600, 0o600])
  program.kill('SIGHUP')
  assert.equal((await program.ended).code, 0)
})
