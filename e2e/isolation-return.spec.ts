// A page is left and come back to, with the network code in a frame. A browser keeps such pages only
// without the switches that Playwright gives it.

import { GENTLE_SWITCHES, leave } from './kit/browser-faults.ts'
import { chromiumPath } from './kit/chromium.ts'
import { beatInFrame, expect, FAST, standing, test } from './kit/framed.ts'

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
  await beatInFrame(wallet, services)
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

test('a page on its way out loses its frame only when it is back', async ({ wallet, services }) => {
  await beatInFrame(wallet, services)
  const frame = await wallet.page.locator('iframe').elementHandle()
  // Between the two events a browser may run what is due, or nothing.
  const isThere = await wallet.page.evaluate(async () => {
    const closed = Promise.withResolvers<void>()
    const { close } = MessagePort.prototype
    MessagePort.prototype.close = function () {
      close.call(this)
      closed.resolve()
    }
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    await closed.promise
    MessagePort.prototype.close = close
    const isThere = document.querySelectorAll('iframe').length === 1
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    return isThere
  })
  expect(isThere).toBe(true)
  await expect.poll(() => frame?.evaluate((frame) => frame.isConnected)).toBe(false)
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  await expect(wallet.page.locator('iframe')).toHaveCount(1)
})

test('a page that is left while its frame does not answer yet is kept, too', async ({
  wallet,
  services,
  site
}) => {
  const bare = `${site.origin}/e2e/pages/bare.html`
  await wallet.embed({ ...FAST, 'frame-url': bare, target: services.directAddress })
  await wallet.start()
  await expect.poll(() => standing(wallet)).toBe(1)
  await wallet.page.frameLocator('iframe').locator('body').waitFor({ state: 'attached' })
  const back = await leave(wallet.page, bare)
  expect(await back()).toBe(true)
  await expect.poll(async () => (await wallet.state()).phase).toBe('connecting')
  await expect.poll(() => standing(wallet)).toBe(1)
})
