// A page that loses its connection time after time: it comes back each time, and nothing is left
// behind. `npm run test:soak` does it a thousand times.

import type { CDPSession, LaunchOptions, Page } from 'playwright/test'
import type { FaultNetwork } from '../kit/fault-network.ts'
import { Wallet } from '../kit/fixtures.ts'
import { test as base, expect, type Route } from './fixtures.ts'

/** Outages in one page. */
const CYCLES = Number(process.env.SOAK_CYCLES ?? 100)

/** Outages before anything is counted, in which caches fill. */
const WARM_UP = 100

/** Bytes that one outage may leave on the heap: 50 KB an hour with one a minute. */
const MAX_BYTES_PER_CYCLE = 850

/**
 * V8 counts the machine code that it makes as heap, and takes a thousand outages to make it: 1,300
 * bytes an outage after the first hundred, 70 at last. That would hide what objects take.
 */
const NO_COMPILERS = '--js-flags=--no-opt --no-maglev --no-sparkplug --no-flush-bytecode'

/** What a heap differs by from one look to the next, in bytes. */
const HEAP_NOISE = 50_000

/** Longest time in which a page may come back, in ms: its longest wait between two tries. */
const RETURN_TIMEOUT = 60_000

/** Short, so that a cycle is; long enough for the beats that the aggregator allows. */
const PERIODS = { 'beat-period': '250ms', 'reconnect-period': '100ms' }

const test = base.extend<{ soaked: Soaked }, { launchOptions: LaunchOptions }>({
  launchOptions: [
    async ({ launchOptions }, use) => {
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), NO_COMPILERS] })
    },
    { scope: 'worker' }
  ],
  soaked: async ({ page, site, network }, use) => {
    const wallet = await Wallet.open(page, site)
    await use(new Soaked(wallet, network, await page.context().newCDPSession(page)))
  }
})

interface Counts {
  readonly listeners: number
  readonly nodes: number
  readonly heap: number
}

class Soaked {
  readonly wallet: Wallet
  readonly #network: FaultNetwork
  readonly #cdp: CDPSession

  constructor(wallet: Wallet, network: FaultNetwork, cdp: CDPSession) {
    this.wallet = wallet
    this.#network = network
    this.#cdp = cdp
  }

  /** Beats, loses its connections so many times, comes back each time, and stops. */
  async cycle(cycles: number): Promise<void> {
    const { page } = this.wallet
    await this.wallet.start()
    await beatsSince(page, 0)
    for (let cycle = 0; cycle < cycles; cycle++) {
      const cutAt = await page.evaluate(() => Date.now())
      this.#network.reset()
      await beatsSince(page, cutAt)
      await forgetClosed(page)
    }
    await this.wallet.stop()
    await expect.poll(() => this.#open).toBe(0)
    await expect.poll(() => this.wallet.peerConnections()).toBe(0)
    await forgetClosed(page)
  }

  /**
   * Fails for so long that it is drawn and announced, once, and comes back: what is drawn for the first
   * time leaves a text node or a template, and rare states would come late in a long run.
   */
  async fail(): Promise<void> {
    const announced = this.wallet.page.locator('fil-heartbeat [role="status"]')
    await this.wallet.start()
    await beatsSince(this.wallet.page, 0)
    this.#network.blackHole(true)
    await expect(announced).toContainText('Reports paused')
    this.#network.blackHole(false)
    await expect(announced).toContainText('Reporting', { timeout: RETURN_TIMEOUT })
    await this.wallet.stop()
  }

  async count(): Promise<Counts> {
    const cdp = this.#cdp
    await cdp.send('Performance.enable')
    // What finalizers let go is collected only the next time.
    for (let time = 0; time < 3; time++) await cdp.send('HeapProfiler.collectGarbage')
    const { jsEventListeners: listeners, nodes } = await cdp.send('Memory.getDOMCounters')
    const { metrics } = await cdp.send('Performance.getMetrics')
    const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN
    return { listeners, nodes, heap }
  }

  get #open(): number {
    return this.#network.pagePaths.reduce((sum, { open }) => sum + open, 0)
  }
}

for (const route of ['websocket', 'relayed', 'webrtc'] as const) {
  const tag = route === 'websocket' ? ['@quick'] : []
  test(`${CYCLES} outages leave nothing behind (${route})`, { tag }, async ({
    soaked,
    network
  }) => {
    test.setTimeout(60_000 + (WARM_UP + CYCLES) * 3_000)
    await soaked.wallet.embed({ ...PERIODS, ...wayOf(route, network) })
    await soaked.fail()
    await soaked.cycle(WARM_UP)
    const before = await soaked.count()
    await soaked.cycle(CYCLES)
    // Chromium lets go of a peer connection some time after it was closed.
    const settled = () => soaked.count().then(({ listeners }) => listeners)
    await expect.poll(settled, { timeout: 30_000 }).toBeLessThanOrEqual(before.listeners)
    const after = await soaked.count()
    const bytes = (after.heap - before.heap) / CYCLES
    console.log(`${route}: ${bytes.toFixed(0)} bytes an outage`, before, after)
    expect(after.nodes).toBeLessThanOrEqual(before.nodes)
    expect(after.heap - before.heap).toBeLessThan(CYCLES * MAX_BYTES_PER_CYCLE + HEAP_NOISE)
  })
}

function wayOf(route: Route, network: FaultNetwork): Record<string, string> {
  const { target, directAddress, relayAddresses: relay } = network
  if (route === 'websocket') return { target: directAddress, routes: route }
  // Cut while it climbs, so that each outage finds a direct connection half made.
  return { target, relay, routes: route === 'relayed' ? route : 'relayed webrtc' }
}

/** Resolves when a beat has left after that moment (ms since 1970) by a connection that still stands. */
async function beatsSince(page: Page, moment: number): Promise<void> {
  await page.waitForFunction(
    (moment) => {
      const element = document.querySelector('fil-heartbeat')
      const state = element?.state
      return state?.phase === 'beating' && state.lastBeat.at > moment
    },
    moment,
    { polling: 20, timeout: RETURN_TIMEOUT }
  )
}

/** The list of peer connections that the tests keep would be a leak of their own. */
async function forgetClosed(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.peerConnections = window.peerConnections.filter(
      ({ connectionState }) => connectionState !== 'closed'
    )
  })
}
