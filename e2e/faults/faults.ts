// The faults of the matrix, one after another: how each breaks the way of the beats, how it is
// mended, and what may be asked of a wallet meanwhile.

import { crash, hide, lasts, leave, setOffline, stall } from '../kit/browser-faults.ts'
import type { FaultNetwork } from '../kit/fault-network.ts'
import type { Wallet } from '../kit/fixtures.ts'
import { expect, PERIOD, ROUTES, type Route } from './fixtures.ts'

/** What a fault is done to. */
export interface Scene {
  readonly route: Route
  readonly wallet: Wallet
  readonly network: FaultNetwork
  /** Opens another page for the wallet. */
  readonly openWallet: () => Promise<Wallet>
  /** A page of the same site without an element. */
  readonly elsewhere: string
}

/** One row of the matrix. */
export interface Fault {
  readonly name: string
  /** Routes on which it stops beats; on the others nothing may happen. */
  readonly harms: readonly Route[]
  /** For how long beats are kept from arriving, in ms; how long it is tried where it does no harm. */
  readonly outage: number
  /** Whether the page can show anything while it lasts. @default true */
  readonly pageLives?: boolean
  /** Routes on which nobody is told of it: a client learns it when a beat stays unanswered. */
  readonly silentOn?: readonly Route[]
  /** Whether the user has to open the page again. @default false */
  readonly endsPage?: boolean
  /** Longest silence between two beats on routes that it does not harm, in ms. */
  readonly allowedSilence?: number
  /** Cells that are part of the quick run: between them every mechanism is touched. */
  readonly quick?: readonly Route[]
  /** Breaks what is to be broken. @returns what mends it; it resolves when all is in its place again */
  break(scene: Scene): Promise<() => Promise<void>>
}

const ALL = ROUTES

/** Beats a second, when a browser throttles the timers of a hidden page. */
const HIDDEN_TICK = 1_000

export const FAULTS: readonly Fault[] = [
  {
    name: 'relay restart',
    harms: ['relayed'],
    outage: 3_000,
    quick: ['relayed'],
    async break({ network }) {
      await Promise.all(network.relays.map(({ relay }) => relay.kill()))
      return async () => {
        await Promise.all(network.relays.map(({ relay }) => relay.restart()))
        await network.reserved()
      }
    }
  },
  {
    name: 'relay gone for good, a second one configured',
    harms: ['relayed'],
    outage: 0,
    async break({ network }) {
      await network.relays[0]?.relay.kill()
      return async () => {}
    }
  },
  {
    name: 'aggregator restart',
    harms: ALL,
    silentOn: ['webrtc'],
    quick: ['webrtc'],
    outage: 1_000,
    async break({ network }) {
      await network.aggregator.kill()
      return async () => {
        await network.aggregator.restart()
        await network.reserved()
      }
    }
  },
  {
    name: 'aggregator stopped 20 s',
    harms: ALL,
    outage: 20_000,
    async break({ network }) {
      network.aggregator.pause()
      return async () => {
        network.aggregator.resume()
        await network.reserved()
      }
    }
  },
  ...[5_000, 30_000, 120_000].map((outage) => ({
    name: `black hole ${outage / 1_000} s`,
    harms: ALL,
    outage,
    ...(outage === 5_000 && { quick: ['webrtc'] as const }),
    async break({ network }: Scene) {
      network.blackHole(true)
      return async () => network.blackHole(false)
    }
  })),
  {
    name: 'UDP lost 30 s',
    harms: ['webrtc'],
    outage: 30_000,
    async break({ network }) {
      network.udp.blackHole(true)
      return async () => network.udp.blackHole(false)
    }
  },
  {
    name: 'reset',
    harms: ['websocket', 'relayed'],
    outage: 0,
    quick: ['websocket'],
    async break({ network }) {
      network.reset()
      return async () => {}
    }
  },
  {
    name: 'latency 600 ms',
    harms: [],
    outage: 10_000,
    // The first to be late is late by all of it.
    allowedSilence: 1.5 * PERIOD + 600,
    async break({ network }) {
      network.latency(600)
      return async () => network.latency(0)
    }
  },
  {
    name: 'offline 30 s',
    harms: ALL,
    outage: 30_000,
    async break({ network, wallet }) {
      await setOffline(wallet.page, true)
      network.blackHole(true)
      return async () => {
        network.blackHole(false)
        await setOffline(wallet.page, false)
      }
    }
  },
  {
    name: 'main thread stalled 45 s',
    harms: ALL,
    outage: 0,
    pageLives: false,
    async break({ wallet }) {
      const stalled = stall(wallet.page, 45_000)
      return async () => await stalled
    }
  },
  {
    name: 'hidden 20 s',
    harms: [],
    outage: 20_000,
    allowedSilence: PERIOD + HIDDEN_TICK,
    quick: ['relayed'],
    async break({ wallet }) {
      return await hide(wallet.page)
    }
  },
  {
    name: 'back-forward cache 5 s',
    harms: ALL,
    outage: 5_000,
    pageLives: false,
    quick: ['webrtc'],
    async break({ wallet, elsewhere }) {
      const back = await leave(wallet.page, elsewhere)
      return async () => {
        expect(await back(), 'the page came out of the cache').toBe(true)
      }
    }
  },
  {
    name: 'tab crash',
    harms: ALL,
    outage: 1_000,
    pageLives: false,
    endsPage: true,
    async break({ wallet }) {
      await crash(wallet.page)
      return async () => {}
    }
  }
]

/** Holds a fault for as long as it is to last. */
export async function hold({ outage }: Fault): Promise<void> {
  await lasts(outage)
}
