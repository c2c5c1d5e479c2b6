// <fil-heartbeat>: a client's state and view go in, a pill and a panel come out. This module has no
// side effects; define.ts registers the tag.

import type {
  ClientOptions,
  ClientState,
  HeadInput,
  HeartbeatClient,
  SentBeat,
  View
} from '../client/index.ts'
import { FilHeartbeatElement as LitFilHeartbeat } from './element.ts'

/** The events of the element; all bubble, and cross shadow boundaries. */
export interface FilHeartbeatEvents {
  /** The state or the view changed. */
  'fil-heartbeat-change': CustomEvent<{ state: ClientState; view: View }>
  /** Another verdict on the wallet's view of the chain. */
  'fil-heartbeat-view': CustomEvent<View>
  /** A beat left. */
  'fil-heartbeat-beat': CustomEvent<SentBeat>
  /** An option or a head was wrong; the element says so too. */
  'fil-heartbeat-error': CustomEvent<{ error: Error }>
}

type MarkupOptions = Omit<ClientOptions, 'identity'>

/** The client's options as properties of the element, each `undefined` until it is set. */
export type FilHeartbeatOptions = {
  -readonly [Option in keyof MarkupOptions]: ClientOptions[Option] | undefined
}

/** `<fil-heartbeat>`, as its page sees it. */
export interface FilHeartbeatElement
  extends HTMLElement,
    FilHeartbeatOptions,
    Pick<HeartbeatClient, 'state' | 'view' | 'lastBeat' | 'sharesTabs' | 'start' | 'stop'> {
  /** The wallet's head: a value, set each time that it moves, or a function or source to ask. */
  head: HeadInput | undefined
  /** Resolves when what was last set is drawn. */
  readonly updateComplete: Promise<boolean>
  /** Tries again at once, if it waits for the next try. */
  retry(): Promise<void>
  addEventListener<T extends keyof FilHeartbeatEvents>(
    type: T,
    listener: (event: FilHeartbeatEvents[T]) => void,
    options?: AddEventListenerOptions | boolean
  ): void
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: AddEventListenerOptions | boolean
  ): void
}

/** The element's class: `define.ts` registers it as `fil-heartbeat`, or a page as what it likes. */
export const FilHeartbeatElement: {
  new (): FilHeartbeatElement
  readonly prototype: FilHeartbeatElement
} = LitFilHeartbeat
