import type { NodeRow } from '../../src/aggregator/index.ts'

/** What an aggregator's feed tells from the moment that it is opened: rows, in order. */
export class Feed {
  readonly rows: NodeRow[] = []
  readonly #reading = new AbortController()

  /** Opens the feed; what happens from then on is in its rows. */
  static async open(api: string): Promise<Feed> {
    const feed = new Feed()
    const { signal } = feed.#reading
    const response = await fetch(`${api}/feed`, { signal })
    if (!response.ok || response.body === null) throw new Error(`the feed says ${response.status}`)
    const snapshot = Promise.withResolvers<void>()
    feed.#read(response.body, snapshot.resolve).catch((error) => {
      snapshot.reject(error)
      if (!signal.aborted) throw error
    })
    await snapshot.promise
    return feed
  }

  /** The ways that beats came by, each as often as they moved to it. */
  get routes(): string[] {
    return this.rows
      .flatMap(({ route = [] }) => route)
      .filter((route, at, all) => route !== all[at - 1])
  }

  /** Longest time between two beats, in ms. */
  get longestGap(): number {
    const times = this.rows.map(({ lastBeatAt = 0 }) => lastBeatAt)
    return Math.max(...times.slice(1).map((time, at) => time - (times[at] ?? time)))
  }

  close(): void {
    this.#reading.abort()
  }

  async #read(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    onSnapshot: () => void
  ): Promise<void> {
    let text = ''
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const [, type, data = ''] = /^event: (\w+)\ndata: (.*)$/m.exec(event) ?? []
        if (type === 'snapshot') {
          this.rows.push(...JSON.parse(data).nodes)
          onSnapshot()
        }
        if (type === 'node') this.rows.push(JSON.parse(data))
      }
    }
  }
}
