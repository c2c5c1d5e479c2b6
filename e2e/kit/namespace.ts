// A network namespace of Linux, joined to the machine by a cable of its own that can be cut: where
// a system lets us, packets are really lost, those of WebRTC too.

import { execFileSync } from 'node:child_process'

/** A namespace with one cable; whatever runs within it has no other way out. */
export class Namespace implements Disposable {
  readonly #name: string
  /** The machine's end of the cable. */
  readonly near: string
  /** The namespace's own end. */
  readonly host: string

  private constructor(name: string, subnet: string) {
    this.#name = name
    this.near = `${subnet}.1`
    this.host = `${subnet}.2`
  }

  /** Makes one. @returns why there can be none, as text, where the system does not let us */
  static create(): Namespace | string {
    const name = `fhb${process.pid}`
    const namespace = new Namespace(name, `10.213.${process.pid % 250}`)
    try {
      ip('netns', 'add', name)
    } catch (error) {
      return `no network namespaces here: ${(error as Error).message.trim().split('\n').at(-1)}`
    }
    try {
      namespace.#join()
      return namespace
    } catch (error) {
      namespace[Symbol.dispose]()
      return `no cable into a network namespace here: ${(error as Error).message.trim()}`
    }
  }

  /** Words to put before a program that is to run within. */
  get within(): string[] {
    return ['ip', 'netns', 'exec', this.#name]
  }

  /** Nothing leaves the namespace any more, and nobody is told. */
  blackHole(on: boolean): void {
    this.#inside('route', on ? 'add' : 'del', 'blackhole', `${this.near}/32`)
  }

  /** The cable is pulled, as both ends can see. */
  unplug(on: boolean): void {
    ip('link', 'set', this.#cable, on ? 'down' : 'up')
  }

  // The cable goes with the namespace that holds its other end.
  [Symbol.dispose](): void {
    ip('netns', 'del', this.#name)
  }

  get #cable(): string {
    return `${this.#name}-m`
  }

  #join(): void {
    const inner = `${this.#name}-n`
    ip('link', 'add', this.#cable, 'type', 'veth', 'peer', 'name', inner, 'netns', this.#name)
    ip('addr', 'add', `${this.near}/24`, 'dev', this.#cable)
    ip('link', 'set', this.#cable, 'up')
    this.#inside('addr', 'add', `${this.host}/24`, 'dev', inner)
    this.#inside('link', 'set', inner, 'up')
    this.#inside('link', 'set', 'lo', 'up')
  }

  #inside(...args: string[]): void {
    ip('-n', this.#name, ...args)
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
