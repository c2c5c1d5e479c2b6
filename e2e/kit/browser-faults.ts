// What can happen to a page in its browser. Each fault is the real thing: where a browser could be
// made to pretend, it is checked that it did not.

import type { BrowserContext, CDPSession, Page } from 'playwright/test'
import { nextLook } from './fault-network.ts'

/**
 * Switches of Playwright's under which hidden pages are not throttled and none is kept in the
 * back-forward cache: without them a browser does both, as its users' do.
 */
export const GENTLE_SWITCHES: string[] = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-back-forward-cache'
]

/** For how long a fault lasts, in ms: part of the fault, and not a wait for something. */
export async function lasts(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}

/** The device loses its network, or has it again. Sockets that are open outlive it: cut those too. */
export async function setOffline(page: Page, offline: boolean): Promise<void> {
  await page.context().setOffline(offline)
}

/** Another tab comes in front, and the page is really hidden. @returns what shows it again */
export async function hide(page: Page): Promise<() => Promise<void>> {
  await letHide(page)
  const front = await page.context().newPage()
  await front.bringToFront()
  await becomes(page, 'hidden')
  return async () => {
    await page.bringToFront()
    await front.close()
    await becomes(page, 'visible')
  }
}

/** Keeps the page's main thread busy. Resolves when it is over, in ms. */
export async function stall(page: Page, ms: number): Promise<void> {
  await page.evaluate((ms) => {
    const end = performance.now() + ms
    while (performance.now() < end);
  }, ms)
}

/** Leaves for another page. @returns what goes back, telling whether the page came out of the cache */
export async function leave(page: Page, elsewhere: string): Promise<() => Promise<boolean>> {
  const url = page.url()
  await page.evaluate(() => Object.assign(window, { hasLeft: true }))
  await page.goto(elsewhere)
  return async () => {
    // Playwright's own way back waits for a load, and a page out of the cache is not loaded.
    await page.evaluate(() => history.back())
    await page.waitForURL(url, { waitUntil: 'commit' })
    return await page.evaluate(() => 'hasLeft' in window)
  }
}

/** The process of the page's tab crashes. */
export async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash')
  // It is never answered.
  page.goto('chrome://crash').catch(() => {})
  await crashed
}

/** Pages opened from now on have no WebRTC at all, or one that refuses. */
export async function takeWebRtc(to: Page | BrowserContext, how: 'removed' | 'throwing') {
  await to.addInitScript((how) => {
    if (how === 'removed') Reflect.deleteProperty(window, 'RTCPeerConnection')
    else {
      window.RTCPeerConnection = class {
        constructor() {
          throw new DOMException('refused by policy', 'NotAllowedError')
        }
      } as never
    }
  }, how)
}

async function becomes(page: Page, wanted: DocumentVisibilityState): Promise<void> {
  const end = performance.now() + 5_000
  while ((await page.evaluate(() => document.visibilityState)) !== wanted) {
    if (performance.now() > end) throw new Error(`the page does not become ${wanted}`)
    await nextLook()
  }
}

interface ServerSide {
  toImpl(page: Page): { delegate: { _mainFrameSession: { _client: CDPSession } } }
}

/**
 * Lets a page be hidden when another comes in front. Playwright tells each page that it has the
 * focus; Chromium ends that only for the session that began it, which is Playwright's own and not
 * offered, so it is fetched from inside. Whoever uses this looks whether it worked.
 */
export async function letHide(page: Page): Promise<void> {
  const { _connection } = page as unknown as { readonly _connection: ServerSide }
  const client = _connection.toImpl(page).delegate._mainFrameSession._client
  await client.send('Emulation.setFocusEmulationEnabled', { enabled: false })
}
