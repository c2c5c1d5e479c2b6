// What a fault is tried on: a network that can be broken, a wallet in it, and a witness of both.

import { test as base, expect } from 'playwright/test'
import { FaultNetwork } from '../kit/fault-network.ts'
import { Wallet, withSite } from '../kit/fixtures.ts'
import type { Site } from '../kit/site.ts'
import { Witness } from '../kit/witness.ts'

/** How often wallets beat here, in ms: short, so that much is seen in little time. */
export const PERIOD = 500

/** First window of their back-off, in ms. */
export const RECONNECT_PERIOD = 1_000

/** The ways that beats take, and what a wallet is told so that they take it. */
export const ROUTES = ['websocket', 'relayed', 'webrtc'] as const

export type Route = (typeof ROUTES)[number]

/** What a wallet is told that is to beat by one route. */
export function attributesFor(route: Route, network: FaultNetwork): Record<string, string> {
  const periods = {
    'beat-period': `${PERIOD}ms`,
    'reconnect-period': `${RECONNECT_PERIOD}ms`,
    nickname: 'Spec'
  }
  const { target, relayAddresses: relay } = network
  switch (route) {
    case 'websocket':
      return { ...periods, target: network.directAddress, routes: 'websocket' }
    case 'relayed':
      return { ...periods, target, relay, routes: 'relayed' }
    case 'webrtc':
      return { ...periods, target, relay, routes: 'relayed webrtc' }
    default:
      return route satisfies never
  }
}

interface Fixtures {
  readonly site: Site
  readonly network: FaultNetwork
  readonly witness: Witness
  /** Opens a page for a wallet, in the network and before the eyes of the witness. */
  readonly openWallet: () => Promise<Wallet>
  readonly wallet: Wallet
}

export const test = base.extend<Fixtures>({
  site: withSite,
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its pattern
  network: async ({}, use) => {
    await using network = await FaultNetwork.start()
    await use(network)
  },
  witness: async ({ network }, use) => {
    await using witness = new Witness(network)
    await use(witness)
  },
  openWallet: async ({ context, site, network, witness }, use) => {
    const wallets: Wallet[] = []
    await use(async () => {
      const page = await context.newPage()
      await witness.attach(page)
      await network.leadPackets(page)
      const wallet = await Wallet.open(page, site)
      wallets.push(wallet)
      return wallet
    })
    expect(wallets.flatMap(({ complaints }) => complaints)).toEqual([])
  },
  wallet: async ({ openWallet }, use) => {
    await use(await openWallet())
  }
})

export { expect }
