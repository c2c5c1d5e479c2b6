// Several tabs of one wallet: one of them beats for all, and another takes over when it ends.

import type { BrowserContext, Page } from 'playwright/test'
import type { NodeRow } from '../../src/aggregator/index.ts'
import { crash, leave, letHide, stall } from '../kit/browser-faults.ts'
import type { FaultNetwork } from '../kit/fault-network.ts'
import { Wallet } from '../kit/fixtures.ts'
import type { Site } from '../kit/site.ts'
import { attributesFor, test as base, expect } from './fixtures.ts'
import { FIRST_BEAT } from './judge.ts'

/** Long beside what a busy machine may hold a beat up by, in ms. */
const PERIOD = 1_000

const test = base.extend<{ tabs: Tabs }>({
  tabs: async ({ context, site, network }, use) => {
    await use(new Tabs(context, site, network))
  }
})

/** The tabs of one wallet in one browser. */
class Tabs {
  readonly #context: BrowserContext
  readonly #site: Site
  readonly #network: FaultNetwork
  readonly wallets: Wallet[] = []

  constructor(context: BrowserContext, site: Site, network: FaultNetwork) {
    this.#context = context
    this.#site = site
    this.#network = network
  }

  get elsewhere(): string {
    return `${this.#site.origin}/e2e/pages/bare.html`
  }

  /** Opens one more, whose user agreed. */
  async open(nickname = 'Spec'): Promise<Wallet> {
    const wallet = await Wallet.open(await this.#context.newPage(), this.#site)
    await wallet.embed({
      ...attributesFor('relayed', this.#network),
      'beat-period': `${PERIOD}ms`,
      nickname
    })
    await wallet.start()
    this.wallets.push(wallet)
    return wallet
  }

  /** Phases of the tabs that can answer, in the order that they were opened. */
  async phases(of: readonly Wallet[] = this.wallets): Promise<string[]> {
    return await Promise.all(of.map(async (wallet) => (await wallet.state()).phase))
  }

  /** The tab that beats, once one does and all others follow. */
  async leader(): Promise<Wallet> {
    await expect
      .poll(async () => (await this.phases()).toSorted())
      .toEqual(['beating', ...this.wallets.slice(1).map(() => 'following')])
    const at = (await this.phases()).indexOf('beating')
    const leader = this.wallets[at]
    if (leader === undefined) throw new Error('the leader changed while it was looked for')
    return leader
  }

  /** Rows of the wallet's sessions that are connected. */
  async connected(): Promise<NodeRow[]> {
    return (await this.#network.nodes())?.filter(({ connected }) => connected) ?? []
  }

  /** The last beat of any session, in ms since 1970. */
  async lastBeatAt(): Promise<number> {
    return Math.max(
      0,
      ...((await this.#network.nodes()) ?? []).map(({ lastBeatAt = 0 }) => lastBeatAt)
    )
  }
}

/** Ends a leader; what it gives back undoes that, where it can be. */
type End = (page: Page, tabs: Tabs) => Promise<() => Promise<unknown>>

const ENDS: Record<string, End> = {
  'is closed': async (page) => {
    await page.close()
    return async () => {}
  },
  crashes: async (page) => {
    await crash(page)
    return async () => {}
  },
  stalls: async (page) => {
    const stalled = stall(page, 10_000)
    return async () => await stalled
  },
  'goes into the back-forward cache': async (page, { elsewhere }) => await leave(page, elsewhere)
}

for (const count of [2, 5]) {
  for (const [what, end] of Object.entries(ENDS)) {
    const tag = count === 2 && what === 'crashes' ? ['@quick'] : []
    test(`of ${count} tabs one beats, and when it ${what} another does`, { tag }, async ({
      tabs
    }) => {
      for (let opened = 0; opened < count; opened++) await tabs.open()
      const leader = await tabs.leader()
      expect(await tabs.connected()).toHaveLength(1)
      const others = tabs.wallets.filter((each) => each !== leader)

      const undo = await end(leader.page, tabs)
      const endedAt = Date.now()
      await expect.poll(() => tabs.lastBeatAt()).toBeGreaterThan(endedAt + PERIOD / 10)
      expect((await tabs.lastBeatAt()) - endedAt).toBeLessThan(1.5 * PERIOD + FIRST_BEAT)
      const rest = ['beating', ...others.slice(1).map(() => 'following')]
      await expect.poll(async () => (await tabs.phases(others)).toSorted()).toEqual(rest)

      await undo()
      await expect.poll(() => tabs.connected()).toHaveLength(1)
    })
  }
}

test('a tab that is hidden hands over to the one in front of it', async ({ tabs }) => {
  await tabs.open()
  await tabs.open()
  for (const { page } of tabs.wallets) await letHide(page)
  const leader = await tabs.leader()
  const other = tabs.wallets.find((each) => each !== leader)
  await other?.page.bringToFront()
  await expect
    .poll(() => leader.page.evaluate(() => document.visibilityState), 'really hidden')
    .toBe('hidden')
  const hiddenAt = Date.now()
  await expect.poll(async () => (await other?.state())?.phase).toBe('beating')
  expect(Date.now() - hiddenAt).toBeLessThan(1.5 * PERIOD + FIRST_BEAT)
  await expect.poll(async () => (await leader.state()).phase).toBe('following')
  await expect.poll(() => tabs.connected()).toHaveLength(1)
})

test('tabs with nicknames of their own beat each for itself', async ({ tabs }) => {
  await tabs.open('Ann')
  await tabs.open('Bob')
  await expect.poll(() => tabs.phases()).toEqual(['beating', 'beating'])
  await expect
    .poll(async () => (await tabs.connected()).map(({ nickname }) => nickname).toSorted())
    .toEqual(['Ann', 'Bob'])
})

test('a tab without consent does not follow', async ({ tabs }) => {
  await tabs.open()
  const silent = await tabs.open()
  await silent.stop()
  await expect.poll(() => tabs.phases()).toEqual(['beating', 'idle'])
})
