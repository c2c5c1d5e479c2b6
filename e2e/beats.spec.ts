import { expect, test } from './kit/fixtures.ts'

const FAST = { 'beat-period': '500ms', 'reconnect-period': '1s', nickname: 'Spec' }

/** Long beside what a busy machine may hold a beat up by, in ms. */
const PERIOD = 1_000

/** What a busy machine may hold a beat up by, in ms. */
const MARGIN = 150

test('a wallet beats straight to an aggregator over WebSocket', async ({ wallet, services }) => {
  await wallet.embed({ ...FAST, target: services.directAddress })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(2)
  const [node] = await services.nodes()
  expect(node).toMatchObject({
    nickname: 'Spec',
    route: 'websocket',
    connected: true,
    malformed: 0
  })
  // An epoch may begin between the two looks.
  const lag = Number((await wallet.view())?.height) - Number(node?.height)
  expect([0, 1]).toContain(lag)
})

test('a wallet beats through a relay', async ({ wallet, services }) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ ...FAST, target, relay, routes: 'websocket relayed' })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/relayed')
  await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(2)
  const [node] = await services.nodes()
  expect(node).toMatchObject({ route: 'relayed', connected: true })
  expect(await wallet.peerConnections()).toBe(0)
})

test('a wallet beats at once through the relay, then over WebRTC, and goes on when the relay is killed', async ({
  feed,
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ ...FAST, 'beat-period': `${PERIOD}ms`, target, relay })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/webrtc')
  const { beats: moved = 0 } = feed.rows.at(-1) ?? {}
  await expect.poll(() => feed.rows.at(-1)?.beats).toBeGreaterThan(moved + 2)
  expect(feed.routes).toEqual(['relayed', 'webrtc'])
  expect(feed.longestGap).toBeLessThan(1.5 * PERIOD + MARGIN)
  expect(await wallet.iceServers()).toEqual([])
  await services.stopRelay()
  const { beats = 0 } = (await services.nodes())[0] ?? {}
  await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(beats + 4)
  expect(await wallet.way()).toBe('beating/webrtc')
  expect(await services.nodes()).toHaveLength(1)
})

test('a wallet that may only use WebRTC never beats through the relay', async ({
  feed,
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ ...FAST, target, relay, routes: 'webrtc' })
  await wallet.start()
  await expect.poll(() => feed.rows.at(-1)?.beats).toBeGreaterThan(2)
  expect(feed.routes).toEqual(['webrtc'])
  // The feed passes over what is soon followed by more: no beat was among that.
  const beats = [...new Set(feed.rows.map(({ beats }) => beats))]
  expect(beats).toEqual(beats.map((_, at) => at + 1))
})

test('stop() closes every connection, and the other end sees it', async ({ wallet, services }) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ ...FAST, target, relay })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/webrtc')
  expect(services.relayConnections).toBe(2)
  await wallet.stop()
  expect(await wallet.state()).toEqual({ phase: 'idle' })
  await expect.poll(() => services.relayConnections).toBe(1)
  await expect
    .poll(async () => (await services.nodes())[0])
    .toMatchObject({ connected: false, streams: 0 })
  await expect.poll(() => wallet.sockets.every((socket) => socket.isClosed())).toBe(true)
  expect(await wallet.peerConnections()).toBe(0)
})

test('a wallet can stop and start again, time after time', async ({ wallet, services }) => {
  await wallet.embed({ ...FAST, target: services.directAddress })
  for (let round = 0; round < 5; round++) {
    await wallet.start()
    await expect.poll(() => wallet.way()).toBe('beating/websocket')
    await wallet.stop()
  }
  expect(wallet.sockets).toHaveLength(5)
  await expect.poll(() => wallet.sockets.every((socket) => socket.isClosed())).toBe(true)
  await expect
    .poll(async () => (await services.nodes()).filter(({ connected }) => connected))
    .toEqual([])
})
