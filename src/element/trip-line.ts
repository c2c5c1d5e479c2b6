import { html, nothing, svg, type TemplateResult } from 'lit'
import { MAX_DRAWN_TRIPS } from '../constants.ts'
import type { Language } from './language.ts'
import type { Trip } from './trip-log.ts'

const WIDTH = 320
const HEIGHT = 36
const MARGIN = 3
const STEP = (WIDTH - 2 * MARGIN) / (MAX_DRAWN_TRIPS - 1)

/** A small line of the round trips, with a gap for each report that was not confirmed. */
export function drawTrips(
  trips: readonly Trip[],
  language: Language
): TemplateResult | typeof nothing {
  const times = trips.flatMap(({ rtt }) => rtt ?? [])
  if (times.length < 2) return nothing
  const [least, most] = [Math.min(...times), Math.max(...times)]
  const name = language.say('round-trips-range', {
    count: trips.length,
    least: language.trip(least),
    most: language.trip(most)
  })
  const { line, lost } = tripPaths(trips)
  return html`
    <figure class="trips">
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${name}>
        ${svg`<path class="line" d=${line} /><path class="lost" d=${lost} />`}
      </svg>
      <figcaption aria-hidden="true">
        ${language.say('round-trips', { count: trips.length })}
        <span>${language.trip(least)} – ${language.trip(most)}</span>
      </figcaption>
    </figure>
  `
}

/**
 * The line as an SVG path, from nothing at the bottom to the longest at the top, the newest at the
 * right; and a mark at the bottom for each that was lost.
 */
export function tripPaths(trips: readonly Trip[]): {
  readonly line: string
  readonly lost: string
} {
  const most = Math.max(1, ...trips.flatMap(({ rtt }) => rtt ?? []))
  const x = (at: number): number => round(WIDTH - MARGIN - (trips.length - 1 - at) * STEP)
  const y = (rtt: number): number => round(MARGIN + (HEIGHT - 2 * MARGIN) * (1 - rtt / most))
  let line = ''
  let lost = ''
  let isDrawing = false
  trips.forEach(({ rtt, isConfirmed }, at) => {
    if (!isConfirmed) lost += `M${x(at)} ${HEIGHT - 1}v-6`
    // One point alone is drawn by its round ends.
    else if (rtt !== undefined) line += isDrawing ? `L${x(at)} ${y(rtt)}` : `M${x(at)} ${y(rtt)}h0`
    isDrawing = isConfirmed && rtt !== undefined
  })
  return { line, lost }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
