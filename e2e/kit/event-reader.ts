/** One server-sent event, and when it came, in ms that never jump. */
export interface ServerEvent {
  readonly id: string
  readonly type: string
  readonly data: unknown
  readonly at: number
}

/** Reads a feed event by event. */
export class EventReader {
  readonly #reading = new AbortController()
  readonly #events: AsyncIterator<ServerEvent>

  private constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>, reading: AbortController) {
    this.#reading = reading
    this.#events = eventsOf(body)
  }

  /** Opens the feed of an aggregator. */
  static async open(api: string, headers: Record<string, string>): Promise<EventReader> {
    const reading = new AbortController()
    const { ok, status, body } = await fetch(`${api}/feed`, { headers, signal: reading.signal })
    if (!ok || body === null) throw new Error(`the feed says ${status}`)
    return new EventReader(body, reading)
  }

  /** Waits for the next event of a type; others before it are passed over. */
  async next(type: string): Promise<ServerEvent> {
    for (;;) {
      const { value, done } = await this.#events.next()
      if (done) throw new Error(`the feed ended before an event "${type}"`)
      if (value.type === type) return value
    }
  }

  close(): void {
    this.#reading.abort()
  }
}

async function* eventsOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>
): AsyncGenerator<ServerEvent, void> {
  let text = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const at = performance.now()
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
      if (field('event') === '') continue
      yield { id: field('id'), type: field('event'), data: JSON.parse(field('data')), at }
    }
  }
}
