import { OptionError } from '../errors.ts'

/** A length of time: milliseconds, or Go's text of one (`"3s"`, `"1m30s"`, `"500ms"`). */
export type Duration = number | string

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const TEXT = /^(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ms|s|m|h))+)$/
const PART = /(\d+(?:\.\d*)?|\.\d+)(ms|s|m|h)/g

/**
 * Reads a duration as Go's `time.ParseDuration` does, without signs and without units under a
 * millisecond. `option` names the option in the message.
 *
 * @returns milliseconds
 * @throws {OptionError} when the words are no duration, or it lies outside `min` … `max` ms
 */
export function parseDuration(
  duration: Duration,
  option: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {}
): number {
  const period = typeof duration === 'number' ? duration : parseText(duration)
  if (period === undefined || !Number.isFinite(period)) {
    throw new OptionError(option, `"${duration}" is not a duration such as "3s" or "1m30s"`)
  }
  if (period < min || period > max) {
    throw new OptionError(
      option,
      `"${duration}" is not between ${formatDuration(min)} and ${formatDuration(max)}`
    )
  }
  return period
}

function parseText(text: unknown): number | undefined {
  if (typeof text !== 'string' || !TEXT.test(text)) return undefined
  let sum = 0
  for (const [, amount, unit] of text.matchAll(PART))
    sum += Number(amount) * (UNITS[unit ?? ''] ?? 0)
  return sum
}

/**
 * Writes milliseconds briefly in Go's units: parts that are zero are left out, and from a second on
 * it is in whole seconds: `"1m30s"`, `"500ms"`.
 */
export function formatDuration(period: number): string {
  const rounded = Math.round(period)
  if (rounded < 1_000) return `${rounded}ms`
  const seconds = Math.round(period / 1_000)
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'm'],
    [seconds % 60, 's']
  ] as const
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join('')
}
