// WebRTC over a cable that is really cut, where the system has network namespaces.

import { FaultNetwork } from '../kit/fault-network.ts'
import { Namespace } from '../kit/namespace.ts'
import { tryFault } from './cell.ts'
import type { Fault } from './faults.ts'
import { test as base } from './fixtures.ts'

const test = base.extend<{ namespace: Namespace }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its pattern
  namespace: async ({}, use) => {
    const namespace = Namespace.create()
    if (typeof namespace === 'string') {
      console.log(`skipped: ${namespace}`)
      return test.skip(true, namespace)
    }
    using made = namespace
    await use(made)
  },
  network: async ({ namespace }, use) => {
    await using network = await FaultNetwork.start({ namespace })
    await use(network)
  }
})

type Cut = Pick<Fault, 'name' | 'outage'> & { readonly cut: (at: Namespace, on: boolean) => void }

const CUTS: readonly Cut[] = [
  { name: 'packets vanish for 30 s', outage: 30_000, cut: (at, on) => at.blackHole(on) },
  { name: 'the cable is pulled for 10 s', outage: 10_000, cut: (at, on) => at.unplug(on) }
]

for (const { cut, ...cell } of CUTS) {
  test(`webrtc, in a network namespace: ${cell.name}`, async ({
    namespace,
    network,
    wallet,
    openWallet,
    witness
  }) => {
    const fault: Fault = {
      ...cell,
      harms: ['webrtc'],
      async break() {
        cut(namespace, true)
        return async () => cut(namespace, false)
      }
    }
    const scene = { route: 'webrtc', wallet, openWallet, network, elsewhere: '' } as const
    await tryFault(fault, scene, witness)
  })
}
