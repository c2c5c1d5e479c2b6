import { MAX_HEIGHT } from '../constants.ts'
import { OptionError } from '../errors.ts'

/** @throws {OptionError} when a number of ours is not whole, or out of its bounds */
export function checkWhole(option: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return
  throw new OptionError(option, `${value} is not a whole number from ${min} to ${max}`)
}

/** @throws {OptionError} when a height of ours is no bigint, or outside 0 … 2^64−1 */
export function checkHeight(option: string, value: bigint): void {
  if (typeof value === 'bigint' && value >= 0n && value <= MAX_HEIGHT) return
  throw new OptionError(option, `${value} is not a bigint between 0 and ${MAX_HEIGHT}`)
}
