import { PULSE_PERIOD } from '../constants.ts'

/**
 * Lets the dot pulse once, which it does for a report that was confirmed and for nothing else. An
 * animation of its own, that writes nothing into the DOM.
 */
export function pulse(root: ParentNode): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const dots = root.querySelectorAll('.reports .shape, h2 .shape')
  // By `transform`: where a picture's `scale` is animated, WebKit may fill the page with its colour.
  const usual = { transform: 'scale(1)' }
  const frames = [usual, { transform: 'scale(1.45)', offset: 0.3 }, usual]
  for (const dot of dots) dot.animate(frames, { duration: PULSE_PERIOD, easing: 'ease-out' })
}
