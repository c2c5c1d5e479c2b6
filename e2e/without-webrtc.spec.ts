// Browsers and policies that take WebRTC away from a page.

import { expect, test } from './kit/fixtures.ts'

const FAST = { 'beat-period': '500ms', 'reconnect-period': '1s' }

test('a wallet whose browser has no WebRTC goes on through the relay', async ({
  feed,
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await wallet.page.addInitScript(() => {
    Reflect.deleteProperty(window, 'RTCPeerConnection')
  })
  await wallet.page.reload()
  expect(await wallet.page.evaluate(() => 'RTCPeerConnection' in window)).toBe(false)
  await wallet.embed({ ...FAST, target, relay })
  await wallet.start()
  await expect.poll(() => wallet.state()).toMatchObject({ phase: 'beating', upgrade: 'off' })
  await expect.poll(() => feed.rows.at(-1)?.beats).toBeGreaterThan(3)
  expect(feed.routes).toEqual(['relayed'])
  expect(await wallet.state()).toMatchObject({ route: 'relayed', upgrade: 'off' })
})

test('a wallet whose browser refuses WebRTC goes on through the relay, and says so', async ({
  feed,
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await wallet.page.addInitScript(() => {
    window.RTCPeerConnection = class {
      constructor() {
        throw new DOMException('refused by policy', 'NotAllowedError')
      }
    } as never
  })
  await wallet.page.reload()
  await wallet.embed({ ...FAST, target, relay })
  await wallet.start()
  await expect.poll(() => wallet.state()).toMatchObject({ phase: 'beating', upgrade: 'trying' })
  await expect
    .poll(() => wallet.state(), { timeout: 40_000 })
    .toMatchObject({ phase: 'beating', upgrade: 'failed' })
  const { beats = 0 } = feed.rows.at(-1) ?? {}
  await expect.poll(() => feed.rows.at(-1)?.beats).toBeGreaterThan(beats + 2)
  expect(feed.routes).toEqual(['relayed'])
  expect(await wallet.state()).toMatchObject({ route: 'relayed', upgrade: 'failed' })
})
