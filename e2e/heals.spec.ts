import { expect, test } from './kit/fixtures.ts'

const FAST = { 'beat-period': '500ms', 'reconnect-period': '1s' }

for (const routes of ['websocket relayed', 'websocket relayed webrtc']) {
  test(`beats go on after the relay was killed for 5 s and came back (${routes})`, async ({
    wallet,
    services
  }) => {
    const { target, relayAddress: relay } = services
    await wallet.embed({ ...FAST, target, relay, routes })
    await wallet.start()
    await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(1)
    await services.stopRelay()
    await wallet.page.waitForFunction((since) => Date.now() - since > 5_000, Date.now())
    if (!routes.includes('webrtc')) expect(await wallet.way()).toMatch(/failing|connecting/)
    await services.restartRelay()
    const { beats = 0 } = (await services.nodes())[0] ?? {}
    await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(beats + 2)
    expect(await wallet.way()).toMatch(/^beating/)
  })
}

test('beats go on after the aggregator was restarted', async ({ wallet, services, site }) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ ...FAST, target, relay, routes: 'websocket relayed' })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/relayed')
  await services.stopAggregator()
  await expect.poll(() => wallet.way()).toMatch(/failing|connecting/)
  await services.restartAggregator(site.origin)
  await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(2)
  expect(await wallet.way()).toBe('beating/relayed')
})

test('a wallet says which layer fails, and when it tries again', async ({ wallet, services }) => {
  const { target, relayAddress: relay } = services
  await services.stopRelay()
  await wallet.embed({ ...FAST, target, relay })
  await wallet.start()
  await expect.poll(() => wallet.state()).toMatchObject({ phase: 'failing', layer: 'relay' })
  await wallet.page.locator('fil-heartbeat').click()
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
