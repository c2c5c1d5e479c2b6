import { MAX_EXPORTS } from '../../constants.ts'

/** Streams exports to those who ask, a few at once. */
export class Exports {
  #open = 0

  /**
   * Begins to stream, once its first lines are there.
   *
   * @returns `undefined` when too many are under way
   * @throws what the lines throw when they cannot even begin
   */
  async open(
    lines: (signal: AbortSignal) => AsyncIterable<string>
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined> {
    if (this.#open >= MAX_EXPORTS) return undefined
    this.#open += 1
    const controller = new AbortController()
    const iterator = lines(controller.signal)[Symbol.asyncIterator]()
    let isOpen = true
    const end = (): void => {
      if (isOpen) this.#open -= 1
      isOpen = false
      controller.abort()
    }
    try {
      return streamOf(await iterator.next(), iterator, end)
    } catch (error) {
      end()
      throw error
    }
  }
}

// Asks for more only when what there was has gone out.
function streamOf(
  first: IteratorResult<string>,
  iterator: AsyncIterator<string>,
  end: () => void
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  let next: Promise<IteratorResult<string>> | undefined = Promise.resolve(first)
  return new ReadableStream(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await (next ?? iterator.next())
          next = undefined
          if (done !== true) return controller.enqueue(encoder.encode(value))
          end()
          controller.close()
        } catch (error) {
          end()
          controller.error(error)
        }
      },
      cancel: async () => {
        end()
        await iterator.return?.()
      }
    },
    { highWaterMark: 0 }
  )
}
