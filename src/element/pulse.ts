import { PULSE_PERIOD } from '../constants.ts'

/**
 * Lets the dot pulse once, which it does for a report that was confirmed and for nothing else. An
 * animation of its own, that writes nothing into the DOM.
 */
export function pulse(root: ParentNode): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const dots = root.querySelectorAll('.reports .shape, h2 .shape')
  for (const dot of dots) {
    dot.animate([{ scale: 1 }, { scale: 1.45, offset: 0.3 }, { scale: 1 }], {
      duration: PULSE_PERIOD,
      easing: 'ease-out'
    })
  }
}
