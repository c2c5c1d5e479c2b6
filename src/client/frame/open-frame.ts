/** A frame that stands in the page. */
export interface OpenFrame {
  /** Resolves when it has loaded, be it only an error page. */
  readonly loaded: Promise<void>
  /** Aborts, with the reason, when it is not any more what it was. */
  readonly lost: AbortSignal
  /** Gives it its end of a channel. */
  give(port: MessagePort): void
  /** Takes it out of the page: where that goes away, only when it is back. May be called twice. */
  close(): void
}

// A frame of another origin that is nowhere to be seen has its timers slowed by Chromium. Set one by
// one, since a page's policy may forbid style attributes.
const STYLE = {
  position: 'fixed',
  right: '0',
  bottom: '0',
  width: '1px',
  height: '1px',
  border: '0',
  opacity: '0',
  pointerEvents: 'none'
}

/** Puts a sandboxed frame of opaque origin into the page; it can run scripts, and nothing else. */
export function openFrame(url: string): OpenFrame {
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.setAttribute('aria-hidden', 'true')
  frame.tabIndex = -1
  frame.title = 'fil-heartbeat'
  Object.assign(frame.style, STYLE)
  frame.src = url
  const loaded = Promise.withResolvers<void>()
  const lost = new AbortController()
  frame.addEventListener('load', () => {
    loaded.resolve()
    frame.addEventListener('load', () => lost.abort(new Error('its frame was loaded anew')))
  })
  // Beside the body, which some wallets replace as a whole.
  const place = document.documentElement
  const observer = new MutationObserver(() => {
    if (!frame.isConnected) lost.abort(new Error('its frame was taken out of the page'))
  })
  place.append(frame)
  observer.observe(place, { childList: true })
  const closing = new AbortController()
  const { signal } = closing
  let isPageLeft = false
  // By capture, so that this is known before anybody else hears of it and closes the frame.
  const first = { signal, capture: true }
  window.addEventListener('pagehide', () => (isPageLeft = true), first)
  window.addEventListener('pageshow', () => (isPageLeft = false), first)
  return {
    loaded: loaded.promise,
    lost: lost.signal,
    // An opaque origin has no name to be addressed by.
    give: (port) => frame.contentWindow?.postMessage(null, '*', [port]),
    close: () => {
      observer.disconnect()
      closing.abort()
      // Chromium keeps no page for the way back that loses a frame on its way out.
      if (isPageLeft) window.addEventListener('pageshow', () => frame.remove(), { once: true })
      else frame.remove()
    }
  }
}
