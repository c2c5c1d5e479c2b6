// <fil-heartbeat>: a client's state and view go in, a pill and a panel come out. This module has no
// side effects; define.ts registers the tag.

import type { ClientOptions, HeadInput, HeartbeatClient } from '../client/index.ts'
import { FilHeartbeatElement as LitFilHeartbeat } from './element.ts'
import type { FilHeartbeatEvents } from './events.ts'
import type { Messages } from './messages/messages.ts'

export type { FilHeartbeatEvents } from './events.ts'
export { addLanguage, type LanguageSource } from './languages.ts'
export type { Message, MessageKey, Messages } from './messages/messages.ts'

type MarkupOptions = Omit<ClientOptions, 'identity'>

/** The client's options as properties of the element, each `undefined` until it is set. */
export type FilHeartbeatOptions = {
  -readonly [Option in keyof MarkupOptions]: ClientOptions[Option] | undefined
}

/** `<fil-heartbeat>`, as its page sees it. */
export interface FilHeartbeatElement
  extends HTMLElement,
    FilHeartbeatOptions,
    Pick<
      HeartbeatClient,
      'state' | 'view' | 'lastBeat' | 'sharesTabs' | 'consented' | 'start' | 'stop'
    > {
  /** `pill`, which shrinks to its shape where there is no room, or `card`. Anything else is a pill. */
  get variant(): 'pill' | 'card'
  set variant(variant: 'pill' | 'card' | undefined)
  /** Who runs the aggregator, by name. */
  operatorName: string | undefined
  /** URL of the operator's privacy policy; `undefined` where it is none of `http:` or `https:`. */
  privacyUrl: string | undefined
  /** Days for which the operator keeps what is reported; `undefined` where it is no number from 0 on. */
  retentionDays: number | undefined
  /** Words of the page's own, by their key. */
  messages: Partial<Messages> | undefined
  /** A client that the page made and runs by itself, only to be shown. */
  client: HeartbeatClient | undefined
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
