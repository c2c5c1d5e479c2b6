import type { PageVisibility } from '../heartbeat/index.ts'

/** Told what becomes of a page. */
export interface LifecycleObserver {
  visibility(visibility: PageVisibility): void
  network(isOnline: boolean): void
  /** The page goes away, for good or into the cache for the way back. */
  leave(): void
  /** The page is back from there. */
  back(): void
}

/** Follows what becomes of a page, until the signal aborts. */
export type FollowPage = (observer: LifecycleObserver, signal: AbortSignal) => void

/**
 * Follows what the browser does with this page, and says at once how it stands. Outside a page
 * there is nothing to follow.
 */
export const followPage: FollowPage = (observer, signal) => {
  if (typeof document === 'undefined') return
  const see = (): void =>
    observer.visibility(document.visibilityState === 'visible' ? 'visible' : 'hidden')
  const on = (target: EventTarget, type: string, run: () => void): void =>
    target.addEventListener(type, run, { signal })
  on(document, 'visibilitychange', see)
  on(document, 'freeze', () => observer.visibility('frozen'))
  on(document, 'resume', see)
  on(window, 'online', () => observer.network(true))
  on(window, 'offline', () => observer.network(false))
  on(window, 'pagehide', () => observer.leave())
  window.addEventListener(
    'pageshow',
    ({ persisted }) => {
      if (persisted) observer.back()
    },
    { signal }
  )
  see()
  if (!navigator.onLine) observer.network(false)
}
