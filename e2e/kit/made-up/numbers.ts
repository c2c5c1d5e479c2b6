// What is made up is the same in each run but for the time of day: all of it follows from numbers.

import { createHash } from 'node:crypto'

/** Lengths of time, in ms. */
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const GENESIS = 1_598_306_400_000
const EPOCH = 30_000
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Where bins of the height spread begin, as the aggregator's do. */
export const SPREAD = [0, 1, 2, 3, 5, 10, 100]

/** The network's epoch at a moment, in ms since 1970. */
export function heightAt(now: number): number {
  return Math.floor((now - GENESIS) / EPOCH)
}

/** When an epoch began, in ms since 1970. */
export function beginOf(height: number): number {
  return GENESIS + height * EPOCH
}

/** A number from 0 to 1 that belongs to a number. */
export function noise(seed: number): number {
  const value = Math.sin(Math.floor(seed) * 12.9898 + 78.233) * 43_758.5453
  return value - Math.floor(value)
}

/** Letters that belong to a text. */
export function letters(text: string, length: number): string {
  const bytes = createHash('sha512').update(text).digest()
  return Array.from(bytes.subarray(0, length), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
}
