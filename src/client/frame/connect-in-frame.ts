import { FRAME_ANSWER_TIMEOUT, FRAME_VERSION } from '../../constants.ts'
import { UnsupportedError } from '../../errors.ts'
import { withTimeout } from '../../timing/index.ts'
import type { Inbound, Outbound, Port } from '../port.ts'
import type { Hello } from './accept-port.ts'
import { type OpenFrame, openFrame } from './open-frame.ts'

/**
 * Loads the network side into a sandboxed frame of opaque origin, and gives the page's end of the one
 * port to it. To close that port is to take the frame out of the page.
 *
 * @param url of the frame's document
 * @throws {UnsupportedError} when the frame does not answer, or is of another release
 * @throws the signal's reason when it aborts first; the frame is gone by then
 */
export async function connectInFrame(
  url: string,
  signal: AbortSignal,
  open: (url: string) => OpenFrame = openFrame
): Promise<Port<Outbound, Inbound>> {
  signal.throwIfAborted()
  const { port1, port2 } = new MessageChannel()
  const answer = firstMessage(port1)
  const frame = open(url)
  try {
    const ending = AbortSignal.any([signal, frame.lost])
    await unlessAborted(frame.loaded, ending)
    frame.give(port2)
    const { version } = await withTimeout(url, FRAME_ANSWER_TIMEOUT, ending, () => answer)
    if (version !== FRAME_VERSION) throw new UnsupportedError(`${url} is of another release`)
    return new FramePort(port1, frame)
  } catch (error) {
    port1.close()
    frame.close()
    throw (error as Error).name === 'TimeoutError' ? unanswered(url, error) : error
  }
}

function unanswered(url: string, cause: unknown): UnsupportedError {
  const problem =
    `the frame ${url} does not answer. Is it served there, byte for byte? ` +
    `Do this page's policy (frame-src) and the frame's headers (frame-ancestors, X-Frame-Options; ` +
    `and neither script-src nor default-src, which it has itself) allow it?`
  return new UnsupportedError(problem, { cause })
}

function firstMessage(port: MessagePort): Promise<Hello> {
  return new Promise((resolve) => {
    port.addEventListener('message', ({ data }) => resolve(data), { once: true })
    port.start()
  })
}

function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

/** A port that ends with its frame, and says so when that ended by itself. */
class FramePort implements Port<Outbound, Inbound> {
  readonly #port: MessagePort
  readonly #frame: OpenFrame
  #isOver = false

  constructor(port: MessagePort, frame: OpenFrame) {
    this.#port = port
    this.#frame = frame
    const { lost } = frame
    lost.addEventListener('abort', () => this.#lose(lost.reason.message), { once: true })
    // Not in every browser: it tells of an end that the page's document does not show.
    port.addEventListener('close', () => this.#lose('its frame is gone'), { once: true })
  }

  postMessage(message: Inbound): void {
    this.#port.postMessage(message)
  }

  addEventListener(type: 'message', listener: (event: { data: Outbound }) => void): void {
    this.#port.addEventListener(type, listener)
  }

  start(): void {
    this.#port.start()
  }

  close(): void {
    this.#isOver = true
    this.#port.close()
    this.#frame.close()
  }

  // All that it had is closed already, which is what a stop waits for.
  #lose(reason: string): void {
    if (this.#isOver) return
    const problem = `the network code is not there any more: ${reason}`
    this.#say({ type: 'state', state: { phase: 'unsupported', problem } })
    this.#say({ type: 'stopped' })
    this.close()
  }

  #say(data: Outbound): void {
    this.#port.dispatchEvent(new MessageEvent('message', { data }))
  }
}
