// What the tests of the subscription share: a node of Lotus, and a source that follows it. No tests of its
// own.

import type { TestContext } from 'node:test'
import { FakeClock } from '../timing/fake-clock.ts'
import { LotusServer, Recorder } from './lotus-server.kit.test.ts'
import { type LotusWebSocketInit, lotusWebSocketHead } from './lotus-ws.ts'

/** Methods, as requests name them. */
export const HEAD = 'Filecoin.ChainHead'
export const NOTIFY = 'Filecoin.ChainNotify'
export const GENESIS = 'Filecoin.ChainGetGenesis'
export const SETTLED = 'Filecoin.ChainGetTipSetByHeight'
const CHAIN = { genesisTimestamp: 0, epochPeriod: 30_000 }

/** When a lost socket is opened anew, in ms, with a clock at 1 s and jitter 0.5; polls come at 33 s. */
export const RECONNECT = 5_000

/** Starts a node and makes a source that follows it; both end with the test. */
export async function setUp(t: TestContext, init: LotusWebSocketInit = {}) {
  const lotus = await LotusServer.start()
  const clock = new FakeClock(1_000)
  const controller = new AbortController()
  const recorder = new Recorder()
  const source = lotusWebSocketHead(lotus.wsUrl, {
    chain: CHAIN,
    clock,
    random: () => 0.5,
    ...init
  })
  t.after(async () => {
    controller.abort()
    await lotus[Symbol.asyncDispose]()
  })
  const watch = (): void => source.watch?.(recorder, controller.signal)
  return { lotus, clock, controller, recorder, source, watch }
}
