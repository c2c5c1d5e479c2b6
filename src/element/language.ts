import type { Message, MessageKey, Messages } from './messages/messages.ts'

/** What a message's places are filled with: numbers as the language writes them, text as it is. */
export type Values = Readonly<Record<string, string | number | bigint>>

// A unit, its seconds, and how many of it are said before the next one: "89 sec", then "2 min".
const UNITS = [
  ['second', 1, 90],
  ['minute', 60, 90],
  ['hour', 3_600, 48],
  ['day', 86_400, Number.POSITIVE_INFINITY]
] as const

/** Says messages, numbers and times in one language. */
export class Language {
  /** BCP 47. */
  readonly tag: string
  readonly #messages: Messages
  readonly #plurals: Intl.PluralRules
  readonly #numbers: Intl.NumberFormat
  readonly #relative: Intl.RelativeTimeFormat
  /** By unit: making one takes longer than using it. */
  readonly #measures = new Map<string, Intl.NumberFormat>()

  /** @param tag BCP 47, as `loadMessages` gives it */
  constructor(tag: string, messages: Messages) {
    this.tag = tag
    this.#messages = messages
    this.#plurals = new Intl.PluralRules(this.tag)
    this.#numbers = new Intl.NumberFormat(this.tag)
    this.#relative = new Intl.RelativeTimeFormat(this.tag)
  }

  get direction(): 'ltr' | 'rtl' {
    return this.#messages.direction === 'rtl' ? 'rtl' : 'ltr'
  }

  say(key: MessageKey, values: Values = {}): string {
    const text = this.#form(this.#messages[key], values.count)
    return text.replace(/\{(\w+)\}/g, (place, name: string) => {
      const value = values[name]
      if (value === undefined) return place
      return typeof value === 'string' ? this.#isolate(value) : this.number(value)
    })
  }

  number(value: number | bigint): string {
    return this.#numbers.format(value)
  }

  /** A length of time (ms) in the coarsest unit that still says something: `3 min`. */
  span(time: number): string {
    const [unit, amount] = coarse(time)
    return this.#measure(unit, Math.max(1, amount))
  }

  /** A round trip (ms), to the millisecond. */
  trip(time: number): string {
    return this.#measure('millisecond', Math.round(time))
  }

  /** `3 seconds ago`, or `just now`. Times are ms since 1970. */
  ago(at: number, now: number): string {
    if (now - at < 1_000) return this.say('just-now')
    const [unit, amount] = coarse(now - at)
    return this.#relative.format(-amount, unit)
  }

  /** `in 12 seconds`, or `now`. Times are ms since 1970. */
  until(at: number, now: number): string {
    if (at - now < 1_000) return this.say('now')
    const [unit, amount] = coarse(at - now)
    return this.#relative.format(amount, unit)
  }

  /** The time of day. `at` is in ms since 1970. */
  time(at: number): string {
    return new Date(at).toLocaleTimeString(this.tag, { hour: '2-digit', minute: '2-digit' })
  }

  /** Days, in full: `7 days`. */
  days(amount: number): string {
    return this.#measure('day', amount, 'long')
  }

  #measure(unit: string, amount: number, unitDisplay: 'short' | 'long' = 'short'): string {
    const key = `${unit} ${unitDisplay}`
    const style = { style: 'unit', unit, unitDisplay } as const
    const format = this.#measures.get(key) ?? new Intl.NumberFormat(this.tag, style)
    this.#measures.set(key, format)
    return format.format(amount)
  }

  #form(message: Message, count: Values[string] | undefined): string {
    if (typeof message === 'string') return message
    const form = this.#plurals.select(Number(count ?? 0))
    return message[form] ?? message.other
  }

  // A host or an English sentence among words that run the other way keeps its own order.
  #isolate(text: string): string {
    return this.direction === 'rtl' ? `\u2068${text}\u2069` : text
  }
}

function coarse(time: number): ['second' | 'minute' | 'hour' | 'day', number] {
  const seconds = Math.round(Math.abs(time) / 1_000)
  const [unit, size] = UNITS.find(([, size, most]) => Math.round(seconds / size) < most) ?? UNITS[3]
  return [unit, Math.round(seconds / size)]
}
