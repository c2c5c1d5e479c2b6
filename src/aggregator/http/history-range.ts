import {
  DAY,
  DEFAULT_HISTORY_PERIOD,
  HISTORY_STEP_MINUTES,
  MAX_BEATWISE_PERIOD,
  MAX_DEFAULT_HISTORY_POINTS,
  MAX_HISTORY_POINTS,
  MINUTE
} from '../../constants.ts'
import { ParameterError } from '../../errors.ts'
import type { Range } from '../history.ts'

/** What a query says of a range, in ms. */
export type GivenRange = { readonly [K in keyof Range]?: number | undefined }

/**
 * The range that a query means at `now`, in ms since 1970: six hours until now where it does not
 * say, and without a step one that makes at most 720 points.
 *
 * @throws {ParameterError} when it ends before it begins, or is too fine for its length
 */
export function rangeOf(given: GivenRange, now: number, beatwise: boolean): Range {
  const { from, to } = spanOf(given, now)
  const { step = stepFor(to - from) } = given
  if (step === 0) {
    if (!beatwise) throw new ParameterError('step', 'is 0, which only a single node has')
    if (to - from > MAX_BEATWISE_PERIOD) {
      throw new ParameterError('step', 'is 0, which tells every beat: of a day at most')
    }
  } else if (step % MINUTE !== 0) {
    throw new ParameterError('step', `is not a multiple of ${MINUTE} ms`)
  } else if ((to - from) / step > MAX_HISTORY_POINTS) {
    throw new ParameterError('step', `makes more than ${MAX_HISTORY_POINTS} points of this range`)
  }
  return { from, to, step }
}

/**
 * The stretch of time that a query means at `now`, in ms since 1970: six hours until now where it
 * does not say.
 *
 * @throws {ParameterError} when it ends before it begins
 */
export function spanOf(given: GivenRange, now: number): Omit<Range, 'step'> {
  const { to = now } = given
  const { from = Math.max(0, to - DEFAULT_HISTORY_PERIOD) } = given
  if (from < to) return { from, to }
  throw new ParameterError('from', 'is not before the end of the range')
}

function stepFor(length: number): number {
  const least = length / MAX_DEFAULT_HISTORY_POINTS
  const minutes = HISTORY_STEP_MINUTES.find((each) => each * MINUTE >= least)
  return minutes === undefined ? Math.ceil(least / DAY) * DAY : minutes * MINUTE
}
