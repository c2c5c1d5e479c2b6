import { ELEMENT_TICK_PERIOD } from '../constants.ts'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/**
 * Calls back once a second while the page is seen: one clock for all elements of a page. Returns how
 * to end that.
 */
export function everyTick(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    if (document.visibilityState !== 'visible') return
    for (const each of listeners) each()
  }, ELEMENT_TICK_PERIOD)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
