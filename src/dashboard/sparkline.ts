import { html, type TemplateResult } from 'lit'
import { DASHBOARD_TREND_POINTS, DASHBOARD_TREND_STEP } from '../constants.ts'

const WIDTH = 120
const HEIGHT = 28
const STEP = WIDTH / (DASHBOARD_TREND_POINTS - 1)

/** One value of a trend; `undefined` leaves a gap. */
export interface Mark {
  /** Ms since 1970. */
  readonly at: number
  readonly value: number | undefined
}

/**
 * A small line of the last hour, without numbers: they stand beside it.
 *
 * @param least the smallest height of the scale, so that a calm line stays calm
 */
export function drawSparkline(marks: readonly Mark[], least: number): TemplateResult {
  const { line, area } = sparklinePaths(marks, least)
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
    <path class="under" d=${area} /><path class="line" d=${line} vector-effect="non-scaling-stroke" />
  </svg>`
}

/** The line and the area below it, as SVG paths; a gap begins a new piece. */
export function sparklinePaths(
  marks: readonly Mark[],
  least: number
): { readonly line: string; readonly area: string } {
  const values = marks.flatMap(({ value }) => value ?? [])
  const last = marks.at(-1)?.at ?? 0
  const high = Math.max(...values)
  const low = Math.min(...values, high - least)
  const x = (at: number): number => round(WIDTH - ((last - at) / DASHBOARD_TREND_STEP) * STEP)
  const y = (value: number): number => round(2 + (HEIGHT - 4) * (1 - (value - low) / (high - low)))
  const drawn = pieces(marks).map((piece) => ({
    points: piece.map(({ at, value }) => `${x(at)} ${y(value)}`).join('L'),
    from: x(piece[0]?.at ?? 0),
    to: x(piece.at(-1)?.at ?? 0)
  }))
  return {
    line: drawn.map(({ points }) => `M${points}`).join(''),
    area: drawn
      .map(({ points, from, to }) => `M${from} ${HEIGHT}L${points}L${to} ${HEIGHT}Z`)
      .join('')
  }
}

interface KnownMark extends Mark {
  readonly value: number
}

function pieces(marks: readonly Mark[]): KnownMark[][] {
  const pieces: KnownMark[][] = []
  let before: Mark | undefined
  for (const { at, value } of marks) {
    if (value === undefined) before = undefined
    else {
      const goesOn = before !== undefined && at - before.at <= DASHBOARD_TREND_STEP
      if (goesOn) pieces.at(-1)?.push({ at, value })
      else pieces.push([{ at, value }])
      before = { at, value }
    }
  }
  return pieces
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
