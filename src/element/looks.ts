import { OptionError } from '../errors.ts'
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

/** What is wrong with what is only shown, in the words that were wrong. What is wrong is not shown. */
export function looksProblem(looks: Looks): OptionError | undefined {
  const { variant, privacyUrl, retentionDays, messages } = looks
  if (variant !== undefined && variant !== variantOf(looks)) {
    return new OptionError('variant', `"${variant}" is not one of pill, card`)
  }
  if (privacyUrl && privacyLink(looks) === undefined) {
    return new OptionError('privacyUrl', `"${privacyUrl}" is not a URL of http or https`)
  }
  if (retentionDays !== undefined && daysOf(looks) === undefined) {
    return new OptionError('retentionDays', 'is not a number of days')
  }
  const wrong = Object.entries(messages ?? {}).find(([, message]) => !isMessage(message))
  if (wrong !== undefined) return new OptionError('messages', `"${wrong[0]}" is no message`)
  return undefined
}

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

function isMessage(message: unknown): boolean {
  return typeof message === 'string' || typeof Object(message).other === 'string'
}
