import type { en } from './en.ts'

/** What can be said. */
export type MessageKey = keyof typeof en

/**
 * One message, with places for values (`{epochs}`); or its forms, where they depend on `{count}`, by
 * the plural categories of `Intl.PluralRules`.
 */
export type Message = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>)

/** Every message of one language. */
export type Messages = Readonly<Record<MessageKey, Message>>
