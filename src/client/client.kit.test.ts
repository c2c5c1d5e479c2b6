// What the tests of the client share: a network side that a test plays. No tests of its own.

import assert from 'node:assert/strict'
import { systemClock } from '../timing/index.ts'
import { Client } from './client.ts'
import type { Inbound, Outbound, Port } from './port.ts'
import type { ConnectRuntime } from './session.ts'
import { PageTab } from './tab.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'

/** An aggregator's address. */
export const target = `/dns4/agg.example/tcp/443/wss/p2p/${PEER}`
/** What an agreement by script looks like. */
export const CONSENT = { consent: true } as const

/** The network side, played by a test over a real MessageChannel. */
export class HandRuntime extends EventTarget {
  readonly received: Inbound[] = []
  /** How often the network side was loaded. */
  connects = 0
  port: Port<Inbound, Outbound> | undefined

  readonly connect = async (): Promise<Port<Outbound, Inbound>> => {
    this.connects++
    const { port1, port2 } = new MessageChannel()
    this.port = port2 as unknown as Port<Inbound, Outbound>
    port2.addEventListener('message', ({ data }) => {
      this.received.push(data)
      if (data.type === 'stop') {
        port2.postMessage({ type: 'stopped' })
        port2.close()
      }
      this.dispatchEvent(new Event(data.type))
    })
    port2.start()
    return port1 as unknown as Port<Outbound, Inbound>
  }

  tell(message: Outbound): void {
    this.port?.postMessage(message)
  }
}

/** A client in a tab that has no others. */
export function clientOf(connect: ConnectRuntime): Client {
  const openChannel = (): never => assert.fail('there are no other tabs')
  const followPage = (): void => {}
  const clock = systemClock
  const platform = { hasTabs: false, locks: undefined, openChannel, connect, followPage, clock }
  return new Client(async () => (options, tell) => new PageTab(options, tell, platform))
}

/** Resolves as soon as what the client tells fits. */
export async function until(client: Client, fits: () => boolean): Promise<void> {
  if (fits()) return
  await new Promise<void>((resolve) => {
    const stop = client.subscribe(() => {
      if (!fits()) return
      stop()
      resolve()
    })
  })
}
