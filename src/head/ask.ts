import { MAX_FOREIGN_MESSAGE_CHARACTERS, RPC_TIMEOUT } from '../constants.ts'
import { HeadError } from '../errors.ts'
import { type Clock, systemClock, withTimeout } from '../timing/index.ts'

/** One question to a source. */
export interface Question<T> {
  /** Name of the source, for messages. */
  readonly source: string
  /** What is asked, for messages: `'Filecoin.ChainHead'`. */
  readonly what: string
  readonly ask: (signal: AbortSignal) => Promise<T>
  readonly clock?: Clock
  /** Longest wait, in ms; `RPC_TIMEOUT` unless given. */
  readonly timeout?: number
}

/**
 * Asks within a time limit, and turns whatever goes wrong into the one error of head sources.
 *
 * @throws {HeadError} when there is no good answer in time
 * @throws the signal's reason when it aborts
 */
export async function ask<T>(question: Question<T>, signal: AbortSignal): Promise<T> {
  const { source, what, clock = systemClock, timeout = RPC_TIMEOUT } = question
  try {
    return await withTimeout(what, timeout, signal, question.ask, clock)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw asHeadError(error, source, what)
  }
}

/** Any thrown value as a HeadError, which then says that `what` failed. */
export function asHeadError(error: unknown, source: string, what: string): HeadError {
  if (error instanceof HeadError) return error
  const told = describe(error)
  const late = error instanceof DOMException && error.name === 'TimeoutError'
  return new HeadError(source, late ? told : `${what} failed: ${told}`, { cause: error })
}

/** Text from outside, cut to what fits a log line, with nothing in it that could end the line. */
export function quote(text: unknown): string {
  const words = typeof text === 'string' ? text : 'no message'
  return JSON.stringify(words.slice(0, MAX_FOREIGN_MESSAGE_CHARACTERS))
}

/** What an error says, in one line: also that of a wallet or a node, which is a plain object. */
export function describe(error: unknown): string {
  if (error instanceof Error) {
    // Node's fetch hides in the cause why it failed.
    const { cause } = error
    const why = cause instanceof Error ? cause.message || Reflect.get(cause, 'code') : undefined
    return why ? `${error.message} (${why})` : error.message
  }
  if (typeof error !== 'object' || error === null) return quote(error)
  const { code, message } = error as Record<string, unknown>
  return typeof code === 'number' ? `code ${code}: ${quote(message)}` : quote(message)
}
