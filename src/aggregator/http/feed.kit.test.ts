// What tests of the feed share: one over a roster, and readers of its text and of its events.

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { FakeClock } from '../../timing/fake-clock.ts'
import { QUIET } from '../examples.kit.test.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { Roster } from '../roster.ts'
import { beatOfV1, came } from '../test-kit.ts'
import { Feed } from './feed.ts'

/** A feed over a roster, and what tests do with it. */
export function feedOf(limits = DEFAULT_LIMITS, maxChanges?: number) {
  const clock = new FakeClock()
  const roster = new Roster(limits, { onChange: (peer) => feed.change(peer) })
  const feed: Feed = new Feed({
    roster,
    network: () => QUIET,
    alerts: () => [],
    limits,
    clock,
    ...(maxChanges !== undefined && { maxChanges })
  })
  const send = (peer: string, height: number): void => {
    if (roster.get(peer) === undefined) roster.open(peer, 0)
    roster.beat(peer, came(0, beatOfV1(height)))
  }
  return { clock, roster, feed, send }
}

/** Has those go for good who have no stream: first they left, then they are forgotten. */
export function leave(roster: Roster): void {
  for (const _ of [1, 2]) roster.sweep(DEFAULT_LIMITS.goneRowPeriod)
}

const decoder = new TextDecoder()

/** Reads a stream, event by event. */
export function read(stream: ReadableStream<Uint8Array> | undefined) {
  assert.ok(stream)
  const reader = stream.getReader()
  return {
    next: async (): Promise<string | undefined> => decoder.decode((await reader.read()).value),
    isDone: async (): Promise<boolean> => (await reader.read()).done,
    cancel: () => reader.cancel()
  }
}

/** Heights of all nodes in a text, in its order. */
export const heights = (text: string | undefined): string[] =>
  [...(text ?? '').matchAll(/"height":"(\d+)"/g)].map(([, height = '']) => height)

/** One server-sent event. */
export interface FeedEvent {
  readonly id: string
  readonly event: string
  readonly data: ReturnType<typeof JSON.parse>
}

/** Reads the feed as a browser does, comments left out. Counts its bytes, if it is asked to. */
export async function* readFeed(
  t: TestContext,
  url: string,
  headers: Record<string, string> = {},
  count: { bytes: number } = { bytes: 0 }
): AsyncGenerator<FeedEvent, undefined> {
  const controller = new AbortController()
  t.after(() => controller.abort())
  const { body, status } = await fetch(url, { headers, signal: controller.signal })
  assert.equal(status, 200)
  assert.ok(body)
  let text = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    count.bytes += chunk.length
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks.filter((each) => !each.startsWith(':'))) {
      const [, id = '', event = '', data = ''] =
        /id: (.*)\nevent: (.*)\ndata: (.*)/.exec(block) ?? []
      yield { id, event, data: JSON.parse(data) }
    }
  }
  return undefined
}

/** The next event. */
export async function next(events: AsyncGenerator<FeedEvent, undefined>): Promise<FeedEvent> {
  const { value } = await events.next()
  assert.ok(value)
  return value
}
