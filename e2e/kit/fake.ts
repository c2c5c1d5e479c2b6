// A page whose elements show clients that specs move by hand: what is seen, without a network.

import type { Page } from 'playwright/test'
import type { ClientState, View } from '../../src/client/index.ts'

/** What a client shows. */
export interface Shown {
  readonly state?: ClientState
  readonly view?: View
  /** When the last beat left, in ms since 1970. */
  readonly beatAt?: number
}

/** A view with which all is well. */
export const FRESH: View = {
  verdict: 'fresh',
  height: 5_123_456n,
  witnesses: 3,
  checkedAt: 0
}

/** A beating state of which only some facts matter. */
export function beating(facts: Partial<ClientState & { phase: 'beating' }> = {}): ClientState {
  return {
    phase: 'beating',
    route: 'relayed',
    delivery: { kind: 'acknowledged', at: 1 },
    rtt: 84,
    lastBeat: { at: 1, height: 7n },
    nextBeatAt: 30_000,
    suspect: false,
    ...facts
  }
}

/** Puts an element into the page that shows a client of the spec's own. */
export async function embedFake(
  page: Page,
  attributes: Record<string, string> = {}
): Promise<void> {
  await page.evaluate((attributes) => {
    let listener = (): void => {}
    const client = {
      state: { phase: 'idle' },
      view: { verdict: 'unknown', checkedAt: 0 },
      head: undefined,
      lastBeat: undefined as unknown,
      sharesTabs: undefined,
      consented: false,
      start: async () => {},
      stop: async () => {},
      retry() {},
      configure() {},
      setHead() {},
      subscribe(given: () => void) {
        listener = given
        return () => {}
      }
    }
    window.show = ({ state, view, beatAt }) => {
      if (state !== undefined) client.state = state
      if (view !== undefined) client.view = view
      if (beatAt !== undefined) client.lastBeat = { at: beatAt, text: '', bytes: new Uint8Array(1) }
      client.consented = client.state.phase !== 'idle'
      listener()
    }
    const element = document.createElement('fil-heartbeat')
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    Object.assign(element, { client })
    document.body.append(element)
  }, attributes)
  await page.locator('fil-heartbeat .face').waitFor({ state: 'attached' })
}

/** Moves the client, and waits until that is drawn. */
export async function show(page: Page, shown: Shown): Promise<void> {
  await page.evaluate(async (shown) => {
    window.show(shown)
    await document.querySelector('fil-heartbeat')?.updateComplete
  }, shown)
}

declare global {
  interface Window {
    show(shown: Shown): void
  }
}
