// The languages that elements can speak: some come along, each fetched when a page is first in it,
// and a page may add its own.

import { OptionError } from '../errors.ts'
import { sayable } from './looks.ts'
import type { Messages } from './messages/messages.ts'

/** The messages of one language, or how to fetch them. What is left out is said in English. */
export type LanguageSource = Partial<Messages> | (() => Promise<Partial<Messages>>)

const ENGLISH = async (): Promise<Messages> => (await import('./messages/en.ts')).en

const SOURCES: Readonly<Record<string, () => Promise<Messages>>> = {
  en: ENGLISH,
  zh: async () => (await import('./messages/zh.ts')).zh,
  ar: async () => (await import('./messages/ar.ts')).ar
}

const added = new Map<string, LanguageSource>()
const listeners = new Set<() => void>()

/**
 * Adds a language, or takes the place of one; elements that are in it already change at once.
 *
 * @param tag BCP 47: `de`, or `pt-BR` where a region has its own words
 * @throws {OptionError} when it is no language tag
 */
export function addLanguage(tag: string, source: LanguageSource): void {
  const known = canonical(tag)
  if (known === undefined) throw new OptionError('tag', `"${tag}" is not a language tag`)
  added.set(known, source)
  for (const listener of listeners) listener()
}

/** Calls back when a language was added; returns how to end that. */
export function onLanguageAdded(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Messages that are there, and the tag by which numbers and times are written beside them. */
export interface Loaded {
  readonly tag: string
  readonly messages: Messages
}

/**
 * The messages for a page in a language: of its region, or else of the language at large, or else
 * English, also where those cannot be fetched.
 *
 * @throws when English cannot be fetched either
 */
export async function loadMessages(tag: string): Promise<Loaded> {
  for (const each of widening(canonical(tag))) {
    const messages = await fetchMessages(each).catch(() => undefined)
    if (messages !== undefined) return { tag, messages }
  }
  return { tag: 'en', messages: await ENGLISH() }
}

async function fetchMessages(tag: string): Promise<Messages | undefined> {
  const own = added.get(tag)
  if (own === undefined) return await SOURCES[tag]?.()
  const given = typeof own === 'function' ? await own() : own
  return { ...(await ENGLISH()), ...sayable(given) }
}

/** `zh-Hant-TW`, `zh-Hant`, `zh`. */
function widening(tag = ''): string[] {
  const parts = tag.split('-')
  return parts.map((_, at) => parts.slice(0, parts.length - at).join('-'))
}

function canonical(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch {
    return undefined
  }
}
