import { OptionError } from '../errors.ts'
import { daysOf, isMessage, type Looks, privacyLink, variantOf } from './looks.ts'

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
