import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit'
import type { Liveness, NodeHistory } from '../aggregator/index.ts'
import { moment } from './format.ts'
import { STATUS } from './words.ts'

const WIDTH = 1_000
const HEIGHT = 16

// How high each stands, so that it is told without its colour.
const LEVEL: Readonly<Record<Liveness, number>> = {
  beating: 16,
  overdue: 11,
  asleep: 7,
  left: 3,
  down: 16
}

/** A stretch in which a node was the same. */
interface Stretch {
  readonly status: Liveness
  /** Ms since 1970. */
  readonly from: number
  readonly to: number
}

/** Whether a node was there, over the same time as the charts below. `now` is in ms since 1970. */
export function drawStatusStrip(history: NodeHistory, now: number): TemplateResult {
  const stretches = stretchesOf(history, now)
  const { from, to } = history
  const place = (at: number): number => ((at - from) / (to - from)) * WIDTH
  return html`<figure class="strip">
    <figcaption><h3>Status</h3><span class="quiet">${summary(stretches.slice(-1), now)}</span></figcaption>
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label=${summary(stretches, now)}
    >
      ${stretches.map((stretch): SVGTemplateResult => {
        const level = LEVEL[stretch.status]
        const x = place(stretch.from)
        return svg`<rect class=${STATUS[stretch.status].tone} x=${x} y=${HEIGHT - level}
          width=${Math.max(1, place(stretch.to) - x)} height=${level} />${
            stretch.status === 'down' ? drawHole(x, place(stretch.to) - x) : ''
          }`
      })}
    </svg>
  </figure>`
}

/** A bar that is cut through: told from a full one by its form. */
function drawHole(x: number, width: number): SVGTemplateResult {
  return svg`<rect class="hole" x=${x} y="6" width=${Math.max(1, width)} height="4" />`
}

/** The stretches within a history, in order of time; the last one goes on until now. */
export function stretchesOf({ statuses, from, to }: NodeHistory, now: number): Stretch[] {
  const end = Math.min(to, now)
  return statuses
    .map(({ at, status }, index) => ({
      status,
      from: Math.max(from, at),
      to: Math.min(end, statuses[index + 1]?.at ?? end)
    }))
    .filter((stretch) => stretch.to > stretch.from)
}

function summary(stretches: readonly Stretch[], now: number): string {
  if (stretches.length === 0) return 'Nothing is known of this time.'
  const recent = stretches.slice(-5)
  return recent
    .map(({ status, from }) => `${STATUS[status].word} from ${moment(from, now)}`)
    .join(', ')
}
