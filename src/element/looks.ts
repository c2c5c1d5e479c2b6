import type { Messages } from './messages/messages.ts'

/** How much of the element is seen before anybody asks. */
export type Variant = 'pill' | 'card'

/** What is only shown, and no client is told of; as it was given. */
export interface Looks {
  readonly variant?: string | undefined
  readonly operatorName?: string | undefined
  readonly privacyUrl?: string | undefined
  readonly retentionDays?: number | undefined
  readonly messages?: Partial<Messages> | undefined
}

/** A pill, unless it is a card. */
export function variantOf({ variant }: Looks): Variant {
  return variant === 'card' ? 'card' : 'pill'
}

/** Days, from 0 on. */
export function daysOf({ retentionDays }: Looks): number | undefined {
  return Number.isFinite(retentionDays) && Number(retentionDays) >= 0 ? retentionDays : undefined
}

/** Only what leads to a page: a `javascript:` URL would run as the wallet. */
export function privacyLink({ privacyUrl }: Looks): string | undefined {
  if (!privacyUrl || !URL.canParse(privacyUrl, document.baseURI)) return undefined
  const { protocol, href } = new URL(privacyUrl, document.baseURI)
  return /^https?:$/.test(protocol) ? href : undefined
}

/** Those of a page's own messages that can be said. */
export function sayable(messages: Partial<Messages>): Partial<Messages> {
  return Object.fromEntries(Object.entries(messages).filter(([, message]) => isMessage(message)))
}

/** Whether it can be said. */
export function isMessage(message: unknown): boolean {
  return typeof message === 'string' || typeof Object(message).other === 'string'
}
