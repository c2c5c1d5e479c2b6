import { FilHeartbeatElement } from './element.ts'
import type { FilHeartbeatElement as Declared } from './index.ts'

// Another copy may have come first: the tag is then its. A class of its own, since the page may have
// registered the other one under a tag of its choice, and no class may have two.
if (typeof customElements !== 'undefined' && customElements.get('fil-heartbeat') === undefined) {
  customElements.define('fil-heartbeat', class extends FilHeartbeatElement {})
}

declare global {
  interface HTMLElementTagNameMap {
    'fil-heartbeat': Declared
  }
}
