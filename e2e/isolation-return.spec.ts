// A page is left and come back to, with the network code in a frame. A browser keeps such pages only
// without the switches that Playwright gives it.

import { GENTLE_SWITCHES, leave } from './kit/browser-faults.ts'
import { chromiumPath } from './kit/chromium.ts'
import { test as base, expect, Wallet } from './kit/fixtures.ts'

const test = base.extend({
  wallet: async ({ page, site }, use) => {
    const wallet = await Wallet.open(page, site, 'framing.html')
    await use(wallet)
    expect(wallet.complaints).toEqual([])
  }
})

test.use({
  launchOptions: {
    executablePath: await chromiumPath(),
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
    ignoreDefaultArgs: GENTLE_SWITCHES
  }
})

test('the frame says farewell when its page is left, and another begins when the page is back', async ({
  wallet,
  services,
  site
}) => {
  await wallet.embed({
    isolation: 'frame',
    'frame-url': '/dist/frame.html',
    'beat-period': '500ms',
    'reconnect-period': '1s',
    target: services.directAddress
  })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  const back = await leave(wallet.page, `${site.origin}/e2e/pages/bare.html`)
  // Far sooner than a tab is taken for gone that says nothing.
  await expect
    .poll(async () => (await services.nodes())[0], { timeout: 5_000 })
    .toMatchObject({ status: 'left', connected: false })
  expect(await back()).toBe(true)
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  await expect(wallet.page.locator('iframe')).toHaveCount(1)
  await expect
    .poll(async () => (await services.nodes()).filter(({ connected }) => connected))
    .toHaveLength(1)
})
