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

/** How a page is seen now. */
export function visibilityNow(): PageVisibility {
  return typeof document === 'undefined' || document.visibilityState === 'visible'
    ? 'visible'
    : 'hidden'
}

/** Follows what the browser does with this page, until the signal aborts. Elsewhere there is nothing to follow. */
export function followPage(observer: LifecycleObserver, signal: AbortSignal): void {
  if (typeof document === 'undefined') return
  const see = (): void => observer.visibility(visibilityNow())
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
  if (!navigator.onLine) observer.network(false)
}
