import { FRAME_VERSION } from '../../constants.ts'
import type { Inbound, Outbound, Port } from '../port.ts'

/** What the frame says first, on the port that it took. */
export interface Hello {
  readonly type: 'hello'
  readonly version: number
}

/** The frame's end of a port. */
export type FrameEnd = Port<Inbound, Outbound | Hello>

/** What the frame is offered ports by. */
export interface Offer {
  readonly source: unknown
  readonly ports: readonly FrameEnd[]
}

/** The frame's window, as far as it is needed here. */
export interface FrameWindow {
  /** `'null'` where it is opaque. */
  readonly origin: string
  readonly parent: unknown
  addEventListener(type: 'message', listener: (offer: Offer) => void): void
  removeEventListener(type: 'message', listener: (offer: Offer) => void): void
}

/**
 * Takes the first port that the page which embeds the frame offers, serves on it, and says so there.
 * Nobody else is heard, and no second port is taken.
 */
export function acceptPort(window: FrameWindow, serve: (port: FrameEnd) => void): void {
  // Without its sandbox, it would act for its host in the hands of any page that embeds it.
  if (window.origin !== 'null') return
  const accept = ({ source, ports: [port] }: Offer): void => {
    if (source !== window.parent || port === undefined) return
    window.removeEventListener('message', accept)
    serve(port)
    port.postMessage({ type: 'hello', version: FRAME_VERSION })
  }
  window.addEventListener('message', accept)
}
