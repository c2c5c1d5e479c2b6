/** Which element tells a screen reader of a client: one of those that show it, not each of them. */
const speakers = new WeakMap<object, Voice>()

/** One element's right to tell what its client does. */
export class Voice {
  #client: object | undefined

  /** @returns whether this element is the one that tells of the client */
  mayTell(client: object | undefined): boolean {
    if (client !== this.#client) this.fallSilent()
    if (client === undefined) return true
    this.#client = client
    if (!speakers.has(client)) speakers.set(client, this)
    return speakers.get(client) === this
  }

  /** Another element may tell from now on. */
  fallSilent(): void {
    if (this.#client !== undefined && speakers.get(this.#client) === this)
      speakers.delete(this.#client)
    this.#client = undefined
  }
}
