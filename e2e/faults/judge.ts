// What may be asked of a client that tells the truth, from what a witness saw. Times are in ms.

import type { Wallet } from '../kit/fixtures.ts'
import type { Shown, Witness } from '../kit/witness.ts'
import { PERIOD, RECONNECT_PERIOD } from './fixtures.ts'

/** How long a beat may stay unanswered before the element says so. */
const SUSPICION_TIMEOUT = 5_000

/** What a busy machine may hold a beat, a look or a word up by. */
export const MARGIN = 1_500

/** From a dial to the first beat, both ends and three more cells on two cores. */
export const FIRST_BEAT = 3_000

/** Longest wait of a client between two tries. */
const MAX_RECONNECT_DELAY = 60_000

/** From the last beat that arrived until the element doubts that they do, at the latest. */
export const DOUBT = PERIOD + SUSPICION_TIMEOUT

/** The same, as it may be seen from outside. */
const BELIEF = DOUBT + MARGIN

interface Span {
  readonly from: number
  readonly to: number
}

/** Whether the element says that beats are known to arrive. */
export function isConfident({ label }: Pick<Shown, 'label'>): boolean {
  return label.startsWith('Reporting')
}

/**
 * What the element showed as arriving while it had long been silent at the aggregator.
 *
 * @param blind while the page could show nothing
 */
export function lies(witness: Witness, blind?: Span): string[] {
  const { arrivals } = witness
  const end = witness.looked.at(-1)?.at ?? 0
  const confident = phasesOf(witness, end).filter(isConfident)
  return arrivals.flatMap((last, at) => {
    const to = arrivals[at + 1] ?? end
    // A page that could show nothing is believed for as long again.
    const start = isWithin(last + BELIEF, blind) ? (blind?.to ?? last) : last
    return (
      confident
        .filter((each) => each.from < to && Math.min(each.to, to) > start + BELIEF)
        // A word that comes back with an answer is borne out by the next beat.
        .filter((each) => each.from <= start + BELIEF || to - each.from > PERIOD + MARGIN)
        .map(({ label, ...each }) => {
          const until = Math.min(each.to, to) - last
          return `"${label}" until ${until} ms after the last of the beats, silent for ${to - last} ms`
        })
    )
  })
}

/** In what text and roster disagree now; `''` when they agree or the roster cannot be read. */
export function agreement(witness: Witness): string {
  const { at = 0, rows } = witness.looked.findLast((each) => each.rows !== undefined) ?? {}
  const shown = witness.shownAt(at)
  // Both ends learn of a change at moments of their own.
  const since = phasesOf(witness, at).at(-1)?.from ?? at
  if (rows === undefined || shown === undefined || at - since < BELIEF) return ''
  if (Date.now() - at > MARGIN) return ''
  const row = rows.toSorted((a, b) => (b.lastBeatAt ?? 0) - (a.lastBeatAt ?? 0))[0]
  const said = `the element says "${shown.label}" and ${shown.way}, the roster ${JSON.stringify(row)}`
  const arrives = row !== undefined && at - (row.lastBeatAt ?? 0) < BELIEF
  const rests = shown.way === 'asleep'
  if (rests && arrives) return row.status === 'asleep' ? '' : said
  if (isConfident(shown) !== arrives) return said
  if (!arrives) return row?.status === 'beating' ? said : ''
  return shown.way === `beating/${row.route}` && row.connected ? '' : said
}

/** From a moment until a beat has arrived and the element says so; `undefined` before that. */
export function recoveryAfter(witness: Witness, moment: number): number | undefined {
  const arrived = witness.arrivals.find((at) => at > moment)
  if (arrived === undefined) return undefined
  const before = witness.shownAt(arrived)
  const said =
    before && isConfident(before)
      ? before
      : witness.shown.find((each) => each.at > arrived && isConfident(each))
  return said === undefined ? undefined : Math.max(arrived, said.at) - moment
}

/** How long a client may wait before its next try: what it says itself, or else its window. */
export async function expectedWait(wallet: Wallet, now: number): Promise<number> {
  const state = await wallet.state()
  switch (state.phase) {
    case 'failing': {
      const wait = state.nextTryAt - now
      // A try that began before all was mended may fail yet.
      return wait > 0 ? wait : Math.min(MAX_RECONNECT_DELAY, RECONNECT_PERIOD * 2 ** state.attempts)
    }
    case 'connecting':
      return RECONNECT_PERIOD
    default:
      return 0
  }
}

/** What was shown until `end`, as lengths of time in which label and way stayed the same. */
function phasesOf({ shown }: Witness, end: number): (Span & Shown)[] {
  const past = shown.filter(({ at }) => at <= end)
  const changes = past.filter(({ label, way }, index) => {
    const before = past[index - 1]
    return label !== before?.label || way !== before.way
  })
  return changes.map((each, index) => ({
    ...each,
    from: each.at,
    to: changes[index + 1]?.at ?? end
  }))
}

function isWithin(moment: number, span: Span | undefined): boolean {
  return span !== undefined && moment >= span.from && moment <= span.to
}
