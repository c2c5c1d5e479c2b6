import { expect, test } from './kit/fixtures.ts'

const FAST = { 'beat-period': '500ms', 'reconnect-period': '1s' }

/** Longest wait of a wallet between two tries, in ms. */
const LONGEST_WAIT = 60_000

const relayedWays = [
  ['websocket relayed', 'beating/relayed'],
  ['websocket relayed webrtc', 'beating/webrtc']
] as const

for (const [routes, way] of relayedWays) {
  test(`beats go on after the relay was killed for 5 s and came back (${routes})`, async ({
    wallet,
    services
  }) => {
    test.setTimeout(2 * LONGEST_WAIT)
    const { target, relayAddress: relay } = services
    await wallet.embed({ ...FAST, target, relay, routes })
    await wallet.start()
    await expect.poll(() => wallet.way()).toBe(way)
    await services.stopRelay()
    await wallet.page.waitForFunction((since) => Date.now() - since > 5_000, Date.now())
    if (!routes.includes('webrtc')) expect(await wallet.way()).toMatch(/failing|connecting/)
    await services.restartRelay()
    // Both ends have backed off: each comes back when its next try is due.
    await expect.poll(() => services.isReserved).toBe(true)
    await expect.poll(() => wallet.way(), { timeout: LONGEST_WAIT }).toMatch(/^beating/)
    const { beats = 0 } = (await services.nodes())[0] ?? {}
    await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(beats + 2)
    expect(await wallet.way()).toMatch(/^beating/)
  })
}

const allWays = [
  ['websocket', 'websocket'],
  ['relayed', 'websocket relayed'],
  ['webrtc', 'websocket relayed webrtc']
] as const

for (const [way, routes] of allWays) {
  test(`beats go on after the aggregator was restarted (${way})`, async ({
    wallet,
    services,
    site
  }) => {
    const { directAddress, relayAddress: relay } = services
    const target = way === 'websocket' ? directAddress : services.target
    await wallet.embed({ ...FAST, target, relay, routes })
    await wallet.start()
    await expect.poll(() => wallet.way()).toBe(`beating/${way}`)
    await services.stopAggregator()
    await expect.poll(() => wallet.way()).toMatch(/failing|connecting/)
    await services.restartAggregator(site.origin)
    await expect
      .poll(async () => (await services.nodes())[0])
      .toMatchObject({ route: way, connected: true })
    const { beats = 0 } = (await services.nodes())[0] ?? {}
    await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(beats + 2)
    expect(await wallet.way()).toBe(`beating/${way}`)
  })
}

test('a wallet says which layer fails, and when it tries again', async ({ wallet, services }) => {
  const { target, relayAddress: relay } = services
  await services.stopRelay()
  await wallet.embed({ ...FAST, target, relay })
  await wallet.start()
  await expect.poll(() => wallet.state()).toMatchObject({ phase: 'failing', layer: 'relay' })
  await wallet.openPanel()
  await expect(wallet.page.getByRole('dialog')).toContainText(
    'The relay 127.0.0.1 has been silent since'
  )
  await expect(wallet.page.getByRole('dialog')).toContainText('This concerns status reports only.')
  await services.restartRelay()
  await wallet.page.getByRole('button', { name: 'Try now' }).click()
  await expect.poll(() => wallet.way()).toMatch(/^beating/)
})

test('a device without a network is told apart from a relay that is down', async ({
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await services.stopRelay()
  await wallet.embed({ ...FAST, target, relay })
  await wallet.start()
  await wallet.page.context().setOffline(true)
  await expect.poll(() => wallet.state()).toMatchObject({ phase: 'offline' })
  await services.restartRelay()
  await wallet.page.context().setOffline(false)
  await expect.poll(() => wallet.way()).toMatch(/^beating/)
})

test('a wallet that loses its network while it beats blames the device, not the relay', async ({
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ ...FAST, target, relay, routes: 'relayed' })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/relayed')
  const phases = await wallet.phases()
  await wallet.page.context().setOffline(true)
  await wallet.page.waitForFunction(() => !navigator.onLine)
  await wallet.painted()
  // Open WebSockets outlive that in Chromium: they end with the relay.
  await services.stopRelay()
  await expect.poll(() => wallet.state()).toMatchObject({ phase: 'offline' })
  expect(await phases()).not.toContain('failing')
  await services.restartRelay()
  await wallet.page.context().setOffline(false)
  await expect.poll(() => wallet.way()).toBe('beating/relayed')
})
