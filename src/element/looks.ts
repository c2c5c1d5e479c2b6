import { OptionError } from '../errors.ts'

/** What is only shown, as it was given. */
interface Looks {
  readonly givenVariant: string | undefined
  readonly privacyUrl: string | undefined
  readonly retentionDays: number | undefined
}

/** What is wrong with what is only shown, in the words that were wrong. What is wrong is not shown. */
export function looksProblem({
  givenVariant = 'pill',
  privacyUrl,
  retentionDays = 0
}: Looks): OptionError | undefined {
  if (givenVariant !== 'pill' && givenVariant !== 'card') {
    return new OptionError('variant', `"${givenVariant}" is not one of pill, card`)
  }
  if (privacyUrl && privacyLink(privacyUrl) === undefined) {
    return new OptionError('privacyUrl', `"${privacyUrl}" is not a URL of http or https`)
  }
  if (!(retentionDays >= 0)) return new OptionError('retentionDays', 'is not a number of days')
  return undefined
}

/** Only what leads to a page: a `javascript:` URL would run as the wallet. */
export function privacyLink(url: string | undefined): string | undefined {
  if (!url || !URL.canParse(url, document.baseURI)) return undefined
  const { protocol, href } = new URL(url, document.baseURI)
  return /^https?:$/.test(protocol) ? href : undefined
}
