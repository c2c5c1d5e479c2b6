import { STOP_TIMEOUT } from '../constants.ts'
import { sleep } from '../timing/index.ts'
import type { Inbound, Outbound, Port, RuntimeOptions } from './port.ts'

/** Loads the network side and gives the page's end of a port to it. What is begun ends with the signal. */
export type ConnectRuntime = (signal: AbortSignal) => Promise<Port<Outbound, Inbound>>

/** Loads the network side into this page, behind a real MessageChannel, and only now. */
export const connectInPage: ConnectRuntime = async () => {
  const { serve } = await import('./runtime.ts')
  const { port1, port2 } = new MessageChannel()
  serve(port2)
  return port1
}

/** Loads the network side into a frame of its own, whose document is at a URL. */
export function connectInFrameAt(url: string): ConnectRuntime {
  return async (signal) => {
    const { connectInFrame } = await import('./frame/connect-in-frame.ts')
    return await connectInFrame(url, signal)
  }
}

/** What the network side has to tell while it runs. */
export type News = Exclude<Outbound, { type: 'stopped' }>

/** Sends the network side away that was loaded for nothing. */
export function dismiss(port: Port<Outbound, Inbound>): void {
  port.postMessage({ type: 'stop' })
  port.close()
}

/** One run of the network side, from its start to its stop, with what the page tells it meanwhile. */
export class Session {
  readonly #port: Port<Outbound, Inbound>
  readonly #stopped = Promise.withResolvers<void>()
  #isOver = false

  constructor(
    port: Port<Outbound, Inbound>,
    options: RuntimeOptions,
    onNews: (news: News) => void
  ) {
    this.#port = port
    port.addEventListener('message', ({ data }) => {
      if (data.type === 'stopped') this.#stopped.resolve()
      else if (!this.#isOver) onNews(data)
    })
    port.start()
    this.send({ type: 'start', options })
  }

  send(message: Inbound): void {
    this.#port.postMessage(message)
  }

  /** Resolves when the network side has closed all that it had, or has not answered for too long. */
  async stop(): Promise<void> {
    this.#isOver = true
    this.send({ type: 'stop' })
    const timer = new AbortController()
    await Promise.race([this.#stopped.promise, sleep(STOP_TIMEOUT, timer.signal).catch(() => {})])
    timer.abort()
    this.#port.close()
  }
}
