import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { DASHBOARD_MOVE_PERIOD } from '../constants.ts'

/**
 * Lets rows glide to their new places when their order changes. Nothing is measured while the order
 * stays, and nothing moves for those who asked for less motion.
 */
export class RowMoves implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)')
  #order = ''
  #before: ReadonlyMap<string, number> | undefined

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host
    host.addController(this)
  }

  /** To be called while the host renders, with the keys of its rows (`data-key`) in their order. */
  arrange(keys: readonly string[]): void {
    const order = keys.join(' ')
    if (order === this.#order) return
    if (this.#order !== '' && !this.#calm.matches) this.#before = this.#places()
    this.#order = order
  }

  hostUpdated(): void {
    const before = this.#before
    this.#before = undefined
    if (before === undefined) return
    const after = this.#places()
    for (const row of this.#rows()) {
      const { key = '' } = row.dataset
      const way = (before.get(key) ?? 0) - (after.get(key) ?? 0)
      if (!before.has(key) || way === 0) continue
      row.animate([{ transform: `translateY(${way}px)` }, { transform: 'none' }], {
        duration: DASHBOARD_MOVE_PERIOD,
        easing: 'ease-out'
      })
    }
  }

  #places(): ReadonlyMap<string, number> {
    return new Map(this.#rows().map((row) => [row.dataset.key ?? '', row.offsetTop]))
  }

  #rows(): HTMLElement[] {
    return [...this.#host.querySelectorAll<HTMLElement>('[data-key]')]
  }
}
