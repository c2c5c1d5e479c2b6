import { FilHeartbeatElement } from './element.ts'
import type { FilHeartbeatElement as Face } from './index.ts'

// Another copy may have come first: the tag is then its.
if (typeof customElements !== 'undefined' && customElements.get('fil-heartbeat') === undefined) {
  customElements.define('fil-heartbeat', FilHeartbeatElement)
}

declare global {
  interface HTMLElementTagNameMap {
    'fil-heartbeat': Face
  }
}
