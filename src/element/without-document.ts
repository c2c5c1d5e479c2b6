// What Node gets in the element's place, so that servers can render pages that carry the tag, and
// modules that import it. The browser, which then loads the element itself, fills the tag.

/** Stands for the element's class where there is no document. */
export class FilHeartbeatElement {
  /** @throws always: an element needs a document */
  constructor() {
    throw new TypeError('<fil-heartbeat> needs a document')
  }
}
