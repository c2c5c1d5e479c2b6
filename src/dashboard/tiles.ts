import { html, type TemplateResult } from 'lit'
import type { LivenessCounts, NetworkState } from '../aggregator/index.ts'
import { BEHIND_EPOCHS, EPOCH_PERIOD } from '../constants.ts'
import { count, epoch, share, span } from './format.ts'
import type { DashboardState } from './model.ts'
import { drawShape } from './shapes.ts'
import { drawSparkline, type Mark } from './sparkline.ts'
import type { TrendPoint } from './trend.ts'
import { ALERT, nameOf, type Tone } from './words.ts'

interface Tile {
  readonly name: string
  readonly value: string
  /** What follows the value in small letters. */
  readonly of?: string
  readonly note: string
  readonly tone?: Tone | undefined
  readonly trend: readonly Mark[]
  readonly least: number
  readonly href?: string
}

/** The four headlines. `now` is in ms since 1970, by the aggregator's clock. */
export function drawTiles(state: DashboardState, now: number): TemplateResult {
  const { network, trend } = state
  return html`<section class="tiles" aria-label="Headlines">
    ${drawTile(beating(network, trend))} ${drawTile(agreeing(network, trend))}
    ${drawTile(topEpoch(network, trend, now))} ${drawTile(alerts(state))}
  </section>`
}

function drawTile({ name, value, of = '', note, tone = 'quiet', ...rest }: Tile): TemplateResult {
  const { trend, least, href } = rest
  const content = html`
    <h2>${name}</h2>
    <p class="value ${tone}">
      ${tone === 'bad' || tone === 'slow' ? drawShape('alert') : ''}<b>${value}</b><small>${of}</small>
    </p>
    <p class="note">${note}</p>
    ${drawSparkline(trend, least)}
  `
  return href === undefined
    ? html`<article class="tile">${content}</article>`
    : html`<a class="tile" href=${href}>${content}</a>`
}

function beating(network: NetworkState | undefined, trend: readonly TrendPoint[]): Tile {
  const marks = trend.map(({ at, nodes }) => ({ at, value: nodes }))
  const frame = { name: 'Nodes beating', trend: marks, least: 4 }
  if (network === undefined) return { ...frame, value: '–', note: 'Nothing is heard yet' }
  const { nodes, watched } = network
  if (present(nodes) === 0) return { ...frame, value: '0', note: 'No node beats yet' }
  const visitors = nodes.beating - watched.beating
  return {
    ...frame,
    value: count(nodes.beating),
    of: `of ${count(present(nodes))}`,
    note:
      `Watched ${count(watched.beating)} of ${count(present(watched))}` +
      `, visitors ${count(visitors)}`,
    tone: watched.down > 0 ? 'bad' : undefined
  }
}

function agreeing(network: NetworkState | undefined, trend: readonly TrendPoint[]): Tile {
  const marks = trend.map(({ at, same, differs }) => ({
    at,
    value: same + differs === 0 ? undefined : same / (same + differs)
  }))
  const frame = { name: 'Agreement', trend: marks, least: 0.05 }
  if (network === undefined) return { ...frame, value: '–', note: '' }
  const { agreement, references } = network
  if (references.all === 0) {
    return { ...frame, value: '–', note: 'There are no references to compare with' }
  }
  const { same, differs, unknown } = agreement
  if (same + differs === 0) return { ...frame, value: '–', note: 'No node is compared yet' }
  return {
    ...frame,
    value: share(same, same + differs),
    of: `of ${count(same + differs)}`,
    note: `${count(differs)} differ, ${count(unknown)} not known`,
    tone: references.ok === 0 ? 'bad' : undefined
  }
}

function topEpoch(
  network: NetworkState | undefined,
  trend: readonly TrendPoint[],
  now: number
): Tile {
  // How far it moved in each minute that is over: the epochs themselves would be one straight line.
  const marks = trend.slice(1, -1).map(({ at, height }, before) => {
    const earlier = trend[before]?.height
    return {
      at,
      value: height === undefined || earlier === undefined ? undefined : height - earlier
    }
  })
  const frame = { name: 'Top epoch', trend: marks, least: 2 }
  if (network?.topHeight === undefined) return { ...frame, value: '–', note: 'None is known yet' }
  const { topHeight, topSince, references } = network
  const still = topSince === undefined ? 0 : Math.max(0, now - topSince)
  const whose = references.ok === 0 ? ', as nodes say' : ''
  return {
    ...frame,
    value: epoch(topHeight),
    note: topSince === undefined ? whose.slice(2) : `Moved ${span(still)} ago${whose}`,
    tone: still > BEHIND_EPOCHS * EPOCH_PERIOD ? 'slow' : undefined
  }
}

function alerts({ network, standing, trend }: DashboardState): Tile {
  const marks = trend.map(({ at, alerts }) => ({ at, value: alerts }))
  const frame = { name: 'Alerts', trend: marks, least: 2, href: '#/alerts' }
  const [newest] = standing
  if (network === undefined) return { ...frame, value: '–', note: '' }
  if (newest === undefined) return { ...frame, value: '0', note: 'Nothing is wrong' }
  const { title, tone } = ALERT[newest.kind] ?? { title: newest.kind, tone: 'slow' }
  const who = newest.subject === '' ? '' : `, ${nameOf(named(newest))}`
  return { ...frame, value: count(standing.length), of: 'now', note: title + who, tone }
}

function named({ nickname = '', subject }: DashboardState['standing'][number]) {
  return { nickname, peer: subject }
}

/** All but those that left. */
function present({ beating, asleep, overdue, down }: LivenessCounts): number {
  return beating + asleep + overdue + down
}
