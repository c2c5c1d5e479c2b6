import { MAX_NICKNAME_CODE_POINTS } from '../constants.ts'

// What no eye can see, or what moves other text about: control characters, line separators,
// marks of annotation, and all that Unicode calls ignorable (zero-width, bidirectional, fillers).
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/gu

/**
 * A stranger's text fit for a line: well-formed, without control, bidirectional or zero-width
 * characters. It may still hold `<` and `&`.
 */
export function displayText(raw: string): string {
  return raw.toWellFormed().replace(UNSEEN, '')
}

/** A nickname fit for a line of text: as `displayText`, at most `max` code points long. */
export function displayNickname(raw: string, max = MAX_NICKNAME_CODE_POINTS): string {
  return Array.from(displayText(raw)).slice(0, max).join('')
}

const MINER = /^[ft](?:0\d{1,20}|2[a-z2-7]{39})$/
const PERSON = /^(?:[ft][134]|0x)/

/**
 * Says why a text is not the address of a miner, in words for its user; `undefined` when it is
 * one (f0 or f2), or empty. A person's address is refused, since a beat is public and would tie
 * the person to a network address. Looks at the shape only, at no checksum.
 */
export function minerAddressProblem(text: string): string | undefined {
  if (text === '' || MINER.test(text)) return undefined
  if (PERSON.test(text)) return 'is the address of a person, which would be made public'
  return 'is not the address of a miner, such as f01234'
}
