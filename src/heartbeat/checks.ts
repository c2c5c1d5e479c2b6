import { MAX_NICKNAME_CODE_POINTS, MAX_PERIOD, MIN_PERIOD } from '../constants.ts'
import { OptionError } from '../errors.ts'
import { type Duration, parseDuration } from '../timing/index.ts'

/** @throws {OptionError} when it is no text, or longer than 64 code points */
export function checkNickname(nickname: string): void {
  if (typeof nickname !== 'string') throw new OptionError('nickname', 'is not text')
  const length = [...nickname].length
  if (length > MAX_NICKNAME_CODE_POINTS) {
    const problem = `"${nickname}" has ${length} characters; at most ${MAX_NICKNAME_CODE_POINTS} are allowed`
    throw new OptionError('nickname', problem)
  }
}

/** @throws {OptionError} when the words are no duration, or too short or too long for a period */
export function checkPeriod(period: Duration, option: string): number {
  return parseDuration(period, option, { min: MIN_PERIOD, max: MAX_PERIOD })
}
