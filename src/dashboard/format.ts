// Numbers and moments as people read them, in the words of the browser's language.

const COUNT = new Intl.NumberFormat()
const TENTHS = new Intl.NumberFormat(undefined, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1
})
const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 })
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const SECONDS = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit'
})
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit'
})
const A_DAY = 86_400_000
/** A number is no part of a name, as of a host or a peer. */
const MOMENT_OR_NUMBER =
  /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z|(?<![\w.:/-])\d{4,}(?![\w:/-]|\.\d)/g

/** A whole number, grouped. */
export function count(value: number): string {
  return COUNT.format(value)
}

/** An epoch in decimal digits, grouped; it may exceed what a number holds. */
export function epoch(height: string | undefined): string {
  return height !== undefined && /^\d+$/.test(height) ? COUNT.format(BigInt(height)) : '–'
}

/** A rate, with one digit after the point below a hundred. */
export function rate(value: number): string {
  return value < 100 ? TENTHS.format(value) : COUNT.format(Math.round(value))
}

/** A share of a whole; a dash while there is none. Rounded down, so that only all are 100%. */
export function share(part: number, whole: number): string {
  return whole === 0 ? '–' : PERCENT.format(Math.floor((part / whole) * 100) / 100)
}

/** Milliseconds: `23 ms`, `1.2 s`. */
export function milliseconds(value: number | undefined): string {
  if (value === undefined) return '–'
  return value < 1_000
    ? `${COUNT.format(Math.round(value))} ms`
    : `${TENTHS.format(value / 1_000)} s`
}

/** A `length` of time (ms) in the coarsest unit that still says something: `3 min`. */
export function span(length: number): string {
  const seconds = Math.max(0, Math.round(length / 1_000))
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 100) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`
}

/** The time of a moment (ms since 1970), without its day. */
export function time(at: number): string {
  return TIME.format(at)
}

/** The day of a moment (ms since 1970), without its time. */
export function day(at: number): string {
  return DAY.format(at)
}

/** The time of a moment (ms since 1970) within a day; with its date when it is longer ago. */
export function moment(at: number, now: number): string {
  return Math.abs(now - at) < A_DAY / 2 ? time(at) : DAY_AND_TIME.format(at)
}

/** The time of a moment (ms since 1970) to the second. */
export function second(at: number): string {
  return SECONDS.format(at)
}

/** Bytes on a disk: `12.4 MB`. */
export function bytes(value: number): string {
  return `${rate(value / 1_000_000)} MB`
}

/** `1 epoch`, `3 epochs`. */
export function epochs(value: number): string {
  return `${count(value)} ${value === 1 ? 'epoch' : 'epochs'}`
}

/** The beginning and the end of a long identifier. */
export function shortId(id: string): string {
  return id.length <= 16 ? id : `${id.slice(0, 4)}…${id.slice(-8)}`
}

/** Words of the aggregator as a sentence: it begins some without a capital, and ends them without a stop. */
export function sentence(text: string): string {
  const words = text.trim()
  if (words === '') return ''
  return words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?…]$/.test(words) ? '' : '.')
}

/**
 * The evidence of an alert as the dashboard writes moments and numbers: what the aggregator told in
 * UTC becomes local time, and long numbers that stand alone are grouped. `now` is in ms since 1970.
 */
export function evidenceText(text: string, now: number): string {
  const words = text.replace(MOMENT_OR_NUMBER, (found) => {
    if (/^\d+$/.test(found)) return COUNT.format(BigInt(found))
    const at = Date.parse(found)
    if (Number.isNaN(at)) return found
    return Math.abs(now - at) < A_DAY / 2 ? second(at) : moment(at, now)
  })
  return sentence(words)
}
