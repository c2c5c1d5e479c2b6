import { ask } from './ask.ts'
import { checkHead, type GivenHead } from './check-head.ts'
import type { HeadSource } from './index.ts'

/**
 * A source that asks a function of the wallet at each read.
 *
 * Its reads throw a HeadError when the function throws, takes longer than `RPC_TIMEOUT`, or gives
 * something that is no head.
 */
export function callbackHead(give: () => GivenHead | Promise<GivenHead>): HeadSource {
  const name = 'callback'
  const question = {
    source: name,
    what: 'the function',
    ask: async () => checkHead(await give(), name)
  }
  return { name, read: (signal) => ask(question, signal) }
}
