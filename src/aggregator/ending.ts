import type { Stream } from '@libp2p/interface'
import { STREAM_CLOSE_TIMEOUT } from '../constants.ts'
import type { Clock } from '../timing/index.ts'
import { type Answer, encodeAnswer } from '../wire/index.ts'

/** The part of a stream that is answered on. */
export type AnsweredStream = Pick<Stream, 'send' | 'writeStatus' | 'writableNeedsDrain'>

/** The part of a stream that is ended. */
export type EndedStream = AnsweredStream &
  Pick<Stream, 'addEventListener' | 'status' | 'close' | 'abort'>

/**
 * Sends an answer, unless the stream takes no more for now: answers are cumulative, so that one
 * that is left out costs nothing, and one that waits costs memory.
 */
export function say(stream: AnsweredStream, answer: Answer): void {
  if (stream.writeStatus !== 'writable' || stream.writableNeedsDrain) return
  stream.send(encodeAnswer(answer))
}

/** Says a last word and closes a stream; resets it when that takes too long. Never throws. */
export async function endInOrder(
  stream: EndedStream,
  lastWord: Answer,
  clock: Clock
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    stream.addEventListener('close', () => resolve(), { once: true })
    if (stream.status !== 'open' && stream.status !== 'closing') resolve()
  })
  const cancel = clock.after(STREAM_CLOSE_TIMEOUT, () => {
    stream.abort(new Error('the other end did not close'))
  })
  try {
    say(stream, lastWord)
    await stream.close()
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
  }
  await closed
  cancel()
}
