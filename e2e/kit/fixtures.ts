// What every spec gets: real services, a page with the element in it, and eyes on what the browser
// opens and reports.

import { test as base, expect, type Page, type WebSocket } from 'playwright/test'
import type { ClientState, View } from '../../src/client/index.ts'
import type { Chain } from '../../src/timing/index.ts'
import { Feed } from './feed.ts'
import { Services } from './services.ts'
import { type Site, startSite } from './site.ts'

/** A page with one `<fil-heartbeat>` in it. */
export class Wallet {
  readonly page: Page
  /** WebSockets that the page ever opened. */
  readonly sockets: WebSocket[] = []
  /** URLs that the page ever asked for. */
  readonly requests: string[] = []
  /** Policy violations and uncaught errors: must stay empty. */
  readonly complaints: string[] = []

  /** Opens the wallet's page. */
  static async open(page: Page, site: Site, file = 'wallet.html'): Promise<Wallet> {
    const wallet = new Wallet(page)
    await page.addInitScript(() => {
      window.peerConnections = []
      window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(configuration?: RTCConfiguration) {
          super(configuration)
          window.peerConnections.push(this)
        }
      }
    })
    await page.goto(`${site.origin}/e2e/pages/${file}`)
    return wallet
  }

  private constructor(page: Page) {
    this.page = page
    page.on('websocket', (socket) => this.sockets.push(socket))
    page.on('request', (request) => this.requests.push(request.url()))
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      if (/Content Security Policy|TrustedHTML/.test(message.text())) {
        this.complaints.push(message.text())
      }
    })
  }

  /** Puts the element into the page, with a head that moves once a second. */
  async embed(attributes: Record<string, string>): Promise<void> {
    await this.page.evaluate(async (attributes) => {
      // Heads of mainnet, as its clock expects them.
      const head = () => ({
        cids: ['bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'],
        height: Math.floor((Date.now() / 1_000 - 1_598_306_400) / 30)
      })
      const element = document.createElement('fil-heartbeat')
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
      element.head = head
      document.body.append(element)
    }, attributes)
  }

  /** Puts the element into a page that hands in no head, with the chain that others are judged by. */
  async embedHeadless(attributes: Record<string, string>, chain: Chain): Promise<void> {
    await this.page.evaluate(
      ([attributes, chain]) => {
        const element = document.createElement('fil-heartbeat')
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
        element.chain = chain
        document.body.append(element)
      },
      [attributes, chain] as const
    )
  }

  /** Agrees by script, as a wallet with a consent of its own would. */
  async start(): Promise<void> {
    await this.page.evaluate(async () => {
      await document.querySelector('fil-heartbeat')?.start({ consent: true })
    })
  }

  /** Clicks the pill, once it is drawn. */
  async openPanel(): Promise<void> {
    await this.page.locator('fil-heartbeat .pill').click()
  }

  async stop(): Promise<void> {
    await this.page.evaluate(async () => {
      await document.querySelector('fil-heartbeat')?.stop()
    })
  }

  async state(): Promise<ClientState> {
    return await this.page.evaluate(
      () => document.querySelector('fil-heartbeat')?.state ?? { phase: 'idle' }
    )
  }

  async view(): Promise<View | undefined> {
    return await this.page.evaluate(() => document.querySelector('fil-heartbeat')?.view)
  }

  /** URLs of the network code that the page asked for. */
  get networkCode(): string[] {
    return this.requests.filter((url) => url.includes('runtime'))
  }

  /** `beating/webrtc`, say, or the phase alone. */
  async way(): Promise<string> {
    const state = await this.state()
    return state.phase === 'beating' ? `beating/${state.route}` : state.phase
  }

  /** Resolves when the page has painted twice: all that was due before is done. */
  async painted(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    )
  }

  /** Every phase that the state passes through from now on. */
  async phases(): Promise<() => Promise<string[]>> {
    const phases = await this.page.evaluateHandle(() => {
      const phases: string[] = []
      document.addEventListener('fil-heartbeat-change', () => {
        phases.push(document.querySelector('fil-heartbeat')?.state.phase ?? 'idle')
      })
      return phases
    })
    return () => phases.jsonValue()
  }

  /** STUN and TURN servers that any RTCPeerConnection of the page was told of. */
  async iceServers(): Promise<RTCIceServer[]> {
    return await this.page.evaluate(() =>
      window.peerConnections.flatMap((each) => each.getConfiguration().iceServers ?? [])
    )
  }

  /** RTCPeerConnections of the page that are not closed. */
  async peerConnections(): Promise<number> {
    return await this.page.evaluate(
      () =>
        window.peerConnections.filter(({ connectionState }) => connectionState !== 'closed').length
    )
  }
}

interface Fixtures {
  readonly site: Site
  readonly services: Services
  /** The aggregator's feed, open since before the page. */
  readonly feed: Feed
  readonly wallet: Wallet
}

/** A site for as long as one test. */
// biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its pattern
export async function withSite({}: object, use: (site: Site) => Promise<void>): Promise<void> {
  const site = await startSite()
  await use(site)
  await site.stop()
}

export const test = base.extend<Fixtures>({
  site: withSite,
  services: async ({ site }, use) => {
    const services = await Services.start(site.origin)
    await expect.poll(() => services.isReserved).toBe(true)
    await use(services)
    await services.stop()
  },
  feed: async ({ services }, use) => {
    const feed = await Feed.open(services.api)
    await use(feed)
    feed.close()
  },
  wallet: async ({ page, site }, use) => {
    const wallet = await Wallet.open(page, site)
    await use(wallet)
    expect(wallet.complaints).toEqual([])
  }
})

export { expect }

declare global {
  interface Window {
    peerConnections: RTCPeerConnection[]
  }
  interface HTMLElementTagNameMap {
    'fil-heartbeat': import('../../src/element/index.ts').FilHeartbeatElement
  }
}
