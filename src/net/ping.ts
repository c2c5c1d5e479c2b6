import type { Connection } from '@libp2p/interface'
import { UnreachableError } from '../errors.ts'

const PING_PROTOCOL = '/ipfs/ping/1.0.0'
const PING_BYTES = 32

/**
 * Asks the other end of one connection whether it still answers, by libp2p's ping.
 *
 * @throws {UnreachableError} when it closes the stream or answers something else; the signal's
 * reason when it aborts first
 */
export async function pingConnection(connection: Connection, signal: AbortSignal): Promise<void> {
  const stream = await connection.newStream(PING_PROTOCOL, { signal, runOnLimitedConnection: true })
  const question = crypto.getRandomValues(new Uint8Array(PING_BYTES))
  const answered = Promise.withResolvers<void>()
  const fail = (): void =>
    answered.reject(new UnreachableError(`no pong from ${connection.remotePeer}`))
  const abort = (): void => answered.reject(signal.reason)
  let received = 0
  stream.addEventListener('message', ({ data }) => {
    for (const byte of data.subarray()) {
      if (byte !== question[received++]) return fail()
    }
    if (received === PING_BYTES) answered.resolve()
  })
  stream.addEventListener('close', fail)
  signal.addEventListener('abort', abort)
  try {
    signal.throwIfAborted()
    stream.send(question)
    await answered.promise
  } finally {
    signal.removeEventListener('abort', abort)
    stream.removeEventListener('close', fail)
    stream.abort(new Error('ping is over'))
  }
}
